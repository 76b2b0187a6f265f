import type { Run } from '@carillon/contracts';
import { type Database, EventStore } from '@carillon/event-store';
import { type FrameworkInfo, MesosCallError, type Resource, type TaskInfo } from '@carillon/mesos';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { createLogger, type Loop, Rush } from '@carillon/service-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectFrameworkDatabase } from '../../adapters/postgres/framework-database.js';
import { PostgresFrameworkIds } from '../../adapters/postgres/postgres-framework-ids.js';
import { PostgresLease } from '../../adapters/postgres/postgres-lease.js';
import { PostgresIdempotencyKeys } from '../../adapters/postgres/postgres-idempotency-keys.js';
import { PostgresRunIndex } from '../../adapters/postgres/postgres-run-index.js';
import { defaultWindowLimits } from '../../domain/offers/launch-window.js';
import { commandExecutorPath } from '../../domain/tasks/launch-path.js';
import { reservedDisk } from '../../domain/volumes/persistent-volume.js';
import { dueMessage, job } from '../../test/framework-rig.js';
import { ScriptedMesos } from '../../test/scripted-mesos.js';
import { AdmitDueRuns } from '../admit-due-runs.js';
import { CloseJobDoor } from '../close-job.js';
import type { Fence } from '../leadership.js';
import { ReadRuns } from '../read-runs.js';
import { Revisions } from '../revisions.js';
import { RunLedger } from '../run-ledger.js';
import { StartRun } from '../start-run.js';
import { StopRun } from '../stop-run.js';
import { LeaderTerm } from './leader-term.js';

const idle: Loop = { start: () => undefined, stop: () => Promise.resolve() };

let postgres: FreshDatabase;
let database: Database;
let ledger: RunLedger;
let revisions: Revisions;
let keys: PostgresIdempotencyKeys;
let mesos: ScriptedMesos;
let term: LeaderTerm;
let fence: Fence;
let now: number;
let lost: number;
let fatal: Error | undefined;
let looks = 0;
let told: Parameters<ConstructorParameters<typeof LeaderTerm>[0]['triggers']>[0];
let framework: () => FrameworkInfo;
let rush: Rush;
const clock = () => {
  looks += 1;
  return now;
};

beforeEach(async () => {
  postgres = await freshDatabase();
  database = await connectFrameworkDatabase(postgres.url);
  keys = new PostgresIdempotencyKeys(database);
  ledger = new RunLedger(new EventStore(database), new PostgresRunIndex(database));
  now = Date.now();
  lost = 0;
  fatal = undefined;
  framework = () => ({ name: 'carillon', user: 'root', roles: ['night'] });
  rush = new Rush();
  await begin();
});
afterEach(async () => {
  await term.stop();
  await database.close();
  await postgres.drop();
});

async function lead(holder: string): Promise<Fence> {
  await database.query(`UPDATE leases SET expires_at = '-infinity'`);
  const fence = await new PostgresLease(database, { framework: 'carillon', holder, ttlMs: 60_000 }).acquire();
  if (!fence) throw new Error('the lease is taken');
  return fence;
}

async function begin(holder = 'first'): Promise<void> {
  mesos = new ScriptedMesos();
  revisions = new Revisions(
    { find: () => Promise.resolve([]), keep: () => Promise.resolve(), forget: () => Promise.resolve() },
    {
      getRevisions: ({ revisions: asked }) =>
        Promise.resolve({
          jobs: asked.map(({ uid }) =>
            job(uid, {
              cmd: 'true',
              restart: { policy: uid === 'again' ? 'ON_FAILURE' : 'NEVER' },
              ...(uid === 'limited' ? { timeoutSeconds: 60 } : {}),
              ...(uid === 'keeps' ? { volumes: [{ containerPath: 'data', persistent: { size: 8 } }] } : {}),
            }),
          ),
        }),
    },
  );
  fence = await lead(holder);
  term = new LeaderTerm({
    fence,
    ledger,
    revisions,
    frameworkIds: new PostgresFrameworkIds(database, 'carillon'),
    framework: 'carillon',
    frameworkInfo: () => framework(),
    lookEveryMs: 5,
    masters: 'scripted:1',
    connect: mesos.connect,
    path: commandExecutorPath,
    windowLimits: defaultWindowLimits,
    keepGpusForGpuRuns: true,
    secretsAreKnown: false,
    drainingMs: 60_000,
    silentMs: 30_000,
    unreachableTimeoutMs: 600_000,
    reconciliationWaitMs: 60_000,
    clock,
    rush: { saw: (count) => rush.saw(count), calm: (stopping) => rush.calm(stopping) },
    log: createLogger('spec'),
    triggers: (hooks) => {
      told = hooks;
      return { consumer: idle, handle: () => Promise.resolve() };
    },
    forgetting: idle,
    lost: () => (lost += 1),
    onFatal: (error) => (fatal = error),
  });
  await term.begin();
}

