import { randomUUID } from 'node:crypto';
import { decodeEvent, encodeEvent, type Job, rehearsedSpecs, type RunDue } from '@carillon/contracts';
import {
  type Call,
  type CallBody,
  type Event,
  type Offer,
  schedulerCodecs,
  type TaskState,
  type TaskStatus,
} from '@carillon/mesos';
import type { Act } from '@carillon/service-runtime';
import type { JobRunsCommand } from '../domain/job-runs/job-runs.commands.js';
import { jobRuns } from '../domain/job-runs/job-runs.decide.js';
import type { JobRunsEvent } from '../domain/job-runs/job-runs.events.js';
import type { JobRunsState } from '../domain/job-runs/job-runs.state.js';
import { defaultWindowLimits } from '../domain/offers/launch-window.js';
import { type JobQueue, matchOffers } from '../domain/offers/match-offers.js';
import { placementNeed } from '../domain/offers/placement-need.js';
import { runDecider } from '../domain/run/run.decide.js';
import type { RunEvent } from '../domain/run/run.events.js';
import { currentAttempt } from '../domain/run/run.state.js';
import { commandExecutorPath } from '../domain/tasks/launch-path.js';
import { readTaskStatus } from '../domain/tasks/task-status.js';
import { LaunchTasks } from './leader/launch-tasks.js';
import { LaunchWindows } from './leader/launch-windows.js';
import { OfferPool } from './leader/offer-pool.js';
import { RunBook } from './leader/run-book.js';
import { acknowledge } from './leader/status-intake.js';
import { orderOf } from './leader/waiting-runs.js';
import { toPublic } from './public-events.js';
import type { Recorded } from './run-batch.js';
import { jobRunsStream, runKey, runStream } from './run-keys.js';
import type { RunOrder } from './run-ledger.js';
import { policyOf } from './run-policy.js';

const codec = schedulerCodecs.protobuf;
const FRAMEWORK = { value: 'rehearsal' };
const AGENT = { value: 'rehearsal-S0' };
const SCHEDULE_ID = 'default';

/** As many again gained nothing more. */
export const rehearsedRuns: Act = { name: 'runs', times: 600, perTurn: 10, perform: rehearseRuns };

/**
 * Runs of plain jobs, all due at once, from there to their ends, in memory, through what computes: deciders, book, matcher,
 * what Mesos is sent and says, what is published. Nothing is written or sent, and nobody hears of it. Answers how many
 * have succeeded: all.
 */
export async function rehearseRuns(count: number): Promise<number> {
  const now = Date.now();
  const book = new RunBook();
  const doors = new Map<string, JobRunsState>();
  const see = (recorded: Recorded) => book.see(recorded);
  const jobs = rehearsedSpecs(count).map(
    (spec, index): Job => ({ uid: `rehearsal-${index}`, revision: 1, createdAt: 0, definedAt: 0, spec }),
  );

  for (const job of jobs) {
    const due = heardDue(job, now);
    const { decidedAt, ...facts } = due;
    decideDoor(doors, { type: 'AdmitDueRun', ...facts, concurrencyPolicy: 'ALLOW', now: decidedAt });
    const command = { type: 'QueueRun', ...facts, ...policyOf(job.spec.run), now: decidedAt } as const;
    see(decide({ ref: due, trace: {}, command }));
    const booked = book.get(runKey(due));
    if (booked) Object.assign(booked, { job, need: placementNeed(job.spec.run) });
  }

  const offers = new OfferPool();
  offers.add(heardOffers(count));
  const plan = matchOffers(offers.all(), queueOf(book), {
    ...{ keepGpusForGpuRuns: true, limit: count, room: () => count },
  });
  const tasks = new LaunchTasks({
    ...{ book, offers, see, path: commandExecutorPath, clock: () => now },
    ledger: { record: (orders) => Promise.resolve(orders.map(decide)) },
    fence: { epoch: 0, hold: () => Promise.resolve() },
    windows: new LaunchWindows(defaultWindowLimits),
  });
  for (const call of await tasks.launch(plan)) send(call);

  let succeeded = 0;
  for (const state of ['TASK_RUNNING', 'TASK_FINISHED'] as const) {
    for (const booked of [...book.all()]) {
      const status = heardStatus(currentAttempt(booked.run)?.taskId ?? '', state, now);
      const command = readTaskStatus(status, FRAMEWORK.value, now);
      if (command === undefined) continue;
      const recorded = decide({ ...orderOf(booked), command });
      see(recorded);
      send(acknowledge(status));
      for (const { type, data } of recorded.events) {
        if (type !== 'RunEnded') continue;
        decideDoor(doors, { type: 'ReleaseRun', jobId: data.jobId, ...recorded.ref });
        if (data.outcome === 'succeeded') succeeded += 1;
      }
    }
  }
  return succeeded;
}

