import type { TaskStatus } from '@carillon/mesos';
import type { Task } from '../agent/task.js';
import type { Framework } from './framework.js';
import type { Member } from './registry.js';

/** Who follows what becomes of the cluster (the operator API's SUBSCRIBE). */
export interface Watcher {
  taskAdded(task: Task): void;
  taskUpdated(task: Task, status: TaskStatus): void;
  agentAdded(member: Member): void;
  agentRemoved(agentId: string): void;
  frameworkAdded(framework: Framework): void;
  frameworkUpdated(framework: Framework): void;
  frameworkRemoved(framework: Framework): void;
  heartbeat(): void;
  /** Breaks the stream where the master's process dies, else ends it. */
  end(abruptly: boolean): void;
}

/** Those of one master. Costs nothing while there are none. */
export class Watchers {
  readonly heartbeatIntervalMs: number;
  readonly #watchers = new Set<Watcher>();
  /** The last update of a task that was told: one that is sent again is no news. */
  #told = new WeakMap<Task, TaskStatus>();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(heartbeatIntervalMs: number) {
    this.heartbeatIntervalMs = heartbeatIntervalMs;
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    watcher.heartbeat();
    this.#heartbeat ??= setInterval(() => this.tell((each) => each.heartbeat()), this.heartbeatIntervalMs);
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#told = new WeakMap();
  }

  tell(of: (watcher: Watcher) => void): void {
    for (const watcher of this.#watchers) of(watcher);
  }

  taskUpdated(task: Task, status: TaskStatus): void {
    if (this.#watchers.size === 0 || this.#told.get(task) === status) return;
    if (status.uuid !== undefined) this.#told.set(task, status);
    this.tell((each) => each.taskUpdated(task, status));
  }

  end(abruptly: boolean): void {
    clearInterval(this.#heartbeat);
    this.tell((each) => each.end(abruptly));
    this.#watchers.clear();
  }
}
