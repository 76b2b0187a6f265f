import type { Schedule } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { compileSchedule, isTimezone } from '@carillon/time';
import { idProblems } from './ids.js';
import { type Problem, problem } from './rules.js';

const MIN_STARTING_DEADLINE_SECONDS = 60;
const MOST_AT_ONCE = 1000;
const DAY_SECONDS = 86_400;

/**
 * The schedule with its rule in normal form, or what is wrong with it. Paths start at the schedule. `jobId` is what `H` in
 * a cron expression is spread by.
 */
export function compiledSchedule(schedule: Schedule, jobId: string): Schedule | Problem[] {
  const problems = [...idProblems(schedule.id), ...policyProblems(schedule), ...zoneProblems(schedule)];
  try {
    // Without its zone a rule can still be read.
    const timezone = isTimezone(schedule.timezone) ? schedule.timezone : 'UTC';
    const { kind, normal } = compileSchedule({ ...schedule, timezone }, jobId);
    if (problems.length > 0) return problems;
    return kind === 'at' ? schedule : { ...schedule, [kind]: normal };
  } catch (error) {
    if (!isCarillonError(error, 'invalid')) throw error;
    const path = (error.details['path'] as Problem['path'] | undefined) ?? ['cron'];
    const unread = error.code === 'cronInvalid';
    return [
      ...problems,
      ...(unread ? [problem(path, `Can not read cron expression ${JSON.stringify(schedule.cron)}`)] : []),
      problem(path, error.message),
    ];
  }
}

const zoneProblems = ({ timezone }: Schedule) =>
  isTimezone(timezone)
    ? []
    : [problem(['timezone'], `No time zone found with this id: ${JSON.stringify(timezone)}`)];

function policyProblems(schedule: Schedule): Problem[] {
  const { startingDeadlineSeconds, concurrencyPolicy, queueLimit, catchUp, from, until } = schedule;
  const problems: Problem[] = [];
  if (startingDeadlineSeconds < MIN_STARTING_DEADLINE_SECONDS) {
    const got = `${startingDeadlineSeconds} seconds`;
    problems.push(problem(['startingDeadline'], `got ${got}, expected 1 minute or more`));
  }
  if (queueLimit !== undefined && concurrencyPolicy !== 'QUEUE') {
    problems.push(
      problem(['queueLimit'], `goes with concurrencyPolicy QUEUE, which is ${concurrencyPolicy}`),
    );
  }
  if (catchUp?.limit !== undefined && catchUp.policy !== 'ALL') {
    problems.push(problem(['catchUp', 'limit'], `goes with the policy ALL, which is ${catchUp.policy}`));
  }
  if (from !== undefined && until !== undefined && from >= until) {
    problems.push(problem(['until'], 'expected an instant after from'));
  }
  return [
    ...problems,
    ...outside(['queueLimit'], queueLimit, 1, MOST_AT_ONCE),
    ...outside(['catchUp', 'limit'], catchUp?.limit, 1, MOST_AT_ONCE),
    ...outside(['maxRuns'], schedule.maxRuns, 1, 2 ** 31 - 1),
    ...outside(['jitterSeconds'], schedule.jitterSeconds, 0, DAY_SECONDS),
  ];
}

const outside = (path: Problem['path'], value: number | undefined, min: number, max: number) =>
  value === undefined || (value >= min && value <= max)
    ? []
    : [problem(path, `got ${value}, expected ${min} to ${max}`)];