const start = (uid = 'u1'): Promise<Run> =>
  new StartRun({ ledger, revisions, keys, framework: 'carillon', clock }).start({
    jobId: `test.${uid}`,
    uid,
    revision: 1,
  });
const get = (run: Run) => new ReadRuns(ledger.store, ledger.index).get(run);
const until = (run: Run, what: (run: Run) => unknown) =>
  expect.poll(() => get(run).then(what), { timeout: 10_000, interval: 5 });
const untilCalled = (what: () => unknown) => expect.poll(what, { timeout: 10_000, interval: 5 });

/** Launched, with the id of its task. */
async function launch(uid = 'u1'): Promise<{ run: Run; taskId: string }> {
  const before = mesos.launched.length;
  mesos.offering = 'a1';
  const run = await start(uid);
  await untilCalled(() => mesos.launched.length).toBe(before + 1);
  mesos.offering = undefined;
  return { run, taskId: mesos.launched.at(-1)?.taskId.value ?? '' };
}

describe('in a rush', () => {
  it('what became of tasks is recorded and acknowledged when it is over, and the end of the term does not wait for that', async () => {
    rush = new Rush({ longestMs: 3_600_000, clock: () => now });
    mesos.subscribe();
    const { run, taskId } = await launch();
    const other = await launch('u2');
    rush.saw(100);
    mesos.update(taskId, 'TASK_RUNNING');
    const before = looks;
    await launch('u3');
    expect(looks).toBeGreaterThan(before);
    expect((await get(run)).status).toBe('launched');
    expect(mesos.of('ACKNOWLEDGE')).toEqual([]);
    now += 300;
    await until(run, ({ status }) => status).toBe('running');
    await untilCalled(() => mesos.of('ACKNOWLEDGE').length).toBe(1);

    now += 10_000;
    rush.saw(100);
    mesos.update(other.taskId, 'TASK_RUNNING');
    await term.stop();
    const acknowledged = mesos.of('ACKNOWLEDGE').length > 1;
    expect((await get(other.run)).status).toBe(acknowledged ? 'running' : 'launched');
  });
});

