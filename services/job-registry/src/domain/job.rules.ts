import type { JobSpec, Schedule } from '@carillon/contracts';
import { invalid } from '@carillon/event-sourcing';
import { idProblems } from './ids.js';
import { type Problem, problem, refuseIfAny, within } from './rules.js';
import { runProblems } from './run.rules.js';
import { compiledSchedule } from './schedule.rules.js';
import { textProblems } from './text.rules.js';

/**
 * The specification as it will be stored: every rule holds and cron texts are in normal form. Refuses with
 * `jobInvalid` and all problems at once.
 */
export function validJob(spec: JobSpec): JobSpec {
  const schedules = spec.schedules.map(compiledSchedule);
  refuseIfAny([
    ...textProblems(spec),
    ...idProblems(spec.id),
    ...schedules.flatMap((schedule, index) =>
      isProblems(schedule) ? within(['schedules', index], schedule) : [],
    ),
    ...within(['run'], runProblems(spec.run)),
    ...spec.schedules.flatMap(({ id }, index) =>
      spec.schedules.findIndex((other) => other.id === id) < index
        ? [problem(['schedules', index, 'id'], `A schedule with id ${id} already exists`)]
        : [],
    ),
  ]);
  refuseDependencies(spec);
  return { ...spec, schedules: schedules.flatMap((schedule) => (isProblems(schedule) ? [] : [schedule])) };
}

/** The schedule as it will be stored. Refuses with `jobInvalid`. */
export function validSchedule(schedule: Schedule): Schedule {
  refuseIfAny(textProblems(schedule));
  const compiled = compiledSchedule(schedule);
  if (!isProblems(compiled)) return compiled;
  refuseIfAny(compiled);
  return schedule;
}

// Until dependencies are run, a job that has some would silently never start.
function refuseDependencies({ dependencies }: JobSpec): void {
  if (dependencies.length === 0) return;
  throw invalid(
    'dependenciesNotSupported',
    'Carillon does not run dependencies between jobs yet. Leave `dependencies` empty and give the job a schedule.',
    { path: ['dependencies'] },
  );
}

const isProblems = (compiled: Schedule | Problem[]): compiled is Problem[] => Array.isArray(compiled);
