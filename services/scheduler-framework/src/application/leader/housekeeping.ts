import type { CallBody } from '@carillon/mesos';
import { type Logger, type Loop, TurnLoop } from '@carillon/service-runtime';
import { currentAttempt, isEnding, timeoutAt } from '../../domain/run/run.state.js';
import { killPolicy } from '../../domain/tasks/launch-path.js';
import type { Fence } from '../leadership.js';
import type { RunLedger, RunOrder } from '../run-ledger.js';
import type { Recorded } from '../run-batch.js';
import { isTime } from './is-time.js';
import type { MesosLink } from './mesos-link.js';
import type { Reconciliation, TaskToReconcile } from './reconciliation.js';
import type { RunBook } from './run-book.js';
import { orderOf } from './waiting-runs.js';

export interface HousekeepingOptions {
  readonly ledger: RunLedger;
  readonly fence: Fence;
  readonly book: RunBook;
  readonly link: MesosLink;
  readonly reconciliation: Reconciliation;
  readonly clock: () => number;
  readonly log: Logger;
  readonly silentMs: number;
  readonly unreachableTimeoutMs: number;
  /** Takes note of what was written. */
  readonly see: (recorded: Recorded) => void;
  readonly onRecorded: () => void;
  readonly onError: (error: unknown) => void;
}

interface Kill {
  readonly times: number;
  readonly nextAt: number;
  readonly graceSeconds: number | undefined;
}

const TICK_MS = 500;
const FIRST_KILL_AGAIN_MS = 5_000;
const LONGEST_KILL_AGAIN_MS = 60_000;
/** A master that has just restarted does not know tasks of agents that have yet to register, nor tells us later. */
const ASK_AWAY_AGAIN_MS = 15_000;

/** What comes with time: kills are repeated, silent tasks asked about, agents that stay away given up, timeouts kept. */
export class Housekeeping implements Loop {
  readonly #o: HousekeepingOptions;
  readonly #loop: TurnLoop;
  /** Tasks under KILL: how often, with which grace, and when again. */
  readonly #kills = new Map<string, Kill>();

  #askAwayAt = -Infinity;

  constructor(options: HousekeepingOptions) {
    this.#o = options;
    this.#loop = new TurnLoop({ name: 'housekeeping', log: options.log, turn: () => this.#turn() });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** A stop was requested: its first KILL need not wait. */
  wake(): void {
    this.#loop.wake();
  }

  async #turn(): Promise<number> {
    const { book, link, reconciliation, clock, ledger, fence, silentMs, unreachableTimeoutMs, see } = this.#o;
    const now = clock();
    const silent: TaskToReconcile[] = [];
    const away: TaskToReconcile[] = [];
    const overdue: RunOrder[] = [];
    const kills: CallBody[] = [];
    const stopping = new Set<string>();
    for (const booked of book.all()) {
      const { run } = booked;
      const until = timeoutAt(run);
      if (until !== undefined && until <= now && !isEnding(run)) {
        overdue.push({ ...orderOf(booked), command: { type: 'ExpireTimeout', now } });
      }
      const attempt = currentAttempt(run);
      if (attempt === undefined) continue;
      const { taskId, agentId } = attempt;
      if (attempt.unreachableSince !== undefined) away.push({ taskId, agentId });
      else if (!attempt.reported && attempt.launchedAt + silentMs <= now) silent.push({ taskId, agentId });
      if (attempt.unreachableSince !== undefined && attempt.unreachableSince + unreachableTimeoutMs <= now) {
        const command = { type: 'GiveUpUnreachable', timeoutMs: unreachableTimeoutMs, now } as const;
        overdue.push({ ...orderOf(booked), command });
      }
      if (!isEnding(run)) continue;
      stopping.add(taskId);
      const grace = run.stopGraceSeconds;
      if (!link.subscribed || !this.#isTimeToKill(taskId, grace, now)) continue;
      const policy = grace === undefined ? {} : { killPolicy: killPolicy(grace) };
      kills.push({
        type: 'KILL',
        kill: { taskId: { value: taskId }, agentId: { value: agentId }, ...policy },
      });
    }
    for (const taskId of this.#kills.keys()) if (!stopping.has(taskId)) this.#kills.delete(taskId);
    if (kills.length > 0) void link.send(kills);
    reconciliation.ask(silent, now);
    if (away.length > 0 && isTime(this.#askAwayAt, now, ASK_AWAY_AGAIN_MS)) {
      this.#askAwayAt = now + ASK_AWAY_AGAIN_MS;
      reconciliation.ask(away, now);
    }
    reconciliation.tick(now);
    if (overdue.length > 0) {
      try {
        for (const recorded of await ledger.record(overdue, fence)) see(recorded);
      } catch (error) {
        this.#o.onError(error);
        throw error;
      }
      this.#o.onRecorded();
      // What timed out is killed now.
      return 0;
    }
    return TICK_MS;
  }

  #isTimeToKill(taskId: string, graceSeconds: number | undefined, now: number): boolean {
    const kill = this.#kills.get(taskId) ?? { times: 0, nextAt: now, graceSeconds };
    if (kill.graceSeconds === graceSeconds && !isTime(kill.nextAt, now, LONGEST_KILL_AGAIN_MS)) return false;
    const times = kill.times + 1;
    const pauseMs = Math.min(LONGEST_KILL_AGAIN_MS, FIRST_KILL_AGAIN_MS * 2 ** Math.min(times - 1, 10));
    this.#kills.set(taskId, { times, nextAt: now + pauseMs, graceSeconds });
    return true;
  }
}