describe('launching', () => {
  it('comes after the framework id and the launch are on disk', async () => {
    const onDisk: Promise<unknown>[] = [];
    mesos.onCall = (call) => {
      if (call.type !== 'ACCEPT') return;
      onDisk.push(database.query(`SELECT framework_id FROM framework_ids`));
      onDisk.push(database.query(`SELECT type FROM events WHERE type = 'AttemptLaunched'`));
    };
    mesos.subscribe();
    await launch();
    expect(await Promise.all(onDisk)).toEqual([[{ framework_id: 'f1' }], [{ type: 'AttemptLaunched' }]]);
  });

  it('asks for offers in the same breath while work waits, and suppresses them when none does', async () => {
    mesos.subscribe();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    await Promise.all(Array.from({ length: 20 }, (_, index) => start(`u${index}`)));
    await untilCalled(() => mesos.of('REVIVE').length).toBeGreaterThan(0);
    // The next leader knows all of them from its beginning.
    await term.stop();
    await begin('second');
    mesos.subscribe();
    mesos.offer('a1', 0.1);
    await untilCalled(() => mesos.launched.length).toBe(10);
    expect(mesos.calls.slice(-2).map(({ type }) => type)).toEqual(['ACCEPT', 'REVIVE']);
    mesos.offer('a2');
    await untilCalled(() => mesos.launched.length).toBe(20);
    expect(mesos.calls.slice(-2).map(({ type }) => type)).toEqual(['ACCEPT', 'SUPPRESS']);
  });

  it('asks for offers while runs are let in, and suppresses them when none was', async () => {
    mesos.subscribe();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    mesos.offering = 'a1';
    told.onDue();
    expect(mesos.calls.at(-1)).toEqual({ type: 'REVIVE' });
    told.onDue();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(2);
    expect(mesos.of('REVIVE')).toHaveLength(1);
    expect(mesos.of('DECLINE')).toHaveLength(1);
  });

  it('waits until the master has said what it knows', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    const second = await start('u2');
    mesos.disconnect();
    mesos.subscribe();
    await untilCalled(() => mesos.of('RECONCILE').at(-1)?.reconcile.tasks[0]?.taskId.value).toBe(taskId);
    mesos.offering = 'a1';
    mesos.offer();
    const before = looks;
    await untilCalled(() => looks).toBeGreaterThan(before + 8);
    expect(mesos.launched).toHaveLength(1);
    now += 1_000;
    mesos.answer(taskId, 'TASK_RUNNING');
    await until(second, ({ status }) => status).toBe('launched');
    await until(run, ({ status }) => status).toBe('running');
    expect((await get(second)).attempts[0]?.launchedAt).toBe(now);
    expect(mesos.launched).toHaveLength(2);
  });

  it('ends a run at its starting deadline though no offer comes', async () => {
    mesos.subscribe();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    const ref = { uid: 'u1', runId: '20260101000000aaaaa' };
    const facts = { ...ref, jobId: 'test.u1' };
    await ledger.transaction(async (tx) => {
      const batch = ledger.batch(tx);
      const due = { revision: 1, trigger: 'schedule', dueAt: now, startDeadlineAt: now + 200, now } as const;
      const queue = { type: 'QueueRun', ...facts, ...due, restart: { policy: 'NEVER' } } as const;
      batch.open({ ...facts, framework: 'carillon' }, queue, {});
      await batch.save();
      await ledger.announce(tx, [ref]);
    });
    await untilCalled(() => mesos.of('REVIVE').length).toBe(1);
    now += 200;
    // Not only when offers are asked for again, five seconds later.
    const status = () => get(ref as Run).then((run) => run.status);
    await expect.poll(status, { timeout: 4_000, interval: 5 }).toBe('ended');
  });

  it('says why a run waits', async () => {
    mesos.subscribe();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    const run = await start();
    await untilCalled(() => mesos.of('REVIVE').length).toBe(1);
    mesos.offer('a1', 0.001);
    await untilCalled(() => mesos.of('DECLINE').length).toBe(1);
    expect(term.report.placement(run)).toEqual({
      ...{ jobId: 'test.u1', runId: run.runId, status: 'queued', lookedAt: now, offers: 1 },
      lacks: [{ agentId: 'a1', hostname: 'a1', lacks: ['cpus: 0.01 needed, 0.001 offered'] }],
    });
    expect(term.report.queue({ limit: 10 })).toMatchObject({
      total: 1,
      runs: [{ run: { runId: run.runId }, reason: 'of 1 agents 1 lack cpus' }],
    });
    expect(term.report.queue({ limit: 10, jobId: 'other' })).toEqual({ total: 0, runs: [] });
  });

  it('says what a run waits for when it is no offer', async () => {
    const run = await start('again');
    const waitsFor = () => term.report.placement(run)?.waitsFor;
    await untilCalled(waitsFor).toBe('a Mesos master to subscribe to');
    mesos.subscribe();
    await untilCalled(waitsFor).toBe('offers: none has come since it was queued');
    mesos.offering = 'a1';
    mesos.offer();
    await until(run, ({ status }) => status).toBe('launched');
    mesos.offering = undefined;
    const taskId = mesos.launched[0]?.taskId.value ?? '';
    await untilCalled(() => term.report.placement(run)?.status).toBe('launched');
    mesos.update(taskId, 'TASK_FAILED');
    await untilCalled(waitsFor).toBe(
      `the delay before attempt 2, until ${new Date(now + 250).toISOString()}`,
    );
    mesos.disconnect();
    mesos.subscribe();
    expect(term.report.placement({ ...run, runId: 'another' })).toBeUndefined();
  });
});

