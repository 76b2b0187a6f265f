import { createLogger } from '@carillon/service-runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import type { QueuedRun } from '../../domain/run/run.state.js';
import { job } from '../../test/framework-rig.js';
import { Revisions } from '../revisions.js';
import type { RunOrder } from '../run-ledger.js';
import { JobVolumes } from './job-volumes.js';
import { RunBook } from './run-book.js';
import { WaitingRuns } from './waiting-runs.js';

const MOST = 2;

/** Jobs that begin with `keeps` have a persistent volume; a later revision asks for more, or comes first. */
const jobOf = (uid: string, revision: number) =>
  job(uid, {
    cmd: 'true',
    cpus: revision === 2 ? 1_000 : 1,
    priority: revision === 3 ? 1 : 0,
    volumes: uid.startsWith('keeps') ? [{ containerPath: 'data', persistent: { size: 8 } }] : [],
  });

let book: RunBook;
let versions: Map<string, number>;
let recorded: RunOrder[];
let isAway: boolean;
let fails: boolean;
let asked: string[];
let volumesRead: number;
/** How many runs were looked at for whether they can be launched at all. */
let judged: number;
let waiting: WaitingRuns;

beforeEach(() => {
  book = new RunBook();
  versions = new Map();
  [recorded, asked, volumesRead] = [[], [], 0];
  isAway = false;
  fails = false;
  judged = 0;
  const revisions = new Revisions(
    { find: () => Promise.resolve([]), keep: () => Promise.resolve(), forget: () => Promise.resolve() },
    {
      getRevisions: ({ revisions: refs }) => {
        if (isAway) return Promise.reject(new Error('away'));
        asked.push(...refs.map(({ uid }) => uid));
        return Promise.resolve({
          jobs: refs
            .filter(({ uid }) => uid !== 'gone')
            .map(({ uid, revision }) => ({ ...jobOf(uid, revision), revision })),
        });
      },
    },
  );
  const log = createLogger('spec');
  waiting = new WaitingRuns({
    ...{ book, revisions, log, clock: () => 0 },
    volumes: new JobVolumes({
      store: {
        loadStates: () => {
          volumesRead += 1;
          return Promise.resolve(new Map());
        },
      },
      ...{ book, framework: 'carillon', log },
    }),
    ability: () => {
      judged += 1;
      return { secretsAreKnown: false, roles: ['night'] };
    },
    volumeOwner: () => ({ framework: 'carillon' }),
    record: (orders) => {
      if (fails) return Promise.reject(new Error('away'));
      recorded.push(...orders);
      return Promise.resolve();
    },
  });
});

const queued = (uid: string, runId: string, change: Partial<QueuedRun> = {}): QueuedRun => ({
  ...{ status: 'queued', jobId: `test.${uid}`, uid, runId, revision: 1, trigger: 'manual' },
  ...{ dueAt: 0, queuedAt: 0, notBefore: 0, attempts: [], attemptCount: 0 },
  ...{ consumed: false, countedAttempts: 0, restart: { policy: 'NEVER' } },
  ...change,
});

/** As it is read again after each change of its stream. */
function see(run: Parameters<RunBook['see']>[0]['run'] & { uid: string; runId: string }): void {
  const { uid, runId } = run;
  const version = (versions.get(runId) ?? 0) + 1;
  versions.set(runId, version);
  book.see({ ref: { uid, runId }, run, version, trace: {} });
}

const ready = async (now = 0, most = MOST) =>
  (await waiting.ready(now, most)).map(({ uid, runs }) => [
    uid,
    ...runs.map(({ key }) => key.split('/').at(-1)),
  ]);
const expired = () => recorded.map(({ ref, command }) => [ref.runId, command.type]);

