import { randomUUID } from 'node:crypto';
import { decodeEvent, encodeEvent, type JobSpec, type RunSpec } from '@carillon/contracts';
import {
  type Call,
  type CallBody,
  type Event,
  type Offer,
  schedulerCodecs,
  type TaskState,
  type TaskStatus,
} from '@carillon/mesos';
import type { JobRunsCommand } from '../domain/job-runs/job-runs.commands.js';
import { jobRuns } from '../domain/job-runs/job-runs.decide.js';
import type { JobRunsEvent } from '../domain/job-runs/job-runs.events.js';
import { type JobQueue, matchOffers } from '../domain/offers/match-offers.js';
import { placementNeed } from '../domain/offers/placement-need.js';
import type { RunCommand } from '../domain/run/run.commands.js';
import { runDecider } from '../domain/run/run.decide.js';
import type { RunEvent } from '../domain/run/run.events.js';
import { commandExecutorPath } from '../domain/tasks/launch-path.js';
import { readTaskStatus } from '../domain/tasks/task-status.js';
import { launchCall } from './leader/offer-calls.js';
import { RunBook } from './leader/run-book.js';
import { toPublic } from './public-events.js';
import { jobRunsStream, type RunRef, runKey, runRef, runStream } from './run-keys.js';
import { policyOf } from './run-policy.js';
import { taskIdOf } from './task-ids.js';

const codec = schedulerCodecs.protobuf;
const FRAMEWORK = { value: 'rehearsal' };
const AGENT = { value: 'rehearsal-S0' };
const HOSTNAME = 'rehearsal';
const JOB_ID = 'rehearsal';
const UID = 'rehearsal';

/**
 * Runs of plain jobs, all due at once, from there to their ends, in memory, through what computes: deciders, book, matcher,
 * what Mesos is sent and says, what is published. Nothing is written or sent, and nobody hears of it. Answers how many
 * have ended: all.
 *
 * Node compiles a function well once it has run some hundred times. A process that has just started would do that in the
 * middle of its first burst; after a rehearsal it has it behind it.
 */
export function rehearseRuns(count: number): number {
  const now = Date.now();
  const book = new RunBook();
  const jobs = new Map<string, JobSpec>();
  const refs = Array.from({ length: count }, (_, index) => ({ uid: `${UID}-${index}`, runId: 'rehearsed' }));
  for (const ref of refs) {
    const spec = plainJob();
    const due = heardDue(ref, now);
    const admit = { ...due, type: 'AdmitDueRun', concurrencyPolicy: 'ALLOW', now } as const;
    jobs.set(ref.uid, spec);
    takeDoor(ref, admit, now);
    take(book, ref, { ...due, type: 'QueueRun', ...policyOf(spec.run), now }, now);
  }
  const settings = { keepGpusForGpuRuns: true, limit: count, room: () => count };
  for (const { offerIds, placements } of matchOffers(offersFor(count), queueOf(book, jobs), settings)
    .accepts) {
    const infos = placements.flatMap(({ key, resources }) => {
      const ref = runRef(key);
      const spec = jobs.get(ref.uid);
      const place = { ...attemptOf(ref), agentId: AGENT.value, hostname: HOSTNAME };
      take(book, ref, { type: 'LaunchAttempt', ...place, now }, now);
      return spec ? [commandExecutorPath.taskInfo({ ...place, spec, runId: ref.runId, resources })] : [];
    });
    send(launchCall(offerIds, infos, []));
  }
  for (const state of ['TASK_RUNNING', 'TASK_FINISHED'] as const) {
    for (const ref of refs) {
      const { taskId, uuid, ...status } = heardStatus(attemptOf(ref).taskId, state, now);
      const command = readTaskStatus({ taskId, ...status }, FRAMEWORK.value, now);
      if (command) take(book, ref, command, now);
      if (uuid) send({ type: 'ACKNOWLEDGE', acknowledge: { taskId, agentId: AGENT, uuid } });
    }
  }
  for (const ref of refs) takeDoor(ref, { type: 'ReleaseRun', jobId: JOB_ID, ...ref }, now);
  return refs.filter((ref) => book.get(runKey(ref)) === undefined).length;
}

