import { existsSync, readFileSync } from 'node:fs';
import { type Run, type RunDue, TOPICS } from '@carillon/contracts';
import { Aggregates, EventStore } from '@carillon/event-store';
import { SpanCollector, startTelemetry } from '@carillon/service-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobRuns } from './domain/job-runs/job-runs.decide.js';
import { runDecider } from './domain/run/run.decide.js';
import { dueMessage, FrameworkRig, type Instance, job, published } from './test/framework-rig.js';

let rig: FrameworkRig;
let one: Instance;

beforeEach(async () => {
  rig = await FrameworkRig.start();
  one = await rig.instance();
});
afterEach(() => rig.stop());

const until = (
  run: { uid: string; runId: string; jobId: string },
  what: (run: Run) => unknown,
  timeout = 15_000,
) => expect.poll(() => one.api.getRun(run).then(what, () => 'not there'), { timeout, interval: 10 });
const typesOf = async (runId: string) =>
  (await published(one))
    .filter(({ data }) => 'runId' in data && data.runId === runId)
    .map(({ type }) => type);
const lines = (name: string) =>
  existsSync(rig.file(name)) ? readFileSync(rig.file(name), 'utf8').trim().split('\n') : [];

describe('a due run', () => {
  it('runs to its success, and says each hop', async () => {
    const due = await fire(job('u1', { cmd: `echo "$MESOS_TASK_ID" >> ${rig.file('out')}` }));
    await until(due, ({ outcome }) => outcome).toBe('succeeded');
    const run = await one.api.getRun(due);
    expect(run).toMatchObject({
      status: 'ended',
      trigger: 'schedule',
      dueAt: due.dueAt,
      stopRequested: false,
    });
    expect(run.attempts).toMatchObject([{ attempt: 1, state: 'TASK_FINISHED', exitCode: 0 }]);
    expect(run.attempts[0]?.sandbox).toContain(run.attempts[0]?.taskId);
    expect(lines('out')).toEqual([run.attempts[0]?.taskId]);
    await expect
      .poll(() => typesOf(due.runId))
      .toEqual(['RunQueued', 'AttemptLaunched', 'AttemptStarted', 'AttemptEnded', 'RunEnded']);
  });

  it('fails with its exit code', async () => {
    const due = await fire(job('u1', { cmd: 'exit 3' }));
    await until(due, ({ outcome }) => outcome).toBe('failed');
    expect(await one.api.getRun(due)).toMatchObject({ attempts: [{ state: 'TASK_FAILED', exitCode: 3 }] });
  });

  it('is attempted again on failure', async () => {
    const cmd = `echo x >> ${rig.file('tries')}; [ "$(wc -l < ${rig.file('tries')})" -ge 3 ]`;
    const due = await fire(job('u1', { cmd, restart: { policy: 'ON_FAILURE' } }));
    await until(due, ({ outcome }) => outcome).toBe('succeeded');
    const { attempts } = await one.api.getRun(due);
    expect(attempts.map(({ state }) => state)).toEqual(['TASK_FAILED', 'TASK_FAILED', 'TASK_FINISHED']);
    expect(new Set(attempts.map(({ taskId }) => taskId)).size).toBe(3);
  });

  it('is skipped while another is active and overlap is forbidden', async () => {
    const schedule = {
      id: 'default',
      cron: '* * * * *',
      timezone: 'UTC',
      startingDeadlineSeconds: 60,
      concurrencyPolicy: 'FORBID' as const,
      enabled: true,
    };
    const slow = job('u1', { cmd: 'sleep 60' }, { schedules: [schedule] });
    const first = await fire(slow);
    await until(first, ({ status }) => status).toBe('running');
    const second = await fire(slow, { dueAt: first.dueAt + 1 });
    await expect.poll(() => typesOf(second.runId)).toEqual(['RunSkipped']);
    const late = await fire(job('u2', { cmd: 'true' }, { schedules: [schedule] }), {
      dueAt: Date.now() - 61_000,
    });
    await expect.poll(() => typesOf(late.runId)).toEqual(['RunSkipped']);
  });

  it('is admitted once, however often it is due', async () => {
    const slow = job('u1', { cmd: `echo x >> ${rig.file('once')}` });
    const due = await fire(slow);
    await rig.fire([due, due]);
    await rig.fire([due]);
    const next = await fire(slow, { dueAt: due.dueAt + 1 });
    await until(next, ({ outcome }) => outcome).toBe('succeeded');
    await until(due, ({ outcome }) => outcome).toBe('succeeded');
    expect(lines('once')).toHaveLength(2);
  });

  it('ends when it finds no place until its starting deadline', async () => {
    const schedule = {
      id: 'default',
      cron: '* * * * *',
      timezone: 'UTC',
      startingDeadlineSeconds: 60,
      concurrencyPolicy: 'ALLOW' as const,
      enabled: true,
    };
    const huge = await fire(job('u1', { cmd: 'true', cpus: 1_000 }, { schedules: [schedule] }), {
      dueAt: Date.now() - 54_000,
    });
    const small = await fire(job('u2', { cmd: 'true' }));
    await until(small, ({ outcome }) => outcome).toBe('succeeded');
    await until(huge, ({ reason }) => reason).toBe('startingDeadlineExceeded');
    expect(await one.api.getRun(huge)).toMatchObject({ outcome: 'failed', attempts: [] });
  });

  it('is rejected with the reason when it needs secrets', async () => {
    const due = await fire(
      job('u1', { cmd: 'true', env: { A: { secret: 'db' } }, secrets: { db: { source: 'x' } } }),
    );
    await until(due, ({ reason }) => reason).toContain('db');
    expect(await one.api.getRun(due)).toMatchObject({ outcome: 'failed' });
  });

  it('of a removed job is skipped, and its active runs are stopped', async () => {
    const slow = job('u1', { cmd: 'sleep 60' });
    const due = await fire(slow);
    await until(due, ({ status }) => status).toBe('running');
    await rig.remove(slow);
    await until(due, ({ outcome }) => outcome).toBe('killed');
    const next = await fire(slow, { dueAt: due.dueAt + 1 });
    await expect.poll(() => typesOf(next.runId)).toEqual(['RunSkipped']);
  });
});

