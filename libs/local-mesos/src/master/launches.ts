import { randomUUID } from 'node:crypto';
import type { Call, TaskInfo, TaskStatus } from '@carillon/mesos';
import type { Agent } from '../agent/agent.js';
import { newTask } from '../agent/task.js';
import type { StateLog } from '../state/state-log.js';
import { masterStatus, stateFor } from './answers.js';
import type { Framework } from './framework.js';
import type { Offers, TakenOffer } from './offers.js';
import type { Resources } from './resources.js';
import type { Tasks } from './tasks.js';
import { invalidTask } from './validation.js';

export interface LaunchesOptions {
  readonly log: StateLog;
  readonly agent: Agent;
  readonly offers: Offers;
  readonly tasks: Tasks;
  readonly statusRetryMs: number;
  tell(frameworkId: string, status: TaskStatus): void;
  sandboxOf(frameworkId: string, taskId: string, containerId: string): string;
}

/** Launches: the first of a large ACCEPT start while the rest of it is looked at. */
const FLUSH_EVERY = 50;

type Accept = (Call & { readonly type: 'ACCEPT' })['accept'];

/** ACCEPT: what is valid is launched, each of the rest gets a status that says why not. */
export class Launches {
  readonly #options: LaunchesOptions;

  constructor(options: LaunchesOptions) {
    this.#options = options;
  }

  accept(framework: Framework, accept: Accept): void {
    const { offers } = this.#options;
    const infos = accept.operations.flatMap((operation) =>
      operation.type === 'LAUNCH' ? operation.launch.taskInfos : [],
    );
    const offerIds = accept.offerIds.map(({ value }) => value);
    const offer = offers.takeAll(offerIds, framework.id);
    if ('error' in offer) {
      for (const info of infos) this.#drop(framework, info, offer.error);
      return;
    }
    infos.forEach((info, n) => {
      this.#launchOrRefuse(framework, info, offer);
      if (n % FLUSH_EVERY === FLUSH_EVERY - 1) this.#options.log.flush();
    });
    offers.giveBack(offer, accept.filters);
  }

  #drop(framework: Framework, { taskId, agentId }: TaskInfo, why: string): void {
    const state = stateFor(framework.info, 'TASK_DROPPED');
    const message = `Task launched with invalid offers: ${why}`;
    const status = masterStatus(taskId.value, state, 'REASON_INVALID_OFFERS', message, agentId.value);
    this.#options.tell(framework.id, status);
  }

  #launchOrRefuse(framework: Framework, info: TaskInfo, offer: TakenOffer): void {
    const { agentId, role } = offer;
    const checked = invalidTask(info, {
      agentId,
      role,
      available: offer.resources,
      isActive: (taskId) => this.#options.tasks.get(framework.id, taskId) !== undefined,
    });
    if (typeof checked !== 'string') {
      offer.use(checked.resources);
      this.#launch(framework, info, checked.resources, role);
      return;
    }
    const status = masterStatus(info.taskId.value, 'TASK_ERROR', 'REASON_TASK_INVALID', checked, agentId);
    this.#options.tell(framework.id, status);
  }

  #launch(framework: Framework, info: TaskInfo, resources: Resources, role: string): void {
    const { agent, log, statusRetryMs, tasks } = this.#options;
    const containerId = randomUUID();
    const launched = {
      containerId,
      frameworkId: framework.id,
      info,
      sandbox: this.#options.sandboxOf(framework.id, info.taskId.value, containerId),
      launcher: agent.assignLauncher(),
      launchedAt: Date.now(),
    };
    const task = newTask(launched, resources, role, statusRetryMs);
    tasks.add(task);
    log.append({ type: 'launched', task: launched });
    agent.launch(task);
  }
}
