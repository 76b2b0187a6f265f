import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@carillon/embedded-postgres';
import { eventually } from '../e2e/support/api.js';
import { postmasterOf } from '../e2e/support/processes.js';
import { cpuSeconds, cpuSecondsOfAll, idle } from '../e2e/support/processor-time.js';
import { startStandalone } from '../e2e/support/standalone.js';
import { bareRate } from './api/bare-rate.js';
import { job, jobId } from './api/jobs.js';
import { type Figures, type Load, Measuring, print } from './api/measure.js';
import { describeMemory, timedStart } from './start.js';

/** Created first, in a process that has answered nothing yet. */
const FRESH = 1_000;
const SIZES = [2_000, 10_000, 100_000].filter((size) => size <= Number(process.env['BENCH_JOBS'] ?? 10_000));
/** So many of each size are created one by one and measured; those before are applied in lots. */
const CREATED = 5_000;
const LOT = 2_000;
const TARGETS = { createsPerSecond: 1_100, createP99Ms: 17, readP50Ms: 5 };

/**
 * The HTTP API of standalone as 8 clients see it, each sending its next request when the last is answered: creates
 * (each on disk when answered, and published, armed and recorded by the other services meanwhile), one job, a page,
 * searches and the whole list, at 2,000 and 10,000 jobs. BENCH_JOBS=100000 goes on to 100,000. The yardstick, measured
 * before each size, is a bare Node server that writes two rows to the same PostgreSQL server. Reads are measured once more
 * for one client alone.
 */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  const carillon = await startStandalone({ dataDir });
  const postmaster = await postmasterOf(dataDir);
  const postgres = () => cpuSecondsOfAll(postmaster);
  const node = () => cpuSeconds(carillon.process.pid ?? 0);
  const api = new Measuring(carillon.apiUrl, async () => ({
    node: await node(),
    postgres: await postgres(),
  }));
  try {
    const { url } = await startPostgres({ dataDir: join(dataDir, 'postgres'), socket: true }); // adopts the running one
    const bare = () => bareRate(url, postgres);
    await idle(carillon.process.pid ?? 0); // the yardstick would slow down what follows a start
    await createOneByOne(api, 0, FRESH, bare);
    const table = new Map<number, Row>();
    for (const [index, size] of SIZES.entries()) {
      table.set(size, await measureSize(api, SIZES[index - 1] ?? FRESH, size, bare));
    }
    printGrowth(table);
    api.close();
    print(`memory: ${await describeMemory([carillon.process.pid ?? 0, postmaster])}`);
    await carillon.interrupt();
    await startAgain(dataDir);
  } finally {
    api.close();
    if (carillon.process.exitCode === null) await carillon.interrupt();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startAgain(dataDir: string): Promise<void> {
  const { ms, carillon } = await timedStart(dataDir);
  try {
    const pids = [carillon.process.pid ?? 0, await postmasterOf(dataDir)];
    print(`started again: ${ms} ms to the first 200; memory: ${await describeMemory(pids)}`);
  } finally {
    await carillon.interrupt();
  }
}

type Row = ReadonlyMap<string, number>;

/** From the size before to this one; the figures by name, those that may be compared between sizes. */
async function measureSize(
  api: Measuring,
  before: number,
  size: number,
  bare: () => Promise<Figures>,
): Promise<Row> {
  const row = new Map<string, number>();
  const first = Math.max(before, size - CREATED);
  await apply(api, before, first);
  const created = await createOneByOne(api, first, size, bare);
  row.set('create p50', created.p50);
  row.set('create p99', created.p99);

  const any = (n: number) => (n * 7919) % size;
  const read = async (name: string, count: number, path: (n: number) => string) => {
    const send: Load['send'] = (connection, n) => connection.get(path(n));
    const figures = await api.measure(`${name} of ${size}`, { count, send });
    row.set(`${name} p50`, figures.p50);
    await api.measure(`  for one client`, { count: count / 10, clients: 1, send });
    return figures;
  };
  await read('GET one', 4_000, (n) => `/v1/jobs/${jobId(any(n))}`);
  judgeRead(await read('page of 25', 1_000, (n) => `/v2/jobs?limit=25&after=${jobId(any(n))}`));
  const search = async (name: string, query: (n: number) => string) =>
    judgeRead(await read(`search, ${name}`, 500, (n) => `/v2/jobs?limit=25&${query(n)}`));
  await search('text in all', () => 'q=one%20of%20many');
  await search('text in one', (n) => `q=${jobId(any(n)).slice('bench.'.length)}`);
  await search('text in none', () => 'q=nowhere');
  await search('prefix of 1 %', (n) => `prefix=bench.group-${n % 100}.`);
  await search('label of 2 %', (n) => `label=team=team-${n % 50}`);
  await search('label of 2 % and text of 1 %', (n) => `label=team=team-${n % 50}&q=group-${n % 50}.`);

  const lists = Math.max(3, 40_000 / size);
  const whole: Load['send'] = (connection) => connection.get('/v1/jobs');
  const list = await api.measure(`the whole list of ${size}`, { count: lists, clients: 1, send: whole });
  row.set('whole list, per job, p50', list.p50 / size);
  return row;
}

async function createOneByOne(
  api: Measuring,
  from: number,
  to: number,
  bare: () => Promise<Figures>,
): Promise<Figures> {
  const yardstick = await bare();
  const created = await api.measure(`create, ${from} to ${to} jobs`, {
    count: to - from,
    send: (connection, n) => connection.send('POST', '/v1/jobs', job(from + n), 201),
  });
  judgeCreates(created, yardstick);
  await settled(api, to);
  return created;
}

async function apply(api: Measuring, from: number, to: number): Promise<void> {
  if (from === to) return;
  const lots = Array.from({ length: Math.ceil((to - from) / LOT) }, (_, lot) => from + lot * LOT);
  await api.measure(`apply ${to - from} jobs in lots of ${LOT}`, {
    count: lots.length,
    clients: 1,
    send: (connection, n) => {
      const [start = 0, end = to] = lots.slice(n, n + 2);
      const jobs = Array.from({ length: end - start }, (_, index) => job(start + index));
      return connection.send('PUT', '/v2/jobs:apply', { jobs }, 200);
    },
  });
  await settled(api, to);
}

/** The other services know the last job too, so that what is measured next has the machine to itself. */
async function settled({ connections: [connection] }: Measuring, jobs: number): Promise<void> {
  await eventually(
    'history has heard of all jobs',
    async () => {
      const body = await connection?.get(`/v2/events?jobId=${jobId(jobs - 1)}`);
      return (JSON.parse(body ?? '') as { events: unknown[] }).events.length > 0;
    },
    600_000,
  );
}

function judgeCreates({ perSecond, p99 }: Figures, bare: Figures): void {
  const { createsPerSecond, createP99Ms } = TARGETS;
  const met = perSecond >= createsPerSecond && p99 < createP99Ms;
  print(`  at ${(perSecond / bare.perSecond).toFixed(2)} of the bare server's rate`);
  print(`  at least ${createsPerSecond} creates/s, p99 under ${createP99Ms} ms: ${met ? 'yes' : 'NO'}`);
}

function judgeRead({ p50 }: Figures): void {
  print(`  p50 under ${TARGETS.readP50Ms} ms: ${p50 < TARGETS.readP50Ms ? 'yes' : 'NO'}`);
}

function printGrowth(table: ReadonlyMap<number, Row>): void {
  const [[smallest, base] = [0, new Map<string, number>()], ...larger] = table;
  for (const [size, row] of larger) {
    print(`growth, what a figure at ${size} jobs is of that at ${smallest}:`);
    for (const [name, value] of row)
      print(`  ${name}: ${(value / (base.get(name) ?? Number.NaN)).toFixed(2)}`);
  }
}