describe('runs of one job beside each other', () => {
  const cron = {
    id: 'default',
    cron: '* * * * *',
    timezone: 'UTC',
    startingDeadlineSeconds: 60,
    enabled: true,
  };
  const telling = (name: string, seconds: number) =>
    `echo "begin $1" >> ${rig.file(name)}; sleep ${seconds}; echo "end" >> ${rig.file(name)}`;

  it('wait for each other with QUEUE, up to its limit', async () => {
    const schedule = { ...cron, concurrencyPolicy: 'QUEUE' as const, queueLimit: 2 };
    const slow = job('u1', { cmd: telling('order', 0.3) }, { schedules: [schedule] });
    rig.define(slow);
    const at = Date.now();
    const dues = [0, 1, 2, 3].map((index) => rig.due(slow, { dueAt: at + index }));
    await rig.fire(dues);
    const [first, second, third, fourth] = dues;
    if (!first || !second || !third || !fourth) throw new Error('no runs');
    await expect.poll(() => typesOf(fourth.runId)).toEqual(['RunSkipped']);
    for (const due of [first, second, third]) await until(due, ({ outcome }) => outcome).toBe('succeeded');
    expect(lines('order').map((line) => line.trim())).toEqual([
      'begin',
      'end',
      'begin',
      'end',
      'begin',
      'end',
    ]);
  });

  it('are replaced with REPLACE: the new one begins when the old one has ended', async () => {
    const schedule = { ...cron, concurrencyPolicy: 'REPLACE' as const };
    const trap = `trap 'sleep 0.5; echo old >> ${rig.file('order')}; exit 0' TERM`;
    const cmd = `if [ -e ${rig.file('old')} ]; then echo new >> ${rig.file('order')}; else ${trap}; touch ${rig.file('old')}; while :; do sleep 0.05; done; fi`;
    const slow = job('u1', { cmd, taskKillGracePeriodSeconds: 10 }, { schedules: [schedule] });
    const first = await fire(slow);
    await expect.poll(() => existsSync(rig.file('old')), { timeout: 15_000 }).toBe(true);
    const second = await fire(slow, { dueAt: first.dueAt + 1 });
    await until(second, ({ outcome }) => outcome).toBe('succeeded');
    await until(first, ({ attempts }) => attempts[0]?.state).toBe('TASK_KILLED');
    expect(await one.api.getRun(first)).toMatchObject({
      outcome: 'killed',
      reason: `replaced by run ${second.runId}`,
    });
    expect(lines('order')).toEqual(['old', 'new']);
  });

  it('are started by hand under the same policies', async () => {
    const slow = job('u1', { cmd: 'sleep 60' });
    rig.define(slow);
    const request = { jobId: slow.spec.id, uid: 'u1', revision: 1 };
    const first = await one.api.startRun({ ...request, concurrencyPolicy: 'FORBID' });
    await until(first, ({ status }) => status).toBe('running');
    await expect(one.api.startRun({ ...request, concurrencyPolicy: 'FORBID' })).rejects.toMatchObject({
      code: 'overlapForbidden',
    });
    const queued = await one.api.startRun({ ...request, concurrencyPolicy: 'QUEUE' });
    const replacing = await one.api.startRun({ ...request, concurrencyPolicy: 'REPLACE' });
    await until(queued, ({ outcome, reason }) => [outcome, reason]).toEqual([
      'killed',
      `replaced by run ${replacing.runId}`,
    ]);
    await until(first, ({ attempts }) => attempts[0]?.state).toBe('TASK_KILLED');
    await until(replacing, ({ status }) => status).toBe('running');
    await one.api.stopRun(replacing);
  });

  it('carry the trigger, workflow run and backfill they belong to', async () => {
    const quick = job('u1', { cmd: 'true' });
    const belongs = { trigger: 'dependency', workflowRunId: 'w1', backfillId: 'b1' } as const;
    const due = await fire(quick, { ...belongs, scheduleId: '' });
    await until(due, ({ outcome }) => outcome).toBe('succeeded');
    expect(await one.api.getRun(due)).toMatchObject(belongs);
    const told = async () =>
      (await published(one)).filter(({ type }) => type === 'RunQueued' || type === 'RunEnded');
    await expect.poll(async () => (await told()).length, { timeout: 20_000 }).toBe(2);
    const events = await told();
    expect(events.map(({ data }) => data)).toMatchObject([
      belongs,
      { workflowRunId: 'w1', backfillId: 'b1', outcome: 'succeeded' },
    ]);
    expect(events[0]?.data).not.toHaveProperty('scheduleId');
  });
});

