import { isDeepStrictEqual } from 'node:util';
import type { Job, JobRemoved, JobSpec, Schedule } from '@carillon/contracts';
import { type CompiledSchedule, compileSchedule, runIdOf } from '@carillon/time';
import type { EventRow } from './memory-tables.js';
import { holds } from './violation.js';

const ONCE = 'each due instant of an enabled schedule makes exactly one run, or one recorded skip or miss';

const WRITTEN = 'an acknowledged write is on disk';
const IN_TIME = 'an instant is missed when its start deadline has passed, and only then';
/** Between the look at the clock and the append: a statement waits for locks for so long at most. */
const DECIDING_MS = 60_000;

interface Revision {
  readonly definedAt: number;
  readonly schedules: readonly Schedule[];
  /** JSON. */
  readonly spec: string;
}

interface JobRecord {
  readonly jobId: string;
  readonly revisions: Map<number, Revision>;
  latest: number;
  removedAt: number | undefined;
  pausedFrom: number | undefined;
  pausedUntil: number;
}

interface Armed {
  readonly scheduleId: string;
  readonly revision: number;
  readonly compiled: CompiledSchedule;
  readonly jitterMs: number;
  /** The instant decided last. */
  cursor: number;
  readonly ahead: Set<number>;
  runsLeft: number;
  until: number;
}

interface Due {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly scheduleId: string;
  readonly dueAt: number;
}

/**
 * What should be decided, from the revisions of the jobs as the registry committed them and `libs/time`; against what the
 * clocks say was decided. Each decision must be the very next instant of its schedule, so that none is left out or comes
 * twice; in the end nothing may be left that has come.
 */
export class DueInstants {
  readonly #jobs = new Map<string, JobRecord>();
  readonly #armed = new Map<string, Armed[]>();
  runs = 0;
  missed = 0;

  registryEvent({ type, data }: EventRow): void {
    const { uid } = data as { uid: string };
    const job = this.#jobs.get(uid);
    if (type === 'JobDefined') {
      const { revision, definedAt, spec } = data as { revision: number; definedAt: number; spec: JobSpec };
      const record = job ?? {
        ...{ jobId: spec.id, revisions: new Map(), latest: 0 },
        ...{ removedAt: undefined, pausedFrom: undefined, pausedUntil: 0 },
      };
      record.revisions.set(revision, { definedAt, schedules: spec.schedules, spec: JSON.stringify(spec) });
      record.latest = revision;
      this.#jobs.set(uid, record);
    } else if (job && type === 'JobRemoved') job.removedAt = (data as JobRemoved).removedAt;
    else if (job && type === 'JobPaused') {
      const { pausedAt, until = Infinity } = data as { pausedAt: number; until?: number };
      const goesOn = job.pausedFrom !== undefined && job.pausedUntil > pausedAt;
      if (!goesOn) job.pausedFrom = pausedAt;
      job.pausedUntil = until;
    } else if (job && type === 'JobResumed') job.pausedFrom = undefined;
  }

  /** What the registry has said to whoever asked for it is what it wrote. */
  answered({ uid, revision, spec }: Job): void {
    const written = this.#jobs.get(uid)?.revisions.get(revision)?.spec;
    const said = JSON.stringify(spec);
    const same =
      said === written || (written !== undefined && isDeepStrictEqual(JSON.parse(written), JSON.parse(said)));
    holds(same, WRITTEN, () => `${spec.id}, revision ${revision} of ${uid}`);
  }

  isRemoved(uid: string): boolean {
    return this.#jobs.get(uid)?.removedAt !== undefined;
  }

  scheduleOf(uid: string, revision: number, scheduleId: string): Schedule | undefined {
    return this.#jobs
      .get(uid)
      ?.revisions.get(revision)
      ?.schedules.find(({ id }) => id === scheduleId);
  }

  /** Of the stream of a clock. */
  clockEvent({ stream, type, data, recordedAt }: EventRow): void {
    const uid = stream.slice('clock-'.length);
    const job = this.#jobs.get(uid);
    holds(job !== undefined, ONCE, () => `the clock of ${uid}, which is no job, decides`);
    if (type === 'ScheduleArmed') this.#arm(uid, job, data as never);
    else if (type === 'ScheduleDisarmed') this.#disarm(uid, job, data as never);
    else if (type === 'RunDue') this.#run(uid, data as Due, recordedAt);
    else if (type === 'DueInstantsMissed') this.#miss(uid, data as never, recordedAt);
  }

