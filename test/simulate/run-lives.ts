import type { TaskInfo, TaskStatus } from '@carillon/mesos';
import { runRef, runStream } from '@carillon/scheduler-framework';
import type { EventRow, Schema } from './memory-tables.js';
import type { Part } from './virtual-clock.js';
import { holds } from './violation.js';

const ONCE = 'a trigger makes one run';
const ONE_ATTEMPT = 'at most one attempt is believed alive, and no task is launched twice';
const ON_DISK = 'an acknowledged Mesos status is on disk';
const ONE_LEADER = 'two framework leaders never both act';
const ENDS = 'an admitted run ends';

interface LiveRun {
  readonly uid: string;
  attempts: number;
  /** The task of the attempt that is believed alive. */
  task: string | undefined;
  /** Of the last attempt, which may have been told to Mesos (`launched`) or not. */
  last: string | undefined;
  launched: string | undefined;
}

interface Ended {
  readonly outcome?: string;
  readonly endedAt?: number;
  readonly exitCode?: number;
  readonly skipReason?: string;
  readonly skippedAt?: number;
}

interface RunState {
  readonly attempts?: readonly {
    readonly taskId: string;
    readonly reported: boolean;
    readonly endedAt?: number;
  }[];
}

interface RunData {
  readonly uid: string;
  readonly runId: string;
  readonly trigger: string;
  readonly idempotencyKey?: string;
}

/** What only who leads may append. */
const LEADERS = new Set(['AttemptLaunched', 'AttemptStarted', 'AttemptEnded', 'TaskStateReported']);
const TERMINAL = new Set(['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_ERROR']);

/** Follows each run from its trigger to its end, as the framework's events have it, and what Mesos is told. */
export class RunLives {
  readonly #framework: Schema;
  readonly #due = new Map<string, string>();
  readonly #live = new Map<string, LiveRun>();
  readonly #taskOwners = new Map<string, string>();
  /** Idempotency keys that were asked for, and the runs that they made. */
  readonly #asked = new Map<string, string | undefined>();
  readonly #tellHistory: (key: string, ended: Ended) => void;
  #leader: Part | undefined;
  readonly counts = { queued: 0, skipped: 0, ended: 0, attempts: 0 };

  constructor(framework: Schema, tellHistory: (key: string, ended: Ended) => void) {
    this.#framework = framework;
    this.#tellHistory = tellHistory;
  }