describe('starting by hand', () => {
  it('is done for all who start runs of one job at once', async () => {
    const crowded = job('u1', { cmd: 'true' });
    rig.define(crowded);
    const request = { jobId: crowded.spec.id, uid: 'u1', revision: 1 };
    const runs = await Promise.all(Array.from({ length: 24 }, () => one.api.startRun(request)));
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(24);
    for (const { runId } of runs)
      await until({ ...request, runId }, ({ outcome }) => outcome).toBe('succeeded');
  });
});

describe('stopping', () => {
  it('shows the run as killed at once and kills its task', async () => {
    const due = await fire(job('u1', { cmd: 'sleep 60', restart: { policy: 'ON_FAILURE' } }));
    await until(due, ({ status }) => status).toBe('running');
    expect(await one.api.stopRun(due)).toMatchObject({
      status: 'ended',
      outcome: 'killed',
      stopRequested: true,
    });
    expect(await one.api.getRun(due)).toMatchObject({ status: 'ended', outcome: 'killed' });
    await until(due, ({ attempts }) => attempts.map(({ state }) => state)).toEqual(['TASK_KILLED']);
    expect(await one.api.getRun(due)).toMatchObject({ status: 'ended', outcome: 'killed' });
    expect(rig.mesos.runningTasks()).toEqual([]);
    expect(await one.api.stopRun(due)).toMatchObject({ status: 'ended', outcome: 'killed' });
  });

  it('takes the grace that was asked for, and a shorter one later', async () => {
    const stubborn = `trap '' TERM; touch ${rig.file('on')}; while :; do sleep 0.05; done`;
    const due = await fire(job('u1', { cmd: stubborn, taskKillGracePeriodSeconds: 300 }));
    await expect.poll(() => existsSync(rig.file('on')), { timeout: 15_000 }).toBe(true);
    await one.api.stopRun({ ...due, graceSeconds: 200 });
    await one.api.stopRun({ ...due, graceSeconds: 0.1 });
    await until(due, ({ attempts }) => attempts[0]?.state, 10_000).toBe('TASK_KILLED');
  });

  it('comes by itself after the timeout of the run', async () => {
    const due = await fire(
      job('u1', { cmd: 'sleep 60', timeoutSeconds: 1, restart: { policy: 'ON_FAILURE' } }),
    );
    await until(due, ({ outcome }) => outcome).toBe('timedOut');
    expect(await one.api.getRun(due)).toMatchObject({
      reason: 'took longer than 1 s',
      stopRequested: false,
      attempts: [{ state: 'TASK_KILLED' }],
    });
  });

  it('ends a queued run at once', async () => {
    const due = await fire(job('u1', { cmd: 'true', cpus: 1_000 }));
    await until(due, ({ status }) => status).toBe('queued');
    expect(await one.api.stopRun(due)).toMatchObject({ status: 'ended', outcome: 'killed', attempts: [] });
  });

  it('says when there is no such run', () =>
    expect(one.api.stopRun({ jobId: 'j', uid: 'u', runId: 'r' })).rejects.toMatchObject({
      code: 'runNotFound',
    }));
});