  /** All that has come by `horizon` must be decided, and each schedule that is in force be armed. */
  settled(horizon: number): void {
    for (const [uid, job] of this.#jobs) {
      const armed = this.#armed.get(uid) ?? [];
      const paused = job.pausedFrom !== undefined && job.pausedUntil > horizon ? job.pausedFrom : Infinity;
      for (const schedule of armed) {
        const next = nextOf(schedule);
        const left = next !== undefined && next < Math.min(horizon - schedule.jitterMs, paused);
        holds(!left, ONCE, () => `${name(uid, job, schedule)}: ${iso(next ?? 0)} is not decided`);
      }
      if (job.removedAt !== undefined) {
        const open = armed.filter(({ until }) => until === Infinity);
        holds(open.length === 0, ONCE, () => `${job.jobId} was removed and its clock goes on`);
        continue;
      }
      for (const { id, enabled } of job.revisions.get(job.latest)?.schedules ?? []) {
        const isArmed = armed.some((one) => one.scheduleId === id && one.revision === job.latest);
        const over = this.#isOver(uid, id, job.latest);
        holds(
          !enabled || isArmed || over,
          ONCE,
          () => `${job.jobId} ${id} of revision ${job.latest} is not armed`,
        );
      }
    }
  }

  readonly #over = new Set<string>();

