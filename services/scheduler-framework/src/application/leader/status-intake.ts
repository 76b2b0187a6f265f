import type { CallBody, TaskStatus } from '@carillon/mesos';
import { type Logger, type Loop, type Rush, TurnLoop } from '@carillon/service-runtime';
import type { RecordTaskStatus } from '../../domain/run/run.commands.js';
import { runDecider } from '../../domain/run/run.decide.js';
import { isTerminal } from '../../domain/run/task-verdicts.js';
import { readTaskStatus } from '../../domain/tasks/task-status.js';
import type { Fence } from '../leadership.js';
import type { RunLedger, RunOrder } from '../run-ledger.js';
import type { Recorded } from '../run-batch.js';
import type { LaunchWindows } from './launch-windows.js';
import type { MesosLink } from './mesos-link.js';
import type { RunBook } from './run-book.js';
import { orderOf } from './waiting-runs.js';

export interface StatusIntakeOptions {
  readonly ledger: Pick<RunLedger, 'record'>;
  readonly fence: Fence;
  readonly book: Pick<RunBook, 'ofTask'>;
  readonly windows: Pick<LaunchWindows, 'heard' | 'failed'>;
  readonly link: Pick<MesosLink, 'frameworkId' | 'isUnconfirmed' | 'send'>;
  readonly clock: () => number;
  readonly rush: Pick<Rush, 'calm'>;
  readonly log: Logger;
  /** Takes note of what was written. */
  readonly see: (recorded: Recorded) => void;
  /** After statuses are on disk: agents may take more, runs may want another attempt. */
  readonly onRecorded: (change: { resourcesFreed: boolean }) => void;
  readonly onError: (error: unknown) => void;
}

const MAX_BATCH = 1_000;

interface Update {
  readonly status: TaskStatus;
  /** Absent for a state that says nothing. */
  readonly command: RecordTaskStatus | undefined;
}

/**
 * Writes what Mesos says and acknowledges it afterwards, never before. What arrives while a write is under way makes
 * the next batch, so the batches grow with the load. An update stays in hand until it is on disk, once: agents send
 * again what is not acknowledged, and while the database is away that would have no end.
 */
export class StatusIntake implements Loop {
  readonly #o: StatusIntakeOptions;
  readonly #loop: TurnLoop;
  /** At most one for each task and update of an agent, and one for each task that the master spoke of. */
  readonly #pending = new Map<string, Update>();

  constructor(options: StatusIntakeOptions) {
    this.#o = options;
    this.#loop = new TurnLoop({
      name: 'status intake',
      log: options.log,
      turn: (stopping) => this.#turn(stopping),
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  wake(): void {
    this.#loop.wake();
  }

  receive(status: TaskStatus): void {
    const command = readTaskStatus(status, this.#o.link.frameworkId, this.#o.clock());
    if (command) this.#learn(command, this.#o.windows);
    const key = keyOf(status);
    // What the master says last of a task holds; an agent's update is the same each time.
    if (!status.uuid) this.#pending.delete(key);
    if (!this.#pending.has(key)) this.#pending.set(key, { status, command });
    this.#loop.wake();
  }

  async #turn(stopping: AbortSignal): Promise<number> {
    if (this.#o.link.isUnconfirmed) return Infinity; // awakened when it is known
    if (this.#pending.size > 0) await this.#o.rush.calm(stopping);
    const batch = firstOf(this.#pending, MAX_BATCH);
    if (batch.length === 0) return Infinity;
    try {
      await this.#record(batch.map(([, update]) => update));
    } catch (error) {
      this.#o.onError(error);
      throw error;
    }
    for (const [key, update] of batch) if (this.#pending.get(key) === update) this.#pending.delete(key);
    return 0;
  }

  async #record(batch: readonly Update[]): Promise<void> {
    const { ledger, fence, book, link, see } = this.#o;
    const orders: RunOrder[] = [];
    const calls: CallBody[] = [];
    let resourcesFreed = false;
    for (const { status, command } of batch) {
      if (command === undefined) continue;
      if (isTerminal(command.state)) resourcesFreed = true;
      const booked = book.ofTask(command.taskId);
      if (booked) orders.push({ ...orderOf(booked), command });
      else if (!isTerminal(command.state) && isAlive(command)) calls.push(kill(status));
    }
    if (orders.length > 0 && !orders.every(saysNothing)) {
      for (const recorded of await ledger.record(orders, fence)) see(recorded);
    }
    for (const { status } of batch) if (status.uuid && status.agentId) calls.push(acknowledge(status));
    void link.send(calls);
    this.#o.onRecorded({ resourcesFreed });
  }

  #learn({ taskId, state, reason, now }: RecordTaskStatus, windows: StatusIntakeOptions['windows']): void {
    if (reason === 'REASON_EXECUTOR_REGISTRATION_TIMEOUT') windows.failed(taskId, now, true);
    else if (state === 'TASK_STARTING' || state === 'TASK_RUNNING' || state === 'TASK_FINISHED') {
      windows.heard(taskId, now);
    } else if (isTerminal(state)) windows.failed(taskId, now, false);
  }
}

/** A task of ours that no run owns any more: of an attempt that was given up, or of a database that was restored. */
const isAlive = ({ state }: RecordTaskStatus) =>
  state === 'TASK_STAGING' || state === 'TASK_STARTING' || state === 'TASK_RUNNING';

function firstOf<T>(all: Iterable<T>, most: number): T[] {
  const first: T[] = [];
  for (const one of all) {
    if (first.length === most) break;
    first.push(one);
  }
  return first;
}

const keyOf = ({ taskId, uuid }: TaskStatus) =>
  uuid ? `${taskId.value}/${Buffer.from(uuid).toString('base64')}` : taskId.value;

/** Repetitions need no transaction: what they say is on disk. */
const saysNothing = ({ known: seen, command }: RunOrder) =>
  seen !== undefined && runDecider.decide(command, seen.state).length === 0;

const kill = ({ taskId, agentId }: TaskStatus): CallBody => ({
  type: 'KILL',
  kill: { taskId, ...(agentId ? { agentId } : {}) },
});

export function acknowledge({ taskId, agentId, uuid }: TaskStatus): CallBody {
  if (!agentId || !uuid) throw new Error('a status without agent or uuid is not to be acknowledged');
  return { type: 'ACKNOWLEDGE', acknowledge: { taskId, agentId, uuid } };
}
