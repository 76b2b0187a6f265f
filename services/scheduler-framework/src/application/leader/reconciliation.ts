import type { CallBody } from '@carillon/mesos';
import { backoffMs } from '@carillon/service-runtime';
import { isTime } from './is-time.js';
import type { MesosLink } from './mesos-link.js';

export interface TaskToReconcile {
  readonly taskId: string;
  readonly agentId: string;
}

interface Asked extends TaskToReconcile {
  asked: number;
  nextAt: number;
}

const BACKOFF = { baseMs: 1_000, maxMs: 15_000 };
const TASKS_PER_CALL = 500;
const IMPLICIT_EVERY_MS = 15 * 60_000;

/**
 * Asks the master about tasks until each was answered: a master that has just started may not answer at all. Now and
 * then it asks for everything, so that tasks which nobody remembers come to light.
 */
export class Reconciliation {
  readonly #link: MesosLink;
  readonly #asked = new Map<string, Asked>();
  #implicitAt = 0;

  constructor(link: MesosLink) {
    this.#link = link;
  }

  /** No answer is outstanding. */
  get settled(): boolean {
    return this.#asked.size === 0;
  }

  get outstanding(): number {
    return this.#asked.size;
  }

  /** Asks about these now, and about those not answered yet too. */
  begin(tasks: readonly TaskToReconcile[], now: number): void {
    this.#asked.clear();
    this.ask(tasks, now);
    this.#implicitAt = now;
    this.tick(now);
  }

  ask(tasks: readonly TaskToReconcile[], now: number): void {
    for (const task of tasks) {
      if (!this.#asked.has(task.taskId)) this.#asked.set(task.taskId, { ...task, asked: 0, nextAt: now });
    }
  }

  /** Any word about the task is an answer. */
  answered(taskId: string): void {
    this.#asked.delete(taskId);
  }

  /** Asks what it is time to ask. */
  tick(now: number): void {
    if (!this.#link.subscribed) return;
    const due = [...this.#asked.values()].filter(({ nextAt }) => isTime(nextAt, now, BACKOFF.maxMs));
    const calls: CallBody[] = [];
    for (let at = 0; at < due.length; at += TASKS_PER_CALL) {
      const tasks = due.slice(at, at + TASKS_PER_CALL);
      calls.push({
        type: 'RECONCILE',
        reconcile: {
          tasks: tasks.map(({ taskId, agentId }) => ({
            taskId: { value: taskId },
            agentId: { value: agentId },
          })),
        },
      });
      for (const task of tasks) {
        task.asked += 1;
        task.nextAt = now + backoffMs(task.asked, BACKOFF);
      }
    }
    if (this.#asked.size === 0 && isTime(this.#implicitAt, now, IMPLICIT_EVERY_MS)) {
      this.#implicitAt = now + IMPLICIT_EVERY_MS;
      calls.push({ type: 'RECONCILE', reconcile: { tasks: [] } });
    }
    if (calls.length > 0) void this.#link.send(calls);
  }
}