describe('statuses', () => {
  it('are acknowledged when they are on disk', async () => {
    const seen: Promise<Run>[] = [];
    mesos.subscribe();
    const { run, taskId } = await launch();
    mesos.onCall = (call) => {
      if (call.type === 'ACKNOWLEDGE') seen.push(get(run));
    };
    mesos.update(taskId, 'TASK_RUNNING');
    await untilCalled(() => mesos.of('ACKNOWLEDGE').length).toBe(1);
    expect((await seen[0])?.status).toBe('running');
  });

  it('that are repeated are acknowledged again and change nothing', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    mesos.repeat(mesos.update(taskId, 'TASK_RUNNING')); // in hand still: one acknowledgement answers both
    const finished = mesos.update(taskId, 'TASK_FINISHED');
    await until(run, ({ outcome }) => outcome).toBe('succeeded');
    mesos.repeat(finished);
    await untilCalled(() => mesos.of('ACKNOWLEDGE').length).toBe(3);
    const types = await database.query(`SELECT type FROM events WHERE stream LIKE 'run-%' ORDER BY version`);
    expect(types.map(({ type }) => type)).toEqual([
      'RunQueued',
      'AttemptLaunched',
      'AttemptStarted',
      'AttemptEnded',
      'RunEnded',
    ]);
    expect(mesos.of('KILL')).toEqual([]);
  });

  it('without a uuid are not acknowledged', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    mesos.answer(taskId, 'TASK_RUNNING');
    await until(run, ({ status }) => status).toBe('running');
    expect(mesos.of('ACKNOWLEDGE')).toEqual([]);
  });

  it('of a task that nobody owns have it killed', async () => {
    mesos.subscribe();
    mesos.update('stray', 'TASK_RUNNING');
    await untilCalled(() => mesos.of('KILL').map(({ kill }) => kill.taskId.value)).toEqual(['stray']);
    expect(mesos.of('ACKNOWLEDGE')).toHaveLength(1);
    mesos.update('stray', 'TASK_KILLED');
    await untilCalled(() => mesos.of('ACKNOWLEDGE').length).toBe(2);
    expect(mesos.of('KILL')).toHaveLength(1);
  });
});

describe('a launch that got lost', () => {
  it('is asked about after 30 s of silence, and launched again when nobody knows of it', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    now += 30_000;
    await untilCalled(() =>
      mesos
        .of('RECONCILE')
        .at(-1)
        ?.reconcile.tasks.map((task) => task.taskId.value),
    ).toEqual([taskId]);
    mesos.answer(taskId, 'TASK_GONE');
    await until(run, ({ status, attempts }) => [status, attempts.length]).toEqual(['queued', 1]);
    now += 1_000;
    mesos.offering = 'a1';
    await untilCalled(() => mesos.launched.length).toBe(2);
    expect(mesos.launched[1]?.taskId.value).not.toBe(taskId);
  });

  it('is asked about by the next leader, who launches nothing twice', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    await term.stop();
    await begin('second');
    mesos.subscribe();
    await untilCalled(() => mesos.of('RECONCILE')[0]?.reconcile.tasks[0]?.taskId.value).toBe(taskId);
    mesos.offer();
    mesos.update(taskId, 'TASK_RUNNING');
    await until(run, ({ status }) => status).toBe('running');
    expect(mesos.launched).toEqual([]);
  });
});

describe('a clock that is set back', () => {
  it('keeps no run that was never launched from its first attempt', async () => {
    mesos.subscribe();
    const run = await start();
    now -= 600_000;
    mesos.offering = 'a1';
    await until(run, ({ status }) => status).toBe('launched');
  });

  it('does not lengthen the waits for the master', async () => {
    mesos.subscribe();
    const { taskId } = await launch();
    await term.stop();
    await begin('second');
    mesos.subscribe();
    const asked = () =>
      mesos.of('RECONCILE').filter(({ reconcile }) => reconcile.tasks[0]?.taskId.value === taskId).length;
    await untilCalled(asked).toBe(1);
    now -= 3_600_000;
    await untilCalled(asked).toBe(2);
    mesos.update('other', 'TASK_FINISHED'); // each is looked at
    mesos.offering = 'a1';
    const run = await start('u2');
    now += 60_000;
    mesos.update('other', 'TASK_FINISHED');
    await until(run, ({ status }) => status).toBe('launched');
  });
});

describe('runs of whose admission nobody heard', () => {
  it('are looked for when the consumer was fenced', async () => {
    mesos.subscribe();
    mesos.offering = 'a1';
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    const run = { jobId: 'test.u1', uid: 'u1', runId: 'r1' };
    const admit = new AdmitDueRuns({
      ...{ ledger, revisions, framework: 'carillon', fence, clock },
      ...{ onDue: () => undefined, onAdmitted: () => undefined, onLost: () => undefined },
    });
    const due = dueMessage({
      ...{ ...run, revision: 1, scheduleId: '', trigger: 'schedule', dueAt: now, decidedAt: now },
    });
    await database.transaction((tx) => admit.handle(tx, [due]));
    told.onFenced();
    await untilCalled(() => mesos.launched.length).toBe(1);
  });
});

