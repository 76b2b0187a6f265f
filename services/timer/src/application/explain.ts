import type {
  DueInstant,
  ExplainDueInstantsRequest,
  ExplainDueInstantsResponse,
  JobRegistryApi,
} from '@carillon/contracts';
import { invalid, isCarillonError } from '@carillon/event-sourcing';
import type { StoredEvent } from '@carillon/event-store';
import type { CompiledSchedule } from '@carillon/time';
import { type ArmedSchedule, compiledHere, nextDueAt } from '../domain/armed-schedule.js';
import type { ClockEvent } from '../domain/clock.events.js';
import type { ClockState } from '../domain/clock.state.js';
import { pausedUntil } from '../domain/pauses.js';
import { ruleOf } from '../domain/revise.js';
import type { WorkflowEvent } from '../domain/workflow/workflow.events.js';
import type { DecisionLog } from './decision-log.js';

const MOST = 10_000;
/** So many due instants of a schedule with `maxRuns` are counted to see which are left of it: up to 0.3 s. */
const COUNTED_AT_MOST = 100_000;
/** Later than this is late. */
const LATE_MS = 1_000;
/** A revision of the job that arrives later than this after it is in force may have instants that are passed over. */
const EDITED_LATE_MS = 600_000;

export interface ExplainPorts {
  readonly log: DecisionLog;
  readonly clockOf: (uid: string) => Promise<ClockState>;
  readonly registry: Pick<JobRegistryApi, 'getRevision'>;
}

type Range = ExplainDueInstantsRequest;

/** What the timer knows about every due instant of a job in a range, from its events, and from its clock what lies ahead. */
export class Explain {
  readonly #ports: ExplainPorts;

  constructor(ports: ExplainPorts) {
    this.#ports = ports;
  }

  async explain(range: Range): Promise<ExplainDueInstantsResponse> {
    refuseBad(range);
    const { uid, from, to, limit } = range;
    const rules = new Map<string, Promise<CompiledSchedule | undefined>>();
    const ruleAt = (scheduleId: string, revision: number) => {
      const key = `${revision} ${scheduleId}`;
      const known = rules.get(key) ?? this.#rule(range, scheduleId, revision);
      rules.set(key, known);
      return known;
    };
    const instants = new Instants();
    const disarmed: {
      scheduleId: string;
      revision: number;
      until: number;
      reason: string;
      eventId: string;
    }[] = [];
    const state = await this.#ports.clockOf(uid);
    const progress = new Progress(state);
    for await (const page of this.#ports.log.clockEvents(uid, from)) {
      for (const stored of page) {
        const event = stored as StoredEvent & ClockEvent;
        const { eventId } = event.metadata;
        if (event.type === 'RunDue') {
          const { dueAt, decidedAt } = event.data;
          progress.to(scheduleOf(event.data), dueAt, decidedAt);
          if (dueAt >= from && dueAt < to) instants.add(triggered(event));
        }
        if (event.type === 'DueInstantsMissed') {
          const { scheduleId, revision, firstDueAt, lastDueAt, reason, decidedAt } = event.data;
          progress.to(scheduleOf(event.data), lastDueAt, decidedAt);
          const rule = await ruleAt(scheduleId, revision);
          for (const dueAt of within(rule, Math.max(firstDueAt, from), Math.min(lastDueAt + 1, to), limit)) {
            const verdict = reason === 'paused' ? 'paused' : 'missed';
            instants.add({
              ...{ scheduleId, revision, dueAt, trigger: 'schedule', verdict, reason, decidedAt },
              eventIds: [eventId],
            });
          }
        }
        if (event.type === 'ScheduleDisarmed' && event.data.until < to)
          disarmed.push({ ...event.data, eventId });
      }
      if (progress.upTo >= Math.min(to, instants.fit(limit))) break;
    }
    for (const event of await this.#ports.log.otherEvents(uid, from, to, limit + 1))
      instants.add(triggered(event));
    for (const instant of ahead(state, range)) instants.add(instant);
    for (const { scheduleId, revision, until, reason, eventId } of disarmed) {
      const rule = await ruleAt(scheduleId, revision);
      for (const dueAt of within(rule, Math.max(until, from), to, limit)) {
        instants.add({
          ...{ scheduleId, revision, dueAt, trigger: 'schedule', verdict: 'superseded', reason },
          eventIds: [eventId],
        });
      }
    }
    return instants.page(limit);
  }

  /** The rule of a schedule as a revision has it; undefined when the registry has forgotten it, or it cannot be computed. */
  async #rule(
    { jobId, uid }: Range,
    scheduleId: string,
    revision: number,
  ): Promise<CompiledSchedule | undefined> {
    try {
      const job = await this.#ports.registry.getRevision({ jobId, uid, revision });
      const schedule = job.spec.schedules.find(({ id }) => id === scheduleId);
      return schedule && compiledHere(ruleOf(schedule), jobId);
    } catch (error) {
      if (isCarillonError(error, 'notFound')) return undefined;
      throw error;
    }
  }
}

