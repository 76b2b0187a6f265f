import type { Schedule } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { compileSchedule, isTimezone } from '@carillon/time';
import { idProblems } from './ids.js';
import { type Problem, problem } from './rules.js';

const MIN_STARTING_DEADLINE_SECONDS = 60;

/** The schedule with its cron text in normal form, or what is wrong with it. Paths start at the schedule. */
export function compiledSchedule(schedule: Schedule): Schedule | Problem[] {
  const problems = idProblems(schedule.id);
  if (schedule.startingDeadlineSeconds < MIN_STARTING_DEADLINE_SECONDS) {
    const got = `${schedule.startingDeadlineSeconds} seconds`;
    problems.push(problem(['startingDeadline'], `got ${got}, expected 1 minute or more`));
  }
  if (!isTimezone(schedule.timezone)) {
    const zone = JSON.stringify(schedule.timezone);
    return [...problems, problem(['timezone'], `No time zone found with this id: ${zone}`)];
  }
  try {
    const { normal } = compileSchedule(schedule);
    return problems.length > 0 ? problems : { ...schedule, cron: normal };
  } catch (error) {
    if (!isCarillonError(error, 'invalid')) throw error;
    return [
      ...problems,
      problem(['cron'], `Can not read cron expression ${JSON.stringify(schedule.cron)}`),
      problem(['cron'], error.message),
    ];
  }
}