describe('an agent that is away', () => {
  it('is asked about no oftener where nothing was heard of the task before', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    mesos.answer(taskId, 'TASK_UNREACHABLE');
    await until(run, ({ attempts }) => attempts[0]?.state).toBe('TASK_UNREACHABLE');
    const asked = () =>
      mesos.of('RECONCILE').filter(({ reconcile }) => reconcile.tasks[0]?.taskId.value === taskId).length;
    now += 30_000;
    await untilCalled(asked).toBe(1);
    mesos.answer(taskId, 'TASK_UNREACHABLE');
    const before = looks;
    await untilCalled(() => looks).toBeGreaterThan(before + 10); // turns of housekeeping
    expect(asked()).toBe(1);
  });

  it('is waited for, and its task recognised', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch('again');
    mesos.update(taskId, 'TASK_RUNNING');
    mesos.answer(taskId, 'TASK_UNREACHABLE');
    await until(run, ({ attempts }) => attempts[0]?.state).toBe('TASK_UNREACHABLE');
    now += 599_000;
    mesos.answer(taskId, 'TASK_RUNNING');
    await until(run, ({ attempts }) => attempts[0]?.state).toBe('TASK_RUNNING');
    now += 10_000;
    mesos.update(taskId, 'TASK_FINISHED');
    await until(run, ({ outcome }) => outcome).toBe('succeeded');
  });

  it('is asked about again and again: a master may learn of it without telling', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    mesos.update(taskId, 'TASK_RUNNING');
    mesos.answer(taskId, 'TASK_UNKNOWN');
    await until(run, ({ attempts }) => attempts[0]?.state).toBe('TASK_UNKNOWN');
    const asked = () =>
      mesos.of('RECONCILE').filter(({ reconcile }) => reconcile.tasks[0]?.taskId.value === taskId).length;
    for (let times = 1; times <= 3; times += 1) {
      await untilCalled(asked).toBe(times);
      mesos.answer(taskId, 'TASK_UNKNOWN');
      now += 15_000;
    }
    await untilCalled(asked).toBe(4);
    mesos.answer(taskId, 'TASK_RUNNING');
    await until(run, ({ attempts }) => attempts[0]?.state).toBe('TASK_RUNNING');
  });

  it('is given up after its time; a task that comes back later is killed', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch('again');
    mesos.update(taskId, 'TASK_RUNNING');
    mesos.answer(taskId, 'TASK_UNREACHABLE');
    await until(run, ({ attempts }) => attempts[0]?.state).toBe('TASK_UNREACHABLE');
    now += 600_000;
    await until(run, ({ status }) => status).toBe('queued');
    now += 1_000;
    mesos.offering = 'a2';
    await untilCalled(() => mesos.launched.length).toBe(2);
    mesos.update(taskId, 'TASK_RUNNING');
    await untilCalled(() => mesos.of('KILL').map(({ kill }) => kill.taskId.value)).toEqual([taskId]);
    expect(await get(run)).toMatchObject({ status: 'launched' });
  });
});

it('repeats a KILL until the task has ended', async () => {
  mesos.subscribe();
  const { run, taskId } = await launch();
  mesos.update(taskId, 'TASK_RUNNING');
  await until(run, ({ status }) => status).toBe('running');
  await new StopRun(ledger, clock).stop(run);
  await untilCalled(() => mesos.of('KILL').length).toBe(1);
  now += 5_000;
  await untilCalled(() => mesos.of('KILL').length).toBe(2);
  mesos.update(taskId, 'TASK_KILLED');
  await until(run, ({ attempts }) => attempts[0]?.state).toBe('TASK_KILLED');
});

it('kills with the grace that was asked for, and again at once when that changes', async () => {
  mesos.subscribe();
  const { run, taskId } = await launch();
  mesos.update(taskId, 'TASK_RUNNING');
  await until(run, ({ status }) => status).toBe('running');
  const stop = new StopRun(ledger, clock);
  await stop.stop({ ...run, graceSeconds: 30 });
  await untilCalled(() => mesos.of('KILL').length).toBe(1);
  await stop.stop({ ...run, graceSeconds: 0 });
  await untilCalled(() => mesos.of('KILL').length).toBe(2);
  expect(mesos.of('KILL').map(({ kill }) => kill.killPolicy?.gracePeriod?.nanoseconds)).toEqual([3e10, 0]);
});

