import { randomUUID } from 'node:crypto';
import type { Call, ExecutorInfo, TaskInfo, TaskState, TaskStatus, TaskStatusReason } from '@carillon/mesos';
import { hasCapability, newTask, type Task } from '../agent/task.js';
import type { Cluster } from '../cluster.js';
import type { LaunchedTask } from '../state/records.js';
import type { StateLog } from '../state/state-log.js';
import { masterStatus, stateFor } from './answers.js';
import type { Claims } from './claims.js';
import type { Framework } from './framework.js';
import { invalidGroup } from './group-validation.js';
import type { Offers, TakenOffer } from './offers.js';
import type { Operations } from './operations.js';
import type { Resources } from './resources.js';
import { invalidTask } from './validation.js';

export interface LaunchesOptions {
  readonly log: StateLog;
  readonly cluster: Cluster;
  readonly claims: Claims;
  readonly offers: Offers;
  readonly operations: Operations;
  readonly statusRetryMs: number;
  onLaunched(task: Task): void;
  tell(frameworkId: string, status: TaskStatus): void;
  sandboxOf(frameworkId: string, taskId: string, containerId: string): string;
}

/** Launches: the first of a large ACCEPT start while the rest of it is looked at. */
const FLUSH_EVERY = 50;

type Accept = (Call & { readonly type: 'ACCEPT' })['accept'];
type Group = LaunchedTask['group'];

/** ACCEPT: what is valid is launched, each of the rest gets a status that says why not. */
export class Launches {
  readonly #options: LaunchesOptions;

  constructor(options: LaunchesOptions) {
    this.#options = options;
  }

  accept(framework: Framework, { offerIds, operations, filters }: Accept): void {
    const { offers } = this.#options;
    const offer = offers.takeAll(
      offerIds.map(({ value }) => value),
      framework.id,
    );
    for (const operation of operations) {
      if (operation.type === 'LAUNCH') this.#launchEach(framework, operation.launch.taskInfos, offer);
      else if (operation.type === 'LAUNCH_GROUP') {
        const { executor, taskGroup } = operation.launchGroup;
        this.#launchGroup(framework, executor, taskGroup.tasks, offer);
      } else this.#options.operations.apply(framework, operation, offer);
    }
    if (!('error' in offer)) offers.giveBack(offer, filters);
  }

  #launchEach(framework: Framework, infos: readonly TaskInfo[], offer: TakenOffer | { error: string }): void {
    if ('error' in offer) {
      this.#drop(framework, infos, offer.error);
      return;
    }
    infos.forEach((info, n) => {
      this.#launchOrRefuse(framework, info, offer);
      if (n % FLUSH_EVERY === FLUSH_EVERY - 1) this.#options.log.flush();
    });
  }

  #drop(framework: Framework, infos: readonly TaskInfo[], why: string): void {
    const state = stateFor(framework.info, 'TASK_DROPPED');
    const message = `Task launched with invalid offers: ${why}`;
    for (const { taskId, agentId } of infos) {
      const status = masterStatus(taskId.value, state, 'REASON_INVALID_OFFERS', message, agentId.value);
      this.#options.tell(framework.id, status);
    }
  }

  #launchOrRefuse(framework: Framework, info: TaskInfo, offer: TakenOffer): void {
    const { agentId, role } = offer;
    const checked = invalidTask(info, {
      agentId,
      role,
      available: offer.resources,
      isActive: (taskId) => this.#isActive(framework, taskId),
    });
    if (typeof checked === 'string') {
      this.#refuse(framework, info, agentId, 'TASK_ERROR', 'REASON_TASK_INVALID', checked);
      return;
    }
    offer.use(checked.resources);
    this.#launch(framework, info, checked.resources, role, undefined);
  }

  /** All of them or none. */
  #launchGroup(
    framework: Framework,
    executor: ExecutorInfo,
    infos: readonly TaskInfo[],
    offer: TakenOffer | { error: string },
  ): void {
    if ('error' in offer) {
      this.#drop(framework, infos, offer.error);
      return;
    }
    const { agentId, role } = offer;
    const checked = invalidGroup(executor, infos, {
      agentId,
      role,
      available: offer.resources,
      frameworkId: framework.id,
      isActive: (taskId) => this.#isActive(framework, taskId),
    });
    if (typeof checked === 'string') {
      for (const info of infos) {
        this.#refuse(framework, info, agentId, 'TASK_ERROR', 'REASON_TASK_GROUP_INVALID', checked);
      }
      return;
    }
    const group: Group = {
      id: randomUUID(),
      tellKilling: hasCapability(framework.info, 'TASK_KILLING_STATE'),
    };
    checked.resources.forEach((resources, n) => {
      offer.use(resources);
      const info = infos[n];
      if (info !== undefined) this.#launch(framework, { ...info, executor }, resources, role, group);
    });
  }

  #isActive(framework: Framework, taskId: string): boolean {
    return this.#options.cluster.tasks.get(framework.id, taskId) !== undefined;
  }

  #refuse(
    framework: Framework,
    { taskId }: TaskInfo,
    agentId: string,
    state: TaskState,
    reason: TaskStatusReason,
    why: string,
  ): void {
    this.#options.tell(framework.id, masterStatus(taskId.value, state, reason, why, agentId));
  }

  #launch(framework: Framework, info: TaskInfo, resources: Resources, role: string, group: Group): void {
    const { cluster, claims, log, statusRetryMs } = this.#options;
    const containerId = randomUUID();
    const launched: LaunchedTask = {
      containerId,
      frameworkId: framework.id,
      info,
      sandbox: this.#options.sandboxOf(framework.id, info.taskId.value, containerId),
      launcher: cluster.agent.assignLauncher(containerId),
      launchedAt: Date.now(),
      ...(framework.info.checkpoint === true ? { checkpoint: true } : {}),
      ...(group === undefined ? {} : { group }),
    };
    const task = newTask(launched, resources, role, statusRetryMs);
    cluster.tasks.add(task);
    claims.adopt(task);
    this.#options.onLaunched(task);
    log.append({ type: 'launched', task: launched });
    cluster.launch(task);
  }
}
