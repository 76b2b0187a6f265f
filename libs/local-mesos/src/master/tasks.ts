import { type Task, taskIdOf } from '../agent/task.js';

/** The tasks that are not forgotten: running, or ended with updates to be acknowledged. */
export class Tasks {
  readonly #byFramework = new Map<string, Map<string, Task>>();
  readonly #byAgent = new Map<string, Set<Task>>();

  add(task: Task): void {
    const { frameworkId } = task.launched;
    const tasks = this.#byFramework.get(frameworkId) ?? new Map<string, Task>();
    this.#byFramework.set(frameworkId, tasks.set(taskIdOf(task), task));
    const agentId = task.launched.info.agentId.value;
    const onAgent = this.#byAgent.get(agentId) ?? new Set();
    this.#byAgent.set(agentId, onAgent.add(task));
  }

  remove(task: Task): void {
    const tasks = this.#byFramework.get(task.launched.frameworkId);
    if (tasks?.get(taskIdOf(task)) === task) tasks.delete(taskIdOf(task));
    this.#byAgent.get(task.launched.info.agentId.value)?.delete(task);
    if (tasks?.size === 0) this.#byFramework.delete(task.launched.frameworkId);
  }

  get(frameworkId: string, taskId: string): Task | undefined {
    return this.#byFramework.get(frameworkId)?.get(taskId);
  }

  of(frameworkId: string): readonly Task[] {
    return [...(this.#byFramework.get(frameworkId)?.values() ?? [])];
  }

  onAgent(agentId: string): readonly Task[] {
    return [...(this.#byAgent.get(agentId) ?? [])];
  }

  *all(): Generator<Task> {
    for (const tasks of this.#byFramework.values()) yield* tasks.values();
  }
}