it('keeps the timeout of a run that an earlier leader launched', async () => {
  mesos.subscribe();
  const { run, taskId } = await launch('limited');
  expect(mesos.launched.at(-1)?.maxCompletionTime?.nanoseconds).toBe(73e9);
  now += 59_000;
  await term.stop();
  await begin('second');
  mesos.subscribe();
  mesos.update(taskId, 'TASK_RUNNING');
  await until(run, ({ status }) => status).toBe('running');
  const before = looks;
  await untilCalled(() => looks).toBeGreaterThan(before + 4);
  expect(mesos.of('KILL')).toEqual([]);
  now += 1_000;
  await untilCalled(() => mesos.of('KILL').map(({ kill }) => kill.taskId.value)).toEqual([taskId]);
  mesos.update(taskId, 'TASK_KILLED');
  await until(run, ({ outcome, reason }) => [outcome, reason]).toEqual(['timedOut', 'took longer than 60 s']);
});

describe('an old leader', () => {
  it('appends nothing, whatever it hears', async () => {
    mesos.subscribe();
    const { run, taskId } = await launch();
    await lead('another');
    mesos.update(taskId, 'TASK_RUNNING');
    await untilCalled(() => lost).toBeGreaterThan(0);
    expect(await get(run)).toMatchObject({ status: 'launched' });
    expect(mesos.of('ACKNOWLEDGE')).toEqual([]);
  });

  it('answers nothing and kills nothing when it wakes up and subscribes after another took over', async () => {
    mesos.subscribe();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    await lead('another');
    mesos.disconnect();
    mesos.subscribe();
    mesos.update('a_task_of_the_other', 'TASK_RUNNING');
    await untilCalled(() => lost).toBeGreaterThan(0);
    expect(mesos.of('ACKNOWLEDGE')).toEqual([]);
    expect(mesos.of('KILL')).toEqual([]);
  });

  it('knows by the master that another has subscribed', () => {
    mesos.subscribe();
    mesos.disconnect('Framework failed over', true);
    expect(lost).toBe(1);
  });
});

it('ends with one clear error when the master has removed the framework', async () => {
  mesos.subscribe();
  await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
  mesos.disconnect('Framework has been removed', true);
  expect(fatal?.message).toContain('Mesos refuses framework f1: Framework has been removed');
});

describe('a framework that changes', () => {
  const labelled = (value: string): FrameworkInfo => ({
    ...{ name: 'carillon', user: 'root' },
    labels: { labels: [{ key: 'team', value }] },
  });

  it('is told to the master once, on the same subscription, and suppressed again', async () => {
    mesos.subscribe();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    framework = () => labelled('night');
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(2);
    expect(mesos.updates).toEqual([labelled('night')]);
    expect(lost).toBe(0);
  });

  it('stays as it was while it cannot be known or is refused', async () => {
    mesos.subscribe();
    await untilCalled(() => mesos.of('SUPPRESS').length).toBe(1);
    framework = () => {
      throw new Error('no JSON');
    };
    mesos.refusal = new MesosCallError('UPDATE_FRAMEWORK', 400, 'bad role');
    const { taskId } = await launch();
    expect(taskId).not.toBe('');
    framework = () => labelled('bad');
    await untilCalled(() => mesos.updates.length).toBe(1);
    mesos.refusal = undefined;
    framework = () => labelled('good');
    await untilCalled(() => mesos.updates).toEqual([labelled('bad'), labelled('good')]);
  });
});