function refuseBad({ from, to, limit }: Range): void {
  if (limit < 1 || limit > MOST)
    throw invalid('explainInvalid', `limit must be 1 to ${MOST}`, { path: ['limit'] });
  if (from < to) return;
  throw invalid('explainInvalid', 'to must be after from', { path: ['to'] });
}

/**
 * Up to where the events that were read tell of every instant. A clock decides all its schedules in turns, of which each
 * takes so many instants of a schedule: after a downtime one of them is far ahead of another for some turns. What is not in
 * a turn was not behind. Jitter holds instants back, and edits may arrive late.
 */
class Progress {
  readonly #jitterMs: number;
  readonly #turn = new Map<string, number>();
  #decidedAt = -Infinity;
  #upTo = -Infinity;

  constructor(state: ClockState) {
    const schedules = state.status === 'blank' ? [] : state.schedules;
    this.#jitterMs = Math.max(0, ...schedules.map(({ more }) => (more?.jitterSeconds ?? 0) * 1_000));
  }

  to(schedule: string, dueAt: number, decidedAt: number): void {
    if (decidedAt !== this.#decidedAt) {
      this.#upTo = Math.min(...this.#turn.values(), this.#decidedAt - EDITED_LATE_MS) - this.#jitterMs;
      this.#turn.clear();
      this.#decidedAt = decidedAt;
    }
    this.#turn.set(schedule, Math.max(dueAt, this.#turn.get(schedule) ?? -Infinity));
  }

  /** By the last turn that was read to its end. */
  get upTo(): number {
    return this.#upTo;
  }
}

const scheduleOf = ({ scheduleId, revision }: { scheduleId: string; revision: number }) =>
  `${revision} ${scheduleId}`;

/** By schedule and instant; what was said first holds: a decision before what might have been. */
class Instants {
  readonly #found = new Map<string, DueInstant>();

