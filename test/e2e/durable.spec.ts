import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, eventually } from './support/api.js';
import { childrenOf, postmasterOf } from './support/processes.js';
import { startStandalone } from './support/standalone.js';

/** `npm run durability` has 100. */
const KILLS = Number(process.env['DURABLE_KILLS'] ?? (process.env['CI'] ? 12 : 3));
const CLIENTS = 8;

let folder: string;
let dataDir: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-durable-'));
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(`what was answered is there after kill -9 of everything, ${KILLS} times`, {
  timeout: 30_000 + KILLS * 30_000,
}, async () => {
  const answered = new Map<string, Change>();
  for (let round = 0; round < KILLS; round++) {
    const { api, killAll } = await start();
    await expectAll(api, answered);
    await createUntilKilled(api, round, 1 + ((round * 7) % 30), killAll, answered);
  }
  const { api, carillon } = await start();
  await expectAll(api, answered);
  expect(answered.size).toBeGreaterThanOrEqual(KILLS);
  await carillon.interrupt();
});

async function start() {
  const carillon = await startStandalone({ dataDir });
  const api = new Api(carillon.apiUrl);
  await Promise.all(Array.from({ length: CLIENTS }, () => api.expect(200, 'GET', '/v1/jobs'))); // opens all connections
  const postmaster = await postmasterOf(dataDir);
  const pids = [carillon.process.pid ?? 0, postmaster, ...(await childrenOf(postmaster))];
  /** PostgreSQL too: it then has what it wrote and not what it meant to write. */
  const killAll = async () => {
    for (const pid of pids) kill(pid, 'SIGKILL');
    await carillon.kill9();
    await eventually('all are gone', () => Promise.resolve(!pids.some((pid) => kill(pid, 0))));
  };
  return { carillon, api, killAll };
}

/** Clients create jobs one after the other; at the `last`-th answer everything is killed, with the next ones under way. */
async function createUntilKilled(
  api: Api,
  round: number,
  last: number,
  killAll: () => Promise<void>,
  answered: Map<string, Change>,
): Promise<void> {
  let answers = 0;
  let killed: Promise<void> | undefined;
  let next = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (!killed) {
        const id = `durable.round-${round}.job-${next++}`;
        const run = { cpus: 0.1, mem: 32, disk: 0, cmd: 'true' };
        for (const [change, send] of changesOf(api, id, run)) {
          const answer = await send().catch(() => undefined);
          if (!answer) return;
          expect(answer.status, `${change} ${id}`).toBeLessThan(300);
          answered.set(id, change);
          if (++answers === last) killed = killAll();
        }
      }
    }),
  );
  expect(killed).toBeDefined();
  await killed;
}

/** What becomes of a job, one answered request after the other; each leaves something of its own to be found. */
function changesOf(api: Api, id: string, run: object): [Change, () => ReturnType<Api['request']>][] {
  const path = `/v2/jobs/${id}`;
  const schedule = { id: 'yearly', cron: '@yearly' };
  return [
    ['created', () => api.request('POST', '/v1/jobs', { id, run })],
    ['scheduled', () => api.request('POST', `${path}/schedules`, schedule)],
    ['paused', () => api.request('POST', `${path}/pause`, { reason: 'durable' })],
    ['applied', () => api.request('PUT', '/v2/jobs:apply', [{ id, run, description: 'applied' }])],
    ['started', () => api.request('POST', `${path}/runs`, { runId: 'durable' })],
    ['removed', () => api.request('DELETE', `${path}?stopRuns=true`)],
  ];
}

const CHANGES = ['created', 'scheduled', 'paused', 'applied', 'started', 'removed'] as const;
type Change = (typeof CHANGES)[number];

interface Found {
  readonly pause: object | null;
  readonly spec: {
    readonly id: string;
    readonly description?: string;
    readonly schedules: readonly object[];
  };
}

/** The request after the last answered one may have been carried out, too. */
async function expectAll(api: Api, answered: ReadonlyMap<string, Change>): Promise<void> {
  const jobs = new Map<string, Found>();
  for (let after: string | null = null, more = true; more; ) {
    const from: string = after === null ? '' : `&after=${after}`;
    const page: { jobs: Found[]; next: string | null } = await api.expect(
      200,
      'GET',
      `/v2/jobs?limit=1000${from}`,
    );
    for (const job of page.jobs) jobs.set(job.spec.id, job);
    after = page.next;
    more = after !== null;
  }
  const missing = [...answered].filter(([id, change]) => {
    const job = jobs.get(id);
    const done = CHANGES.indexOf(change);
    if (change === 'removed') return job !== undefined;
    if (!job) return change !== 'started';
    const applied = job.spec.description === 'applied';
    return (
      (done >= CHANGES.indexOf('paused') && job.pause === null) ||
      (done >= CHANGES.indexOf('applied') && !applied) ||
      (done >= CHANGES.indexOf('scheduled') && !applied && job.spec.schedules.length === 0)
    );
  });
  expect(missing).toEqual([]);
  for (const [id, change] of answered) {
    if (change !== 'started' || !jobs.has(id)) continue;
    expect(await api.request('GET', `/v2/jobs/${id}/runs/durable`), id).toMatchObject({ status: 200 });
  }
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
