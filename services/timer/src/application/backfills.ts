import type { Backfill, JobRegistryApi, Schedule, StartBackfillRequest } from '@carillon/contracts';
import { invalid, notFound } from '@carillon/event-sourcing';
import type { Aggregates, Transaction } from '@carillon/event-store';
import { currentTraceContext } from '@carillon/service-runtime';
import { randomUUID } from 'node:crypto';
import { compiled, type Rule } from '../domain/armed-schedule.js';
import type { BackfillCommand } from '../domain/backfill/backfill.commands.js';
import type { BackfillEvent } from '../domain/backfill/backfill.events.js';
import type { BackfillState, StartedBackfill } from '../domain/backfill/backfill.state.js';
import { ruleOf } from '../domain/revise.js';
import type { RunEvent } from './run-events.js';

/** The category of the streams of backfills. */
export const BACKFILL = 'backfill';

/** A larger range is for several backfills. */
const MOST_INSTANTS = 100_000;
const MOST_AT_ONCE = 1_000;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export interface BackfillBook {
  /** Of one job, newest first. */
  list(uid: string, limit: number): Promise<StartedBackfill[]>;
}

export interface BackfillPorts {
  readonly backfills: Aggregates<BackfillState, BackfillCommand, BackfillEvent>;
  readonly book: BackfillBook;
  readonly registry: Pick<JobRegistryApi, 'getJob'>;
  readonly now: () => Promise<number>;
}

const keyOf = (uid: string, backfillId: string) => `${uid}.${backfillId}`;

/** Starts, shows and cancels backfills, and carries them on when their runs end. */
export class Backfills {
  readonly #ports: BackfillPorts;

  constructor(ports: BackfillPorts) {
    this.#ports = ports;
  }

  async start(request: StartBackfillRequest): Promise<Backfill> {
    const { backfills, now: clock } = this.#ports;
    const { jobId, uid, from, until, concurrency = 1 } = request;
    const backfillId = request.backfillId ?? randomUUID().slice(0, 13);
    const now = await clock();
    refuseBad({ from, until, concurrency, backfillId }, now);
    const key = keyOf(uid, backfillId);
    const before = (await backfills.load(key)).state;
    // What is asked for again is the same, whatever became of its job meanwhile.
    const { revision, rule, mayOverlap, total, ...made } =
      before.status === 'none' ? await this.#planned(request) : before;
    const scheduleId = request.scheduleId ?? made.scheduleId;
    const { state } = await backfills.handle(
      key,
      {
        ...{ type: 'StartBackfill', jobId, uid, backfillId, scheduleId, revision, rule, mayOverlap },
        ...{ from, until, concurrency, total, now },
      },
      { metadata: currentTraceContext() },
    );
    return found(state, backfillId);
  }