describe('a manual run', () => {
  it('passes the same door, once for a key', async () => {
    const quick = job('u1', { cmd: `echo x >> ${rig.file('once')}` });
    rig.define(quick);
    const request = { jobId: quick.spec.id, uid: 'u1', revision: 1, idempotencyKey: 'k' };
    const runs = await Promise.all([one.api.startRun(request), one.api.startRun(request)]);
    expect(runs[0].runId).toBe(runs[1].runId);
    const [run] = runs;
    expect(run.trigger).toBe('manual');
    expect(runs.map(({ status }) => status)).toContain('queued'); // the other may hear that it was launched meanwhile
    await until(run, ({ outcome }) => outcome).toBe('succeeded');
    expect((await one.api.startRun(request)).runId).toBe(run.runId);
    expect(lines('once')).toHaveLength(1);
  });

  it('is what its key answers, however many others were started since', async () => {
    const waiting = job('u1', { cmd: 'true', cpus: 1_000 });
    rig.define(waiting);
    const request = { jobId: waiting.spec.id, uid: 'u1', revision: 1 };
    const start = (key: number) => one.api.startRun({ ...request, idempotencyKey: `k${key}` });
    const first = await start(0);
    for (let key = 1; key < 40; key++) await start(key);
    expect(await start(0)).toMatchObject({ runId: first.runId });
    const of = (idempotencyKey: string) => one.api.getRunOfKey({ ...request, idempotencyKey });
    expect(await of('k0')).toMatchObject({ runId: first.runId });
    await expect(of('k40')).rejects.toMatchObject({ code: 'runNotFound' });
    expect((await one.api.listRuns({ uids: ['u1'], activeOnly: true })).runs).toHaveLength(40);
  });

  it('may have an id of its own choice, once', async () => {
    const quick = job('u1', { cmd: 'true' });
    rig.define(quick);
    const request = { jobId: quick.spec.id, uid: 'u1', revision: 1, runId: 'my-run', idempotencyKey: 'k' };
    const run = await one.api.startRun(request);
    expect(run.runId).toBe('my-run');
    await until(run, ({ outcome }) => outcome).toBe('succeeded');
    expect(await one.api.startRun(request)).toMatchObject({ runId: 'my-run', outcome: 'succeeded' });
    const refused = async (change: object, code: string) => {
      await expect(one.api.startRun({ ...request, ...change })).rejects.toMatchObject({ code });
    };
    await refused({ idempotencyKey: 'other' }, 'runExists');
    await refused({ runId: 'other' }, 'idempotencyKeyUsed');
    await refused({ runId: 'a/b' }, 'runIdInvalid');
  });

  it('may differ from its job, which nobody else learns of', async () => {
    const mine = job('u1', { cmd: 'exit 1', env: { A: { value: 'job' } }, cpus: 1_000 });
    rig.define(mine);
    const cmd = `echo "$A $B" > ${rig.file('said')}`;
    const env = { A: 'run', B: 'secret-text' };
    const overrides = { cmd, args: [], env, cpus: 0.1, constraints: [] };
    const run = await one.api.startRun({ jobId: mine.spec.id, uid: 'u1', revision: 1, overrides });
    await until(run, ({ outcome }) => outcome).toBe('succeeded');
    expect(lines('said')).toEqual(['run secret-text']);
    expect(await one.api.getRun(run)).toMatchObject({ overrides });
    await expect.poll(() => typesOf(run.runId)).toContain('RunEnded');
    expect(JSON.stringify(await published(one))).not.toContain('secret-text');
  });

  it('is refused for a closed job, and closing is refused because of it', async () => {
    const slow = job('u1', { cmd: 'sleep 60' });
    rig.define(slow);
    const of = { jobId: slow.spec.id, uid: 'u1' };
    const run = await one.api.startRun({ ...of, revision: 1 });
    await until(run, ({ status }) => status).toBe('running');
    await expect(one.api.closeJob({ ...of, stopRuns: false })).rejects.toMatchObject({ code: 'activeRuns' });
    expect(await one.api.closeJob({ ...of, stopRuns: true })).toEqual({ stoppedRuns: 1 });
    await expect(one.api.startRun({ ...of, revision: 1 })).rejects.toMatchObject({ code: 'jobClosed' });
    await until(run, ({ outcome }) => outcome).toBe('killed');
    expect(await one.api.closeJob({ ...of, stopRuns: true })).toEqual({ stoppedRuns: 0 });
  });
});

