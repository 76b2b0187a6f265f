import type { JobSpec, Schedule } from '@carillon/contracts';
import { assertNever, type Decider, domainError, notFound } from '@carillon/event-sourcing';
import type { JobCommand } from './job.commands.js';
import type { JobChange, JobEvent } from './job.events.js';
import { cancelRemoval, pause, prepareRemoval, resume } from './job.lifecycle.js';
import { consistent, triggerable, validJob, validSchedule } from './job.rules.js';
import { type DefinedJob, evolveJob, initialJob, type JobState } from './job.state.js';
import { changeable, defined, revisionChanged, unknownJob } from './job.version.js';
import { isCron, withOwnMembers, withOwnPolicies } from './own-members.js';
import { refuseIfAny } from './rules.js';
import { sameJson } from './same-json.js';
import { sizeProblems } from './size.rules.js';
import { resizedVolumes, withOwnVolumes } from './volume.rules.js';

/** What a job is. A specification is judged before it is looked up, so a bad one is `jobInvalid` for any id. */
export const jobDecider: Decider<JobState, JobCommand, JobEvent> = {
  initialState: initialJob,
  evolve: evolveJob,
  decide(command, state) {
    switch (command.type) {
      case 'CreateJob':
        return create(command, state);
      case 'UpdateJob':
        return update(command, state);
      case 'PutJob':
        return put(command, state);
      case 'RollBack':
        return rollBack(command, state);
      case 'RemoveJob':
        return remove(command, state);
      case 'PauseJob':
        return pause(command, state);
      case 'ResumeJob':
        return resume(command, state);
      case 'PrepareRemoval':
        return prepareRemoval(command, state);
      case 'CancelRemoval':
        return cancelRemoval(command, state);
      case 'AddSchedule':
        return addSchedule(command, state);
      case 'ChangeSchedule':
        return changeSchedule(command, state);
      case 'RemoveSchedule':
        return removeSchedule(command, state);
      default:
        return assertNever(command, 'command');
    }
  },
};

type Command<Type extends JobCommand['type']> = Extract<JobCommand, { type: Type }>;

function create({ uid, spec: raw, now }: Command<'CreateJob'>, state: JobState): JobEvent[] {
  const spec = validJob(raw);
  if (state.status === 'defined') {
    throw domainError('jobExists', 'Job with this id already exists', { jobId: spec.id });
  }
  const data = { uid, revision: 1, createdAt: now, definedAt: now, change: 'created', spec } as const;
  return [{ type: 'JobDefined', data }];
}

function update(
  { jobId, spec: raw, keepSchedules, keepVolumes, keepOwn = false, expected, now }: Command<'UpdateJob'>,
  state: JobState,
): JobEvent[] {
  const valid = validJob(raw);
  const job = changeable(defined(state, jobId), expected, now);
  const spec = keepOwn ? withOwnMembers(valid, job.spec) : valid;
  const schedules = keepSchedules ? job.spec.schedules : spec.schedules;
  const { volumes } = spec.run;
  const run = keepVolumes
    ? { ...spec.run, volumes: withOwnVolumes(volumes, job.spec.run.volumes) }
    : spec.run;
  return revise(job, 'updated', consistent({ ...spec, id: jobId, schedules, run }), now);
}

function put({ uid, spec: raw, expected, now }: Command<'PutJob'>, state: JobState): JobEvent[] {
  const spec = validJob(raw);
  if (expected === 'none') {
    if (state.status === 'defined') throw revisionChanged(state);
    return create({ type: 'CreateJob', uid, spec, now }, state);
  }
  return revise(changeable(defined(state, spec.id), expected, now), 'updated', spec, now);
}

function rollBack({ jobId, revision, expected, now }: Command<'RollBack'>, state: JobState): JobEvent[] {
  const job = changeable(defined(state, jobId), expected, now);
  if (job.uid !== revision.uid) throw unknownJob(jobId);
  return revise(job, 'rolledBack', revision.spec, now);
}

/** Removing what is gone already changes nothing; a uid comes only from a job that has been. */
function remove({ jobId, uid, expected, now }: Command<'RemoveJob'>, state: JobState): JobEvent[] {
  if (state.status === 'none') throw unknownJob(jobId);
  if (state.status === 'removed' || state.uid !== uid) return [];
  if (expected) changeable(state, expected, now);
  return [{ type: 'JobRemoved', data: { jobId, uid, removedAt: Math.max(now, state.definedAt) } }];
}

function addSchedule(
  { jobId, schedule: raw, onlyOne = false, expected, now }: Command<'AddSchedule'>,
  state: JobState,
): JobEvent[] {
  const schedule = validSchedule(raw, jobId);
  const job = changeable(defined(state, jobId), expected, now);
  const { schedules } = job.spec;
  if (schedules.some(({ id }) => id === schedule.id)) {
    throw domainError('scheduleExists', `A schedule with id ${schedule.id} already exists`, { jobId });
  }
  if (onlyOne && schedules.some(isCron)) {
    throw domainError('onlyOneSchedule', 'Only one schedule supported at the moment', { jobId });
  }
  const spec = triggerable({ ...job.spec, schedules: [...schedules, schedule] });
  return revise(job, 'scheduleAdded', spec, now);
}

function changeSchedule(
  { jobId, schedule: raw, keepOwn = false, expected, now }: Command<'ChangeSchedule'>,
  state: JobState,
): JobEvent[] {
  const schedule = validSchedule(raw, jobId);
  const known = keepOwn ? isCron : () => true;
  const job = changeable(withSchedule(state, jobId, schedule.id, known), expected, now);
  const changed = (other: Schedule) =>
    keepOwn ? validSchedule(withOwnPolicies(schedule, other), jobId) : schedule;
  const schedules = job.spec.schedules.map((other) => (other.id === schedule.id ? changed(other) : other));
  return revise(job, 'scheduleChanged', { ...job.spec, schedules }, now);
}

function removeSchedule(
  { jobId, scheduleId, expected, now }: Command<'RemoveSchedule'>,
  state: JobState,
): JobEvent[] {
  const job = changeable(withSchedule(state, jobId, scheduleId), expected, now);
  const schedules = job.spec.schedules.filter(({ id }) => id !== scheduleId);
  return revise(job, 'scheduleRemoved', { ...job.spec, schedules }, now);
}

/** The next revision; nothing when it would say the same. Revisions never go back in time. */
function revise(job: DefinedJob, change: JobChange, spec: JobSpec, now: number): JobEvent[] {
  if (sameJson(spec, job.spec)) return [];
  refuseIfAny([...resizedVolumes(spec, job.spec), ...sizeProblems(spec)]);
  const { uid, createdAt } = job;
  const definedAt = Math.max(now, job.definedAt);
  const data = { uid, revision: job.revision + 1, createdAt, definedAt, change, spec };
  return [{ type: 'JobDefined', data }];
}

function withSchedule(
  state: JobState,
  jobId: string,
  scheduleId: string,
  known: (schedule: Schedule) => boolean = () => true,
): DefinedJob {
  const job = defined(state, jobId);
  if (!job.spec.schedules.some((schedule) => schedule.id === scheduleId && known(schedule))) {
    throw notFound('scheduleNotFound', 'Schedule not found', { jobId, scheduleId });
  }
  return job;
}
