import type { Constraint, JobSpec, RunSpec, Schedule } from '@carillon/contracts';
import { sameJson } from './same-json.js';

/*
 * What Metronome's API has no words for. It does not show these, so whoever changes a job through it has said nothing
 * about them, and they stay. Volumes: volume.rules.ts.
 */

/** `next`, with what of `stored` is Carillon's own. */
export function withOwnMembers(next: JobSpec, stored: JobSpec): JobSpec {
  const before = new Map(stored.schedules.map((schedule) => [schedule.id, schedule]));
  const ids = new Set(next.schedules.map(({ id }) => id));
  const schedules = next.schedules.map((schedule) => withOwnPolicies(schedule, before.get(schedule.id)));
  const others = stored.schedules.filter((schedule) => !isCron(schedule) && !ids.has(schedule.id));
  return { ...next, schedules: [...schedules, ...others], run: withOwnRun(next.run, stored.run) };
}

/** A schedule of another kind shares nothing but its id with one that has a cron expression. */
export function withOwnPolicies(next: Schedule, stored: Schedule | undefined): Schedule {
  if (stored === undefined || !isCron(stored)) return next;
  const { queueLimit, catchUp, from, until, maxRuns, jitterSeconds, excludedCalendar } = stored;
  // Metronome's FORBID is no run beside another; what becomes of the later one it does not ask.
  const policy = OWN_POLICIES.has(stored.concurrencyPolicy) && next.concurrencyPolicy === 'FORBID';
  const concurrencyPolicy = policy ? stored.concurrencyPolicy : next.concurrencyPolicy;
  const queue = concurrencyPolicy === 'QUEUE' ? { queueLimit } : {};
  const own = { ...queue, catchUp, from, until, maxRuns, jitterSeconds, excludedCalendar };
  return { ...given(own), ...next, concurrencyPolicy };
}

/** `restart` and `retry` say the same, so a new word about the one is the last about both. */
function withOwnRun(next: RunSpec, stored: RunSpec): RunSpec {
  const { retry, timeoutSeconds, priority, ports, limits, healthCheck, parameters } = stored;
  const own = { timeoutSeconds, priority, ports, limits, healthCheck, parameters };
  const constraints = stored.placement.constraints.filter(isOwn);
  return {
    ...next,
    ...given({ ...own, ...(sameJson(next.restart, stored.restart) ? { retry } : {}) }),
    placement: { constraints: [...next.placement.constraints, ...constraints] },
  };
}

/** Of no other kind has it a word. */
export const isCron = ({ cron }: Schedule) => cron !== '';
const OWN_POLICIES: ReadonlySet<Schedule['concurrencyPolicy']> = new Set(['REPLACE', 'QUEUE']);
const OWN_OPERATORS: ReadonlySet<Constraint['operator']> = new Set([
  'UNIQUE',
  'CLUSTER',
  'GROUP_BY',
  'MAX_PER',
]);
const isOwn = ({ operator }: Constraint) => OWN_OPERATORS.has(operator);

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };
const given = <T extends object>(members: T) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
