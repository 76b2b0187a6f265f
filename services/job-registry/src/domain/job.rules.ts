import type { JobSpec, Schedule } from '@carillon/contracts';
import { idProblems } from './ids.js';
import { firstPlaces, type Problem, problem, refuseIfAny, within } from './rules.js';
import { runProblems } from './run.rules.js';
import { compiledSchedule } from './schedule.rules.js';
import { sizeProblems } from './size.rules.js';
import { textProblems } from './text.rules.js';

/**
 * The specification as it will be stored: every rule holds and cron texts are in normal form. Refuses with
 * `jobInvalid` and all problems at once.
 */
export function validJob(spec: JobSpec): JobSpec {
  const schedules = spec.schedules.map((schedule) => compiledSchedule(schedule, spec.id));
  const stored = {
    ...spec,
    schedules: schedules.flatMap((schedule) => (isProblems(schedule) ? [] : [schedule])),
  };
  refuseIfAny([
    ...textProblems(spec),
    ...idProblems(spec.id),
    ...schedules.flatMap((schedule, index) =>
      isProblems(schedule) ? within(['schedules', index], schedule) : [],
    ),
    ...within(['run'], runProblems(spec.run)),
    ...doubleSchedules(spec),
    ...doubleParents(spec),
    ...untriggerable(spec),
    ...sizeProblems(stored),
  ]);
  return stored;
}

/** The schedule as it will be stored. Refuses with `jobInvalid`. */
export function validSchedule(schedule: Schedule, jobId: string): Schedule {
  refuseIfAny(textProblems(schedule));
  const compiled = compiledSchedule(schedule, jobId);
  if (!isProblems(compiled)) return compiled;
  refuseIfAny(compiled);
  return schedule;
}

/**
 * The specification as it is. Refuses with `jobInvalid` where its schedules, each valid by itself, do not go with the rest
 * of it.
 */
export function triggerable(spec: JobSpec): JobSpec {
  refuseIfAny(untriggerable(spec));
  return spec;
}

/**
 * The specification as it is. Refuses with `jobInvalid` where parts of it that were each judged with others do not go
 * together: its run, and what makes it due.
 */
export function consistent(spec: JobSpec): JobSpec {
  refuseIfAny([...within(['run'], runProblems(spec.run)), ...untriggerable(spec)]);
  return spec;
}

function doubleSchedules({ schedules }: JobSpec): Problem[] {
  const first = firstPlaces(schedules.map(({ id }) => id));
  return schedules.flatMap(({ id }, index) =>
    first.get(id) === index
      ? []
      : [problem(['schedules', index, 'id'], `A schedule with id ${id} already exists`)],
  );
}

/** Whether the parents exist, and depend on this job themselves, is for the registry to say. */
function doubleParents({ dependencies }: JobSpec): Problem[] {
  const ids = new Set(dependencies.map(({ id }) => id));
  return ids.size < dependencies.length ? [problem(['dependencies'], 'has double entries')] : [];
}

/** What makes the job due must be one thing, and able to start it. */
function untriggerable({ dependencies, schedules, run }: JobSpec): Problem[] {
  const needed = run.parameters.filter((parameter) => parameter.default === undefined);
  const byHand = needed.length > 0 && schedules.length + dependencies.length > 0;
  return [
    ...(dependencies.length > 0 && schedules.length > 0
      ? [problem([], 'Jobs may not have both dependencies and schedules specified')]
      : []),
    ...(byHand
      ? [
          problem(
            ['run', 'parameters'],
            `${needed.map(({ name }) => name).join(', ')} need a default, for nobody gives a value to a run that is not started by hand`,
          ),
        ]
      : []),
  ];
}

const isProblems = (compiled: Schedule | Problem[]): compiled is Problem[] => Array.isArray(compiled);
