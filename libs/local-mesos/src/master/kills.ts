import type { Call, TaskStatus } from '@carillon/mesos';
import { DEFAULT_GRACE_MS, killGraceMs } from '../agent/agent.js';
import { hasCapability, isTerminal } from '../agent/task.js';
import type { Cluster } from '../cluster.js';
import type { Framework } from './framework.js';
import { isKnown, unknownTask } from './reconciliation.js';
import type { Registry } from './registry.js';

interface KillsOptions {
  readonly cluster: Cluster;
  readonly registry: Registry;
  tell(frameworkId: string, status: TaskStatus): void;
}

type Kill = (Call & { readonly type: 'KILL' })['kill'];
type Shutdown = (Call & { readonly type: 'SHUTDOWN' })['shutdown'];

/** KILL of tasks, and SHUTDOWN of executors with all their tasks. */
export class Kills {
  readonly #options: KillsOptions;

  constructor(options: KillsOptions) {
    this.#options = options;
  }

  /** Mesos's answer for one that is not there is a status. */
  kill(framework: Framework, { taskId, agentId, killPolicy }: Kill): void {
    const task = this.#options.cluster.tasks.get(framework.id, taskId.value);
    if (task === undefined || !isKnown(task, this.#options.registry)) {
      const answer = unknownTask(framework, taskId.value, agentId?.value, this.#options.registry);
      if (answer !== undefined) this.#options.tell(framework.id, answer);
      return;
    }
    if (agentId !== undefined && agentId.value !== task.launched.info.agentId.value) return;
    const graceMs = killGraceMs(task, killPolicy?.gracePeriod?.nanoseconds);
    const tellKilling = hasCapability(framework.info, 'TASK_KILLING_STATE');
    this.#options.cluster.kill(task, { cause: 'framework', graceMs }, tellKilling);
  }

  shutdown(framework: Framework, { executorId, agentId }: Shutdown): void {
    const tellKilling = hasCapability(framework.info, 'TASK_KILLING_STATE');
    for (const task of this.#options.cluster.tasks.of(framework.id)) {
      const { info } = task.launched;
      const executor = info.executor?.executorId.value ?? info.taskId.value;
      if (executor !== executorId.value || info.agentId.value !== agentId.value) continue;
      if (isTerminal(task.latest.state)) continue;
      this.#options.cluster.kill(task, { cause: 'framework', graceMs: DEFAULT_GRACE_MS }, tellKilling);
    }
  }
}