  /** A decision of the timer. */
  due({ data, stream }: EventRow): void {
    const { uid, runId } = data as RunData;
    const key = `${uid}/${runId}`;
    holds(!this.#due.has(key) && !this.#live.has(key), ONCE, () => `${key} is due twice, also by ${stream}`);
    this.#due.set(key, stream);
  }

  askedByHand(idempotencyKey: string): void {
    if (!this.#asked.has(idempotencyKey)) this.#asked.set(idempotencyKey, undefined);
  }

  answeredByHand(idempotencyKey: string, runId: string): void {
    const made = this.#asked.get(idempotencyKey);
    holds(
      made === runId,
      ONCE,
      () => `${idempotencyKey} was answered with ${runId} and made ${made ?? 'none'}`,
    );
  }

  tookOver(leader: Part | undefined): void {
    this.#leader = leader;
  }

  frameworkEvent({ type, data }: EventRow, by: Part | undefined): void {
    const { uid, runId } = data as RunData;
    const key = `${uid}/${runId}`;
    if (LEADERS.has(type)) {
      holds(by === this.#leader, ONE_LEADER, () => `${by?.name ?? ''} appends ${type} of ${key}`);
    }
    switch (type) {
      case 'RunQueued':
        this.#queued(key, data as RunData);
        break;
      case 'RunSkipped': {
        holds(this.#due.delete(key), ONCE, () => `${key} is skipped and was not due`);
        this.counts.skipped += 1;
        const { reason, skippedAt } = data as { reason: string; skippedAt: number };
        this.#tellHistory(key, { skipReason: reason, skippedAt });
        break;
      }
      case 'AttemptLaunched':
        this.#launched(key, data as never);
        break;
      case 'AttemptEnded': {
        const run = this.#of(key, type);
        const { taskId } = data as { taskId: string };
        holds(run.task === taskId, ONE_ATTEMPT, () => `${taskId} ends and ${run.task ?? 'none'} was alive`);
        run.task = undefined;
        break;
      }
      case 'RunEnded': {
        const run = this.#of(key, type);
        holds(
          run.task === undefined,
          ONE_ATTEMPT,
          () => `${key} ends while ${run.task ?? ''} is believed alive`,
        );
        this.#live.delete(key);
        this.counts.ended += 1;
        if (run.last !== undefined) this.#taskOwners.delete(run.last);
        const { outcome, endedAt, exitCode } = data as {
          outcome: string;
          endedAt: number;
          exitCode?: number;
        };
        this.#tellHistory(key, { outcome, endedAt, ...(exitCode === undefined ? {} : { exitCode }) });
        break;
      }
      default:
    }
  }

  /** The master is about to launch it. */
  launching({ taskId: { value: taskId } }: TaskInfo, by: Part): void {
    const key = this.#taskOwners.get(taskId);
    const run = key === undefined ? undefined : this.#live.get(key);
    holds(
      run?.task === taskId,
      ONE_ATTEMPT,
      () => `${by.name} launches ${taskId}, which is not the attempt alive`,
    );
    holds(run.launched !== taskId, ONE_ATTEMPT, () => `${by.name} launches ${taskId} again`);
    run.launched = taskId;
  }

  acknowledged({ taskId: { value: taskId }, state }: TaskStatus, by: Part): void {
    const key = this.#taskOwners.get(taskId);
    const run = key === undefined ? undefined : this.#live.get(key);
    if (run?.task !== taskId) return; // it is nobody's any more
    const { attempts = [] } = (this.#framework.streams.rows.get(runStream(runRef(key ?? '')))?.state ??
      {}) as RunState;
    const attempt = attempts.find((one) => one.taskId === taskId);
    const isWritten = TERMINAL.has(state) ? attempt?.endedAt !== undefined : attempt?.reported === true;
    holds(isWritten, ON_DISK, () => `${by.name} acknowledged ${state} of ${taskId}`);
  }

  settled(): void {
    const [due] = this.#due.keys();
    holds(
      due === undefined,
      ENDS,
      () => `${this.#due.size} due runs were not decided on, such as ${due ?? ''}`,
    );
    const [live] = [...this.#live].find(([, { task }]) => task !== undefined) ?? [...this.#live][0] ?? [];
    const state =
      live === undefined ? undefined : this.#framework.streams.rows.get(runStream(runRef(live)))?.state;
    holds(
      live === undefined,
      ENDS,
      () => `${this.#live.size} runs have not ended, such as ${live ?? ''}: ${JSON.stringify(state)}`,
    );
  }

  get isAtRest(): boolean {
    return this.#due.size === 0 && this.#live.size === 0;
  }

  get liveRuns(): readonly string[] {
    return [...this.#live.keys()];
  }

  #queued(key: string, { uid, trigger, idempotencyKey = '' }: RunData): void {
    holds(!this.#live.has(key), ONCE, () => `${key} is queued twice`);
    if (trigger === 'manual') {
      holds(this.#asked.has(idempotencyKey), ONCE, () => `nobody asked for ${key}`);
      const made = this.#asked.get(idempotencyKey);
      holds(made === undefined, ONCE, () => `${idempotencyKey} made ${made ?? ''} and ${key}`);
      this.#asked.set(idempotencyKey, key.slice(uid.length + 1));
    } else holds(this.#due.delete(key), ONCE, () => `${key} is queued and was not due, or once before`);
    this.#live.set(key, { uid, attempts: 0, task: undefined, last: undefined, launched: undefined });
    this.counts.queued += 1;
  }

  #launched(key: string, { attempt, taskId }: { attempt: number; taskId: string }): void {
    const run = this.#of(key, 'AttemptLaunched');
    holds(
      run.task === undefined,
      ONE_ATTEMPT,
      () => `${taskId} is launched while ${run.task ?? ''} is believed alive`,
    );
    holds(
      attempt === run.attempts + 1,
      ONE_ATTEMPT,
      () => `${key}: attempt ${attempt} follows ${run.attempts}`,
    );
    if (run.last !== undefined) this.#taskOwners.delete(run.last);
    run.attempts = attempt;
    run.task = taskId;
    run.last = taskId;
    this.#taskOwners.set(taskId, key);
    this.counts.attempts += 1;
  }

  #of(key: string, type: string): LiveRun {
    const run = this.#live.get(key);
    holds(run !== undefined, ONCE, () => `${type} of ${key}, which is not active`);
    return run;
  }
}

export type { Ended };