describe('a job with a persistent volume', () => {
  const allocationInfo = { role: 'night' };
  const disk = { name: 'disk', type: 'SCALAR' as const, scalar: { value: 100 }, allocationInfo };
  const operations = () => mesos.of('ACCEPT').map(({ accept }) => accept.operations.map(({ type }) => type));
  const volumeOf = (task: TaskInfo | undefined): Resource => {
    const found = task?.resources.find((resource) => resource.disk?.persistence !== undefined);
    if (found === undefined) throw new Error('the task has no volume');
    return found;
  };
  const launched = async (...offered: Resource[]) => {
    const before = mesos.launched.length;
    const run = await start('keeps');
    await untilCalled(() => mesos.calls.at(-1)?.type).toBe('REVIVE');
    mesos.offer('a1', 100, offered);
    await untilCalled(() => mesos.launched.length).toBe(before + 1);
    const task = mesos.launched.at(-1);
    return { run, task, taskId: task?.taskId.value ?? '' };
  };

  it('has it made for the first run, and the same for the next, by whoever leads', async () => {
    mesos.subscribe();
    const first = await launched(disk);
    expect(operations()).toEqual([['RESERVE', 'CREATE', 'LAUNCH']]);
    const volume = volumeOf(first.task);
    mesos.update(first.taskId, 'TASK_RUNNING');
    mesos.update(first.taskId, 'TASK_FINISHED');
    await until(first.run, (run) => run.outcome).toBe('succeeded');
    await term.stop();
    await begin('second');
    mesos.subscribe();
    const second = await launched(disk, volume);
    expect(volumeOf(second.task)).toEqual(volume);
    expect(operations()).toEqual([['LAUNCH']]);
  });

  it('has it made anew where the first attempt never started, and what that left is destroyed', async () => {
    mesos.subscribe();
    const first = await launched(disk);
    const volume = volumeOf(first.task);
    mesos.update(first.taskId, 'TASK_DROPPED');
    await until(first.run, (run) => run.attempts.at(-1)?.endedAt).toBeDefined();
    now += 1_000;
    mesos.offer('a1', 100, [disk, volume]);
    await untilCalled(operations).toContainEqual(['DESTROY', 'UNRESERVE']);
    mesos.offer('a1', 100, [disk]);
    await untilCalled(() => mesos.launched.length).toBe(2);
    expect(volumeOf(mesos.launched[1]).disk?.persistence).not.toEqual(volume.disk?.persistence);
  });

  it('has one run at a time, and the other knows why it waits', async () => {
    mesos.subscribe();
    const first = await launched(disk);
    const second = await start('keeps');
    const { jobId, uid, runId } = second;
    await untilCalled(() => term.report.placement({ jobId, uid, runId })?.waitsFor).toBe(
      `run ${first.run.runId} of the same job to end: it has the volume data`,
    );
    mesos.offer('a1', 100, [disk]);
    await untilCalled(() => mesos.of('DECLINE').length).toBe(1);
    expect(mesos.launched).toHaveLength(1);
    mesos.update(first.taskId, 'TASK_RUNNING');
    mesos.update(first.taskId, 'TASK_FINISHED');
    await until(first.run, (run) => run.outcome).toBe('succeeded');
    await untilCalled(() => mesos.calls.at(-1)?.type).toBe('REVIVE');
    mesos.offer('a1', 100, [disk]);
    await untilCalled(() => term.report.placement({ jobId, uid, runId })?.lacks[0]?.lacks).toEqual([
      'volume data: it is on this agent, but not in what was offered',
    ]);
    expect(mesos.launched).toHaveLength(1);
    mesos.offer('a1', 100, [volumeOf(first.task)]);
    await untilCalled(() => mesos.launched.length).toBe(2);
  });

  it('fails with the reason where the framework has no role to reserve for', async () => {
    framework = () => ({ name: 'carillon', user: 'root', roles: ['*'] });
    await term.stop();
    await begin('second');
    mesos.subscribe();
    const run = await start('keeps');
    await until(run, ({ reason }) => reason).toContain('volumesNeedRole: the volume data is persistent');
  });

  it('is looked for when it is removed, and destroyed when it is offered', async () => {
    mesos.subscribe();
    const { run, task, taskId } = await launched(disk);
    mesos.update(taskId, 'TASK_FINISHED');
    await until(run, ({ outcome }) => outcome).toBe('succeeded');
    await untilCalled(() => mesos.calls.at(-1)?.type).toBe('ACKNOWLEDGE');
    expect(mesos.calls.at(-2)?.type).toBe('SUPPRESS');
    await new CloseJobDoor(ledger, clock).close({ jobId: run.jobId, uid: run.uid, stopRuns: false });
    await untilCalled(() => mesos.calls.at(-1)?.type).toBe('REVIVE');
    mesos.offer('a1', 100, [disk, volumeOf(task)]);
    await untilCalled(() => mesos.of('ACCEPT').at(-1)?.accept.operations).toMatchObject([
      { type: 'DESTROY', destroy: { volumes: [volumeOf(task)] } },
      { type: 'UNRESERVE', unreserve: { resources: [reservedDisk(volumeOf(task))] } },
    ]);
  });
});