it('says why runs wait, at the leader; another instance says who that is', async () => {
  const huge = await fire(job('u1', { cmd: 'true', cpus: 1_000 }));
  const placement = () => one.api.getPlacement(huge);
  await expect
    .poll(() => placement().then(({ lacks }) => lacks, String), { timeout: 15_000 })
    .toMatchObject([{ lacks: [expect.stringMatching(/^cpus: 1000 needed, .* offered$/)] }]);
  const { runs, total } = await one.api.listQueue({ limit: 10 });
  expect({ runs, total }).toMatchObject({
    total: 1,
    runs: [{ run: { runId: huge.runId }, reason: expect.stringContaining('lack cpus') }],
  });
  const { holder } = await one.api.getLeader({});
  const standby = await rig.instance({ instance: 'standby' });
  const refusal = { kind: 'unavailable', code: 'notLeading', details: { holder } };
  await expect(standby.api.getPlacement(huge)).rejects.toMatchObject(refusal);
  await expect(standby.api.listQueue({ limit: 10 })).rejects.toMatchObject(refusal);
  await one.api.stopRun(huge);
  await expect.poll(() => placement().then(({ status }) => status), { timeout: 15_000 }).toBe('ended');
  await expect(one.api.getPlacement({ ...huge, runId: 'none' })).rejects.toMatchObject({
    code: 'runNotFound',
  });
});