  #isOver(uid: string, scheduleId: string, revision: number): boolean {
    return this.#over.has(`${uid} ${scheduleId} ${revision}`);
  }

  #arm(
    uid: string,
    job: JobRecord,
    data: {
      scheduleId: string;
      revision: number;
      from: number;
      decided: readonly number[];
      more?: { runsLeft?: number };
    },
  ): void {
    const { scheduleId, revision, from, decided, more } = data;
    const defined = job.revisions.get(revision);
    const schedule = defined?.schedules.find(({ id }) => id === scheduleId);
    holds(
      schedule?.enabled === true,
      ONCE,
      () => `${job.jobId} ${scheduleId} of ${revision} is armed and not enabled`,
    );
    holds(
      from === defined?.definedAt,
      ONCE,
      () => `${job.jobId} ${scheduleId} of ${revision} is armed from ${iso(from)}`,
    );
    const armed: Armed = {
      ...{ scheduleId, revision, compiled: compileSchedule(schedule, job.jobId), cursor: from - 1 },
      ...{ ahead: new Set(decided), runsLeft: more?.runsLeft ?? Infinity, until: Infinity },
      jitterMs: (schedule.jitterSeconds ?? 0) * 1_000,
    };
    this.#armed.set(uid, [...(this.#armed.get(uid) ?? []), armed]);
  }

  #disarm(
    uid: string,
    job: JobRecord,
    {
      scheduleId,
      revision,
      until,
      lastDueAt,
    }: { scheduleId: string; revision: number; until: number; lastDueAt?: number },
  ): void {
    const armed = this.#find(uid, scheduleId, revision);
    const later = [...job.revisions].some(
      ([number, { definedAt }]) => number > revision && definedAt === until,
    );
    holds(
      later || until === job.removedAt,
      ONCE,
      () => `${name(uid, job, armed)} is disarmed from ${iso(until)}`,
    );
    armed.until = until;
    let last: number | undefined;
    const probe = { ...armed, ahead: new Set(armed.ahead) };
    for (let next = nextOf(probe); next !== undefined; next = nextOf(probe)) {
      last = next;
      probe.cursor = next;
      if (probe.runsLeft !== Infinity) probe.runsLeft -= 1;
    }
    const isLimited = armed.runsLeft !== Infinity;
    holds(
      isLimited || last === lastDueAt,
      ONCE,
      () => `${name(uid, job, armed)}: last instant ${iso(lastDueAt ?? 0)}`,
    );
    if (last === undefined) this.#drop(uid, armed);
  }

  #run(uid: string, { scheduleId, revision, dueAt, runId }: Due, recordedAt: number): void {
    const armed = this.#find(uid, scheduleId, revision);
    this.#decided(uid, armed, dueAt);
    holds(
      recordedAt >= dueAt,
      ONCE,
      () => `${uid} ${scheduleId} ran at ${iso(recordedAt)}, before ${iso(dueAt)}`,
    );
    const { startingDeadlineSeconds, catchUp } = this.scheduleOf(uid, revision, scheduleId) ?? {};
    const deadline = catchUp
      ? Infinity
      : dueAt + armed.jitterMs + (startingDeadlineSeconds ?? Infinity) * 1_000;
    const late = () => `${uid} ${scheduleId}: ${iso(dueAt)} is decided as a run at ${iso(recordedAt)}`;
    holds(recordedAt <= deadline + DECIDING_MS, IN_TIME, late);
    holds(runId === runIdOf({ uid, scheduleId, dueAt }), ONCE, () => `${runId} is no id for ${iso(dueAt)}`);
    this.runs += 1;
  }

  #miss(
    uid: string,
    data: {
      scheduleId: string;
      revision: number;
      firstDueAt: number;
      lastDueAt: number;
      count: number;
      reason: string;
    },
    recordedAt: number,
  ): void {
    const armed = this.#find(uid, data.scheduleId, data.revision);
    let last = 0;
    for (let n = 0; n < data.count; n += 1) {
      const expected = nextOf(armed);
      holds(expected !== undefined, ONCE, () => `${uid}: ${data.count} instants missed, there were ${n}`);
      last = n === 0 ? data.firstDueAt : expected;
      this.#decided(uid, armed, last);
    }
    holds(
      last === data.lastDueAt,
      ONCE,
      () => `${uid}: missed up to ${iso(data.lastDueAt)}, counted to ${iso(last)}`,
    );
    if (data.reason === 'startingDeadlineExceeded') {
      const { startingDeadlineSeconds = 0 } = this.scheduleOf(uid, data.revision, data.scheduleId) ?? {};
      const isLate = recordedAt > data.lastDueAt + startingDeadlineSeconds * 1_000;
      holds(isLate, IN_TIME, () => `${uid}: ${iso(data.lastDueAt)} is missed at ${iso(recordedAt)}`);
    }
    this.missed += data.count;
  }

  #decided(uid: string, armed: Armed, dueAt: number): void {
    const expected = nextOf(armed);
    holds(
      dueAt === expected,
      ONCE,
      () =>
        `${uid} ${armed.scheduleId} of ${armed.revision} decided ${iso(dueAt)}, expected ${expected === undefined ? 'none' : iso(expected)}`,
    );
    armed.cursor = dueAt;
    armed.runsLeft -= 1;
    for (const ahead of armed.ahead) if (ahead <= dueAt) armed.ahead.delete(ahead);
    if (armed.until !== Infinity && nextOf(armed) === undefined) this.#drop(uid, armed);
  }

  #find(uid: string, scheduleId: string, revision: number): Armed {
    const found = this.#armed
      .get(uid)
      ?.find((one) => one.scheduleId === scheduleId && one.revision === revision);
    holds(found !== undefined, ONCE, () => `${uid} ${scheduleId} of ${revision} decides and is not armed`);
    return found;
  }

  #drop(uid: string, armed: Armed): void {
    this.#over.add(`${uid} ${armed.scheduleId} ${armed.revision}`);
    const left = this.#armed.get(uid)?.filter((one) => one !== armed) ?? [];
    if (left.length > 0) this.#armed.set(uid, left);
    else this.#armed.delete(uid);
  }
}

function nextOf({ compiled, cursor, ahead, runsLeft, until }: Armed): number | undefined {
  if (runsLeft <= 0) return undefined;
  let next = compiled.next(cursor);
  while (next !== undefined && ahead.has(next)) next = compiled.next(next);
  return next !== undefined && next < until ? next : undefined;
}

const iso = (instant: number) => new Date(instant).toISOString();
const name = (uid: string, { jobId }: JobRecord, { scheduleId, revision }: Armed) =>
  `${jobId} (${uid}) ${scheduleId} of revision ${revision}`;