  add(instant: DueInstant): void {
    const { scheduleId, dueAt, workflowRunId = '', backfillId = '' } = instant;
    const key = `${dueAt} ${scheduleId} ${workflowRunId} ${backfillId}`;
    if (!this.#found.has(key)) this.#found.set(key, instant);
  }

  /** Forgets what a page has no room for, and answers from when on that is: Infinity while there is room for all. */
  fit(limit: number): number {
    const next = this.#sorted()[limit];
    if (next === undefined) return Infinity;
    for (const [key, { dueAt }] of this.#found) if (dueAt > next.dueAt) this.#found.delete(key);
    return next.dueAt;
  }

  /** All of one instant come on one page, if need be beyond the limit. */
  page(limit: number): ExplainDueInstantsResponse {
    const sorted = this.#sorted();
    const next = sorted[limit];
    if (next === undefined) return { instants: sorted };
    const whole = sorted.filter(({ dueAt }) => dueAt < next.dueAt);
    if (whole.length > 0) return { instants: whole, moreFrom: next.dueAt };
    return { instants: sorted.filter(({ dueAt }) => dueAt === next.dueAt), moreFrom: next.dueAt + 1 };
  }

  #sorted(): DueInstant[] {
    return [...this.#found.values()].sort((a, b) => a.dueAt - b.dueAt);
  }
}

function triggered(stored: StoredEvent): DueInstant {
  const event = stored as StoredEvent & (ClockEvent | WorkflowEvent);
  const eventIds = [event.metadata.eventId];
  if (event.type === 'RunDue') {
    const { scheduleId, revision, dueAt, trigger, runId, decidedAt, workflowRunId, backfillId } = event.data;
    const { startAt = dueAt } = event.data;
    const late = trigger !== 'backfill' && decidedAt - startAt > LATE_MS;
    return {
      ...{ scheduleId, revision, dueAt, trigger, verdict: late ? 'late' : 'ran', runId, decidedAt, eventIds },
      ...(workflowRunId === undefined ? {} : { workflowRunId }),
      ...(backfillId === undefined ? {} : { backfillId }),
    };
  }
  if (event.type !== 'WorkflowJobNotRun') throw new Error(`${event.type} is about no due instant`);
  const { at, reason } = event.data;
  return {
    ...{ scheduleId: '', revision: 0, dueAt: at, trigger: 'dependency', decidedAt: at, reason, eventIds },
    verdict: reason === 'paused' ? 'paused' : reason === 'superseded' ? 'superseded' : 'missed',
    workflowRunId: event.stream.slice(event.stream.indexOf('-') + 1),
  };
}

/** What the clock has not decided yet. */
function ahead(state: ClockState, range: Range): DueInstant[] {
  if (state.status === 'blank') return [];
  const { jobId, pauses = [] } = state;
  return state.schedules.flatMap((schedule) =>
    undecided(schedule, jobId, range).map((dueAt): DueInstant => {
      const { scheduleId, revision } = schedule;
      const paused = pausedUntil(dueAt, pauses) !== undefined;
      const verdict = paused ? 'paused' : 'upcoming';
      return { scheduleId, revision, dueAt, trigger: 'schedule', verdict, eventIds: [] };
    }),
  );
}

/** Of the range, one more than its limit at most; none that cannot be computed here. Where runs are counted, all that lie before it are gone through. */
function undecided(schedule: ArmedSchedule, jobId: string, { from, to, limit }: Range): number[] {
  const runsLeft = schedule.more?.runsLeft ?? Infinity;
  const counted = Number.isFinite(runsLeft);
  const rule = compiledHere(schedule, jobId);
  if (rule === undefined) return [];
  const nextAfter = (instant: number) => nextDueAt(schedule, jobId, instant, rule);
  const instants: number[] = [];
  let passed = 0;
  let dueAt = nextAfter(counted ? schedule.decidedUpTo : Math.max(schedule.decidedUpTo, from - 1));
  while (dueAt !== undefined && dueAt < to && instants.length <= limit && passed < runsLeft) {
    if (dueAt >= from) instants.push(dueAt);
    passed += 1;
    if (counted && passed - instants.length > COUNTED_AT_MOST) throw tooFarAhead(schedule);
    dueAt = nextAfter(dueAt);
  }
  return instants;
}

const tooFarAhead = ({ scheduleId }: ArmedSchedule) =>
  invalid(
    'explainInvalid',
    `from must be within the next ${COUNTED_AT_MOST} due instants of schedule ${scheduleId}, whose maxRuns counts them`,
    { path: ['from'] },
  );

function within(rule: CompiledSchedule | undefined, from: number, to: number, limit: number): number[] {
  const instants: number[] = [];
  let dueAt = rule?.next(from - 1);
  while (dueAt !== undefined && dueAt < to && instants.length <= limit) {
    instants.push(dueAt);
    dueAt = rule?.next(dueAt);
  }
  return instants;
}
