import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, eventually } from './support/api.js';
import { childrenOf, postmasterOf } from './support/processes.js';
import { startStandalone } from './support/standalone.js';

const KILLS = Number(process.env['DURABLE_KILLS'] ?? (process.env['CI'] ? 10 : 3));
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
  const answered = new Set<string>();
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
  answered: Set<string>,
): Promise<void> {
  let answers = 0;
  let killed: Promise<void> | undefined;
  let next = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (!killed) {
        const id = `durable.round-${round}.job-${next++}`;
        const run = { cpus: 0.1, mem: 32, disk: 0, cmd: 'true' };
        const answer = await api.request('POST', '/v1/jobs', { id, run }).catch(() => undefined);
        if (!answer) return;
        expect(answer.status).toBe(201);
        answered.add(id);
        if (++answers === last) killed = killAll();
      }
    }),
  );
  expect(killed).toBeDefined();
  await killed;
}

async function expectAll(api: Api, answered: ReadonlySet<string>): Promise<void> {
  const jobs = await api.expect<{ id: string }[]>(200, 'GET', '/v1/jobs');
  const there = new Set(jobs.map(({ id }) => id));
  expect([...answered].filter((id) => !there.has(id))).toEqual([]);
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
