import { randomUUID } from 'node:crypto';
import type { TaskStatus } from '@carillon/mesos';
import type { StateLog } from '../state/state-log.js';
import { isTerminal, type Task } from './task.js';

const RETRY_MAX_MS = 600_000;
/**
 * So many updates in so short a time are a storm: starts of commands go before telling of them, because all that follows
 * from an update would compete with the starts.
 */
const STORM = 50;
const STORM_MOMENT_MS = 250;

export interface StatusUpdatesOptions {
  readonly log: StateLog;
  /** To the framework, if it is subscribed. */
  deliver(task: Task, status: TaskStatus): void;
  /** The terminal update has been acknowledged: nothing is left to tell of the task. */
  onForgotten(task: Task): void;
  readonly retryMinMs: number;
}

/**
 * Updates of each task in order, the next one only after the acknowledgement of the one before, each sent
 * again (same uuid) until it is acknowledged, and none before it is in the state log.
 */
export class StatusUpdates {
  readonly #options: StatusUpdatesOptions;
  readonly #unacknowledged = new Set<Task>();
  readonly #held = new Set<Task>();
  readonly #forgotten = new WeakSet<Task>();
  #momentSince = -Infinity;
  #sentInMoment = 0;

  constructor(options: StatusUpdatesOptions) {
    this.#options = options;
  }

  add(task: Task, status: TaskStatus): void {
    const update: TaskStatus = { ...status, uuid: randomUuidBytes() };
    this.#options.log.append({ type: 'status', containerId: task.launched.containerId, status: update });
    task.latest = update;
    if (this.#forgotten.has(task)) return;
    task.pending.push(update);
    this.#unacknowledged.add(task);
    if (task.pending.length === 1) this.#options.log.whenWritten(() => this.#sendSoon(task));
  }

  /** After recovery of a task with its pending updates. */
  restore(task: Task): void {
    if (task.pending.length > 0) this.#unacknowledged.add(task);
  }

  acknowledge(task: Task, uuid: Uint8Array): boolean {
    const [oldest] = task.pending;
    if (oldest?.uuid === undefined || Buffer.compare(oldest.uuid, uuid) !== 0) return false;
    task.pending.shift();
    task.sentAt = undefined;
    task.retryMs = this.#options.retryMinMs;
    this.#options.log.append({ type: 'acknowledged', containerId: task.launched.containerId });
    if (task.pending.length > 0) this.#options.log.whenWritten(() => this.#sendSoon(task));
    else {
      this.#unacknowledged.delete(task);
      if (isTerminal(oldest.state)) this.#options.onForgotten(task);
    }
    return true;
  }

  /** Sends what waits for an acknowledgement once more: to a framework that has just subscribed. */
  resend(frameworkId: string): void {
    for (const task of this.#unacknowledged) if (task.launched.frameworkId === frameworkId) this.#send(task);
  }

  /** What waits on an agent that has just come back. */
  resendOf(tasks: readonly Task[]): void {
    for (const task of tasks) if (this.#unacknowledged.has(task)) this.#send(task);
  }

  resendOverdue(now: number): void {
    for (const task of this.#unacknowledged) {
      if (task.sentAt === undefined || now - task.sentAt < task.retryMs) continue;
      task.retryMs = Math.min(task.retryMs * 2, RETRY_MAX_MS);
      this.#send(task);
    }
  }

  /** What becomes of it is told to nobody from now on. */
  forget(task: Task): void {
    this.#unacknowledged.delete(task);
    this.#forgotten.add(task);
  }

  /** At once, but in a storm of updates together with what comes within the same moment. */
  #sendSoon(task: Task): void {
    if (this.#held.size === 0) {
      const now = performance.now();
      if (now - this.#momentSince > STORM_MOMENT_MS) {
        this.#momentSince = now;
        this.#sentInMoment = 0;
      }
      this.#sentInMoment += 1;
      if (this.#sentInMoment <= STORM) {
        this.#send(task);
        return;
      }
      setTimeout(() => this.#sendHeld(), STORM_MOMENT_MS).unref();
    }
    this.#held.add(task);
  }

  #sendHeld(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const task of held) if (this.#unacknowledged.has(task)) this.#send(task);
  }

  #send(task: Task): void {
    const [oldest] = task.pending;
    if (oldest === undefined) return;
    task.sentAt = performance.now();
    this.#options.deliver(task, oldest);
  }
}

/** RFC 4122 version 4: Mesos refuses a uuid without version and variant bits. */
function randomUuidBytes(): Uint8Array {
  return new Uint8Array(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'));
}
