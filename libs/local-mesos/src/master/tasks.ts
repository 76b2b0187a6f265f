import { type Task, taskIdOf } from '../agent/task.js';

/** The tasks that are not forgotten: running, or ended with updates to be acknowledged. */
export class Tasks {
  readonly #byFramework = new Map<string, Map<string, Task>>();

  add(task: Task): void {
    const { frameworkId } = task.launched;
    const tasks = this.#byFramework.get(frameworkId) ?? new Map<string, Task>();
    this.#byFramework.set(frameworkId, tasks.set(taskIdOf(task), task));
  }

  remove(task: Task): void {
    const tasks = this.#byFramework.get(task.launched.frameworkId);
    if (tasks?.get(taskIdOf(task)) === task) tasks.delete(taskIdOf(task));
    if (tasks?.size === 0) this.#byFramework.delete(task.launched.frameworkId);
  }

  get(frameworkId: string, taskId: string): Task | undefined {
    return this.#byFramework.get(frameworkId)?.get(taskId);
  }

  of(frameworkId: string): readonly Task[] {
    return [...(this.#byFramework.get(frameworkId)?.values() ?? [])];
  }

  *all(): Generator<Task> {
    for (const tasks of this.#byFramework.values()) yield* tasks.values();
  }
}