describe('runs that wait', () => {
  it('are ready job by job, revisions read once', async () => {
    see(queued('a', 'a1'));
    see(queued('a', 'a2'));
    see(queued('b', 'b1'));
    expect(await ready()).toHaveLength(2);
    see(queued('b', 'b1')); // changed
    await ready();
    expect(asked).toEqual(['a', 'b']);
    expect(judged).toBe(3);
  });

  it('are rejected when their revision is gone, and read again when the registry is back', async () => {
    isAway = true;
    see(queued('a', 'a1'));
    see(queued('gone', 'g1'));
    expect(await ready()).toEqual([]);
    expect(waiting.nextChange(0)).toBe(1_000);
    isAway = false;
    expect((await ready()).map(([uid]) => uid)).toEqual(['a']);
    expect(expired()).toEqual([['g1', 'RejectRun']]);
    expect(waiting.nextChange(0)).toBe(Infinity);
  });

  it('are not read once they wait no more', async () => {
    isAway = true;
    see(queued('a', 'a1'));
    await ready();
    see({ ...queued('a', 'a1'), status: 'ended', outcome: 'killed', endedAt: 1 });
    isAway = false;
    await ready();
    expect(asked).toEqual([]);
  });

  it('expire at their own deadlines, also those that come later and are due earlier', async () => {
    see(queued('a', 'late', { startDeadlineAt: 500 }));
    await waiting.expire(100);
    expect(waiting.nextChange(100)).toBe(400);
    see(queued('b', 'early', { startDeadlineAt: 200 }));
    see(queued('b', 'begun', { startDeadlineAt: 150, consumed: true }));
    expect(waiting.nextChange(100)).toBe(100);
    await waiting.expire(199);
    expect(expired()).toEqual([]);
    await waiting.expire(200);
    expect(expired()).toEqual([['early', 'ExpireStartDeadline']]);
    see({ ...queued('b', 'early'), status: 'ended', outcome: 'failed', endedAt: 200 });
    expect(waiting.nextChange(200)).toBe(300);
    await waiting.expire(500);
    expect(expired().slice(1)).toEqual([['late', 'ExpireStartDeadline']]);
  });

  it('whose expiry could not be written expire the next time', async () => {
    see(queued('a', 'a1', { startDeadlineAt: 10 }));
    fails = true;
    await expect(waiting.expire(10)).rejects.toThrow('away');
    fails = false;
    await waiting.expire(11);
    expect(expired()).toEqual([['a1', 'ExpireStartDeadline']]);
  });

  it('wait for the end of their back-off, one after the other', async () => {
    see(queued('a', 'a1', { notBefore: 300 }));
    see(queued('a', 'a2', { notBefore: 100 }));
    expect(await ready(0)).toEqual([]);
    expect(waiting.nextChange(0)).toBe(100);
    expect(await ready(100)).toEqual([['a', 'a2']]);
    expect(waiting.nextChange(100)).toBe(200);
    expect(await ready(300)).toEqual([['a', 'a1', 'a2']]);
    expect(waiting.nextChange(300)).toBe(Infinity);
  });

  it('of which no plan can reach more are not all looked at, volumes aside', async () => {
    for (const uid of ['a', 'b', 'c', 'keeps-d']) see(queued(uid, `${uid}1`));
    expect(await ready()).toEqual([
      ['a', 'a1'],
      ['b', 'b1'],
      ['keeps-d', 'keeps-d1'],
    ]);
    book.served('a');
    expect((await ready()).map(([uid]) => uid)).toEqual(['b', 'c', 'keeps-d']);
  });

  it('are as many of each shape and priority as a plan has places: others may fit where those do not', async () => {
    for (const runId of ['big1', 'big2', 'big3']) see(queued('a', runId, { revision: 2 }));
    for (const runId of ['small1', 'small2', 'small3']) see(queued('a', runId));
    see(queued('a', 'first', { revision: 3 }));
    expect(await ready()).toEqual([['a', 'big1', 'big2', 'small1', 'small2', 'first']]);
  });

  it('have the volumes of their job one at a time, also when they wait again', async () => {
    see(queued('keeps', 'k1'));
    see(queued('keeps', 'k2'));
    expect(await ready()).toEqual([['keeps', 'k1']]);
    expect(volumesRead).toBe(1);
    const attempt = {
      ...{ attempt: 1, taskId: 't', agentId: 'a', hostname: 'h', launchedAt: 0 },
      state: 'TASK_STAGING',
      reported: false,
    } as const;
    const launched = {
      ...queued('keeps', 'k1'),
      status: 'launched',
      attempts: [attempt],
      attemptCount: 1,
    } as const;
    see(launched);
    see({ ...queued('keeps', 'k2'), status: 'ended', outcome: 'killed', endedAt: 1 });
    expect(await ready()).toEqual([]);
    see({ ...launched, status: 'queued', notBefore: 0, attempts: [] });
    const [again] = await waiting.ready(0, MOST);
    const wanted = again?.runs[0]?.need.volumes?.wanted.map(({ persistenceId }) => persistenceId);
    expect(wanted).toEqual(['keeps.k1.2.data']); // none was kept of the first attempt
    see(queued('keeps', 'k3'));
    expect(await ready()).toEqual([['keeps', 'k1']]);
  });
});