it('handles at the leader what it had put aside', async () => {
  const quick = job('u1', { cmd: 'true' });
  rig.define(quick);
  const due = rig.due(quick);
  const message = dueMessage(due);
  await rig.publish([{ ...message, value: Buffer.from('garbage') }], 'timer');
  const all = async () => (await one.deadLetters.listDeadLetters({ limit: 10 })).deadLetters;
  await expect.poll(all, { timeout: 15_000 }).toMatchObject([{ consumer: 'scheduler-framework' }]);
  const { id = '' } = (await all())[0] ?? {};
  await expect(one.deadLetters.replayDeadLetter({ id })).rejects.toMatchObject({ code: 'deadLetterRefused' });
  // As if a newer version could read it.
  await one.database.query('UPDATE dead_letters SET value = $1', [Buffer.from(message.value)]);
  const standby = await rig.instance({ instance: 'standby' });
  await expect(standby.deadLetters.replayDeadLetter({ id })).rejects.toMatchObject({ code: 'notLeading' });
  expect(await all()).toHaveLength(1);
  await one.deadLetters.replayDeadLetter({ id });
  await until(due, ({ outcome }) => outcome).toBe('succeeded');
  expect(await all()).toEqual([]);
});

it('serves ended runs until history has them', async () => {
  const due = await fire(job('u1', { cmd: 'true' }));
  await until(due, ({ outcome }) => outcome).toBe('succeeded');
  expect((await one.api.listRuns({ uids: ['u1', 'u9'], activeOnly: false })).runs).toHaveLength(1);
  expect((await one.api.listRuns({ uids: ['u1'], activeOnly: true })).runs).toEqual([]);
  rig.known.add(due.runId);
  await expect
    .poll(() => one.api.listRuns({ uids: [], activeOnly: false }), { timeout: 15_000 })
    .toEqual({ runs: [] });
  await expect(one.api.getRun(due)).rejects.toMatchObject({ code: 'runNotFound' });
});

it('is one trace from the due instant to the recorded end', async () => {
  const spans = new SpanCollector();
  const telemetry = startTelemetry({ serviceName: 'spec', exporters: [spans], env: {} });
  try {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const quick = job('u1', { cmd: 'true' });
    rig.define(quick);
    const due = rig.due(quick);
    await rig.fire([due], { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await until(due, ({ outcome }) => outcome).toBe('succeeded');
    const hops = spans.spans.filter((span) => span.traceId === traceId);
    expect(hops.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'process carillon.triggers',
        'AdmitDueRun',
        'QueueRun',
        'LaunchAttempt',
        'RecordTaskStatus',
        'ReleaseRun',
      ]),
    );
    const traceIds = async () => {
      const page = { topic: TOPICS.runs, partition: 0, partitions: 1, limit: 100 };
      const { events } = await one.events.readPublished(page);
      return events.map(({ headers }) => headers['ce_traceparent']?.split('-')[1]);
    };
    await expect.poll(traceIds).toEqual(Array.from({ length: 5 }, () => traceId));
  } finally {
    await telemetry.shutdown();
  }
});

it('says of every job and run what its events say', async () => {
  const again = await fire(job('u1', { cmd: 'exit 1', restart: { policy: 'ON_FAILURE' } }));
  const quick = await fire(job('u2', { cmd: 'true' }));
  const stopped = await one.api.startRun({ jobId: 'test.u2', uid: 'u2', revision: 1 });
  await one.api.stopRun(stopped);
  await until(quick, ({ outcome }) => outcome).toBe('succeeded');
  await until(again, ({ attempts }) => attempts.length).toBe(3);
  await one.api.closeJob({ jobId: 'test.u1', uid: 'u1', stopRuns: true });
  await expect
    .poll(() => one.database.query('SELECT 1 FROM runs WHERE ended_at IS NULL'), { timeout: 15_000 })
    .toEqual([]);
  const store = new EventStore(one.database);
  const runs = new Aggregates(store, { category: 'run', decider: runDecider });
  const doors = new Aggregates(store, { category: 'jobRuns', decider: jobRuns });
  expect(await runs.rebuild({ repair: false })).toEqual({ streams: 3, differing: [] });
  expect(await doors.rebuild({ repair: false })).toEqual({ streams: 2, differing: [] });
});

async function fire(of: ReturnType<typeof job>, change: Partial<RunDue> = {}): Promise<RunDue> {
  rig.define(of);
  const due = rig.due(of, change);
  await rig.fire([due]);
  return due;
}