  async #planned({ jobId, uid, scheduleId, from, until }: StartBackfillRequest) {
    const job = await this.#ports.registry.getJob({ jobId });
    if (job.uid !== uid) throw notFound('jobNotFound', 'Job not found', { jobId, uid });
    const schedule = scheduleOf(job.spec.schedules, scheduleId, jobId);
    const rule = ruleOf(schedule);
    return {
      scheduleId: schedule.id,
      revision: job.revision,
      rule,
      mayOverlap: schedule.concurrencyPolicy === 'ALLOW',
      total: countOf(rule, jobId, from, until),
    };
  }

  async get(uid: string, backfillId: string): Promise<Backfill> {
    return found((await this.#ports.backfills.load(keyOf(uid, backfillId))).state, backfillId);
  }

  async list(uid: string, limit: number): Promise<Backfill[]> {
    return (await this.#ports.book.list(uid, limit)).map(toBackfill);
  }

  async cancel(uid: string, backfillId: string): Promise<Backfill> {
    const { backfills, now } = this.#ports;
    const command = { type: 'CancelBackfill', now: await now() } as const;
    const { state } = await backfills.handle(keyOf(uid, backfillId), command);
    return found(state, backfillId);
  }

  /** In the order given. Throws `conflict` when all of it has to be tried again. */
  async follow(tx: Transaction, events: readonly RunEvent[]): Promise<void> {
    const { backfills, now: clock } = this.#ports;
    const ends = events.flatMap((event) => {
      const { backfillId } = event.data;
      return event.type === 'RunQueued' || backfillId === undefined ? [] : [{ event, backfillId }];
    });
    if (ends.length === 0) return;
    const now = await clock();
    const orders = ends.map(({ event, backfillId }) => ({
      id: keyOf(event.data.uid, backfillId),
      command: endOf(event, now),
      metadata: { causationId: event.id, ...event.trace },
    }));
    for (const handled of await backfills.handleAll(tx, orders)) if ('error' in handled) throw handled.error;
  }
}

function endOf(event: Exclude<RunEvent, { type: 'RunQueued' }>, now: number): BackfillCommand {
  const { runId } = event.data;
  if (event.type === 'RunEnded') return { type: 'EndBackfillRun', runId, outcome: event.data.outcome, now };
  const jobRemoved = event.data.reason === 'jobRemoved';
  return { type: 'EndBackfillRun', runId, outcome: 'skipped', jobRemoved, now };
}

function refuseBad(
  {
    from,
    until,
    concurrency,
    backfillId,
  }: { from: number; until: number; concurrency: number; backfillId: string },
  now: number,
): void {
  const refuse = (path: string, value: unknown, rule: string) => {
    throw invalid('backfillInvalid', `${path} is ${String(value)}, expected ${rule}`, {
      path: [path],
      value,
      rule,
    });
  };
  if (from >= until) refuse('until', new Date(until).toISOString(), 'an instant after from');
  if (until > now) refuse('until', new Date(until).toISOString(), 'an instant that is not in the future');
  if (concurrency < 1 || concurrency > MOST_AT_ONCE)
    refuse('concurrency', concurrency, `1 to ${MOST_AT_ONCE}`);
  if (!ID.test(backfillId)) refuse('backfillId', backfillId, `1 to 63 of A-Z a-z 0-9 . _ -, no sign first`);
}

function scheduleOf(schedules: readonly Schedule[], id: string | undefined, jobId: string): Schedule {
  const [only, ...others] = id === undefined ? schedules : schedules.filter((schedule) => schedule.id === id);
  if (only !== undefined && others.length === 0) return only;
  if (id === undefined && only !== undefined) {
    const rule = `one of ${schedules.map((schedule) => schedule.id).join(', ')}`;
    throw invalid('backfillInvalid', `The job has several schedules: scheduleId must be ${rule}`, {
      ...{ path: ['scheduleId'], rule },
    });
  }
  throw notFound('scheduleNotFound', 'Schedule not found', { jobId, scheduleId: id });
}

function countOf(rule: Rule, jobId: string, from: number, until: number): number {
  const schedule = compiled(rule, jobId);
  let count = 0;
  for (
    let dueAt = schedule.next(from - 1);
    dueAt !== undefined && dueAt < until;
    dueAt = schedule.next(dueAt)
  ) {
    if (++count > MOST_INSTANTS) {
      const rule = `at most ${MOST_INSTANTS} due instants`;
      throw invalid('backfillInvalid', `The range has more than ${MOST_INSTANTS} due instants`, {
        path: ['from'],
        rule,
      });
    }
  }
  return count;
}

function found(state: BackfillState, backfillId: string): Backfill {
  if (state.status !== 'none') return toBackfill(state);
  throw notFound('backfillNotFound', 'Backfill not found', { backfillId });
}

function toBackfill(state: StartedBackfill): Backfill {
  const { jobId, uid, backfillId, scheduleId, revision, from, until, concurrency, startedAt } = state;
  const { endedAt, cancelledAt, total, triggered, active, succeeded, failed, skipped } = state;
  return {
    ...{ jobId, uid, backfillId, scheduleId, revision, from, until, concurrency, startedAt },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(cancelledAt === undefined ? {} : { cancelledAt }),
    ...{ total, triggered, active: active.length, succeeded, failed, skipped },
  };
}