/** Each of its own, as jobs are. */
function plainJob(): JobSpec {
  const run: RunSpec = {
    ...{ cmd: 'true', cpus: 0.1, mem: 32, disk: 0, gpus: 0, args: [], env: {}, volumes: [], artifacts: [] },
    ...{ placement: { constraints: [] }, maxLaunchDelay: 3_600, restart: { policy: 'NEVER' }, secrets: {} },
    ...{ networks: [], parameters: [] },
  };
  return { id: JOB_ID, dependencies: [], labels: {}, schedules: [], run };
}

function heardDue(ref: RunRef, now: number) {
  const facts = { jobId: JOB_ID, ...ref, revision: 1, scheduleId: 'default', dueAt: now } as const;
  const due = { ...facts, trigger: 'schedule', decidedAt: now } as const;
  decodeEvent(encodeEvent('RunDue', due, { eventId: randomUUID(), time: now, source: 'timer' }));
  return { ...facts, trigger: due.trigger };
}

/** The door of the run's job, which has let it in before it is released. */
function takeDoor({ uid, runId }: RunRef, command: JobRunsCommand, now: number): void {
  let state = jobRuns.initialState();
  const admit = { type: 'AdmitManualRun', jobId: JOB_ID, uid, runId, concurrencyPolicy: 'ALLOW' } as const;
  const commands: JobRunsCommand[] = command.type === 'ReleaseRun' ? [admit, command] : [command];
  for (const each of commands) {
    for (const event of jobRuns.decide(each, state)) {
      state = jobRuns.evolve(state, event);
      publish(event, jobRunsStream(uid), now);
    }
  }
}

function take(book: RunBook, ref: RunRef, command: RunCommand, now: number): void {
  const booked = book.get(runKey(ref));
  let run = booked?.run ?? runDecider.initialState();
  let version = booked?.version ?? 0;
  for (const event of runDecider.decide(command, run)) {
    run = runDecider.evolve(run, event);
    version += 1;
    publish(event, runStream(ref), now);
  }
  book.see({ ref, run, version, trace: {} });
}

function publish(event: RunEvent | JobRunsEvent, stream: string, recordedAt: number): void {
  const stored = { position: '1', stream, version: 1, schemaVersion: 1, recordedAt };
  const message = toPublic({ ...event, ...stored, metadata: { eventId: randomUUID() } });
  if (message) decodeEvent(message);
}

const attemptOf = (ref: RunRef) => ({
  attempt: 1,
  taskId: taskIdOf({ jobId: JOB_ID, ...ref, attempt: 1 }),
});

function queueOf(book: RunBook, jobs: ReadonlyMap<string, JobSpec>): JobQueue[] {
  return [...book.queues()].map(({ uid, runs }) => ({
    uid,
    runs: Array.from(runs, ({ key }) => {
      const spec = jobs.get(uid) ?? plainJob();
      return { key, need: placementNeed(spec.run) };
    }),
  }));
}

const send = (body: CallBody): Call =>
  codec.decodeCall(codec.encodeCall({ frameworkId: FRAMEWORK, ...body }));

const receive = (event: Event): Event => codec.decodeEvent(codec.encodeEvent(event));

function offersFor(count: number): readonly Offer[] {
  const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } }) as const;
  const offer: Offer = {
    id: { value: 'rehearsal-O0' },
    ...{ frameworkId: FRAMEWORK, agentId: AGENT, hostname: HOSTNAME, attributes: [], executorIds: [] },
    resources: [scalar('cpus', count), scalar('mem', count * 64), scalar('disk', 1_000)],
  };
  const event = receive({ type: 'OFFERS', offers: { offers: [offer] } });
  return event.type === 'OFFERS' ? event.offers.offers : [];
}

function heardStatus(taskId: string, state: TaskState, now: number): TaskStatus {
  const status: TaskStatus = {
    ...{ taskId: { value: taskId }, state, agentId: AGENT, executorId: { value: taskId } },
    ...{ source: 'SOURCE_EXECUTOR', message: '', timestamp: now / 1_000, uuid: UPDATE },
    containerStatus: { containerId: { value: taskId } },
  };
  const event = receive({ type: 'UPDATE', update: { status } });
  return event.type === 'UPDATE' ? event.update.status : status;
}
const UPDATE = new Uint8Array(16);