function decide({ ref, command, trace, known }: RunOrder): Recorded {
  let version = known?.version ?? 0;
  let run = known?.state ?? runDecider.initialState();
  const events = runDecider.decide(command, run);
  for (const event of events) {
    run = runDecider.evolve(run, event);
    version += 1;
    publish(event, runStream(ref), command.now);
  }
  return { ref, events, run, version, trace };
}

function decideDoor(doors: Map<string, JobRunsState>, command: JobRunsCommand): void {
  const { uid } = command;
  let state = doors.get(uid) ?? jobRuns.initialState();
  for (const event of jobRuns.decide(command, state)) {
    state = jobRuns.evolve(state, event);
    publish(event, jobRunsStream(uid), 0);
  }
  doors.set(uid, state);
}

function publish(event: RunEvent | JobRunsEvent, stream: string, recordedAt: number): void {
  const stored = { position: '1', stream, version: 1, schemaVersion: 1, recordedAt };
  const message = toPublic({ ...event, ...stored, metadata: { eventId: randomUUID() } });
  if (message) decodeEvent(message);
}

const queueOf = (book: RunBook): JobQueue[] =>
  Array.from(book.queues(), ({ uid, runs }) => ({
    uid,
    runs: [...runs].flatMap(({ key, need }) => (need ? [{ key, need }] : [])),
  }));

/** As the timer says it. */
function heardDue({ uid, revision, spec: { id: jobId } }: Job, now: number): RunDue {
  const due = { jobId, uid, revision, runId: 'rehearsed', scheduleId: SCHEDULE_ID } as const;
  const data = { ...due, dueAt: now, decidedAt: now, trigger: 'schedule' } as const;
  decodeEvent(encodeEvent('RunDue', data, { eventId: randomUUID(), time: now, source: 'timer' }));
  return data;
}

const send = (body: CallBody): Call =>
  codec.decodeCall(codec.encodeCall({ frameworkId: FRAMEWORK, ...body }));

const hear = (event: Event): Event => codec.decodeEvent(codec.encodeEvent(event));

function heardOffers(count: number): readonly Offer[] {
  const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } }) as const;
  const offer: Offer = {
    id: { value: 'rehearsal-O0' },
    ...{ frameworkId: FRAMEWORK, agentId: AGENT, hostname: 'rehearsal', attributes: [], executorIds: [] },
    resources: [scalar('cpus', count), scalar('mem', count * 64), scalar('disk', 1_000)],
  };
  const event = hear({ type: 'OFFERS', offers: { offers: [offer] } });
  return event.type === 'OFFERS' ? event.offers.offers : [];
}

function heardStatus(taskId: string, state: TaskState, now: number): TaskStatus {
  const status: TaskStatus = {
    ...{ taskId: { value: taskId }, state, agentId: AGENT, executorId: { value: taskId } },
    ...{ source: 'SOURCE_EXECUTOR', message: '', timestamp: now / 1_000, uuid: new Uint8Array(16) },
    containerStatus: { containerId: { value: taskId } },
  };
  const event = hear({ type: 'UPDATE', update: { status } });
  return event.type === 'UPDATE' ? event.update.status : status;
}
