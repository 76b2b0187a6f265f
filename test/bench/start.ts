import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, eventually } from '../e2e/support/api.js';
import { postmasterOf } from '../e2e/support/processes.js';
import { descendants } from '../e2e/support/processor-time.js';
import { startStandalone } from '../e2e/support/standalone.js';

const MINUTES = Number(process.env['BENCH_MINUTES'] ?? 5);
/** Of the database, and as much with any number of jobs. */
const FIRST = '/v2/jobs?limit=1';
const JOBS = Number(process.env['BENCH_JOBS'] ?? 1_000);

/** From start to the API's first 200, and the memory after 1,000 jobs have run every minute for five minutes. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  try {
    for (const which of ['first start (new data folder)', 'second start', 'third start']) {
      const { ms, carillon } = await timedStart(dataDir);
      console.log(`${which}: ${ms} ms to the first 200 (GET ${FIRST})`);
      await carillon.interrupt();
    }
    const { carillon } = await timedStart(dataDir);
    const api = new Api(carillon.apiUrl);
    const pids = [carillon.process.pid ?? 0, await postmasterOf(dataDir)];
    console.log(`memory when idle: ${await describeMemory(pids)}`);
    for (let index = 0; index < JOBS; index++) {
      await api.createJob({ id: `bench.job-${index}`, cmd: 'true', cron: '* * * * *' });
    }
    const until = Date.now() + MINUTES * 60_000;
    await eventually('the minutes pass', () => Promise.resolve(Date.now() > until), MINUTES * 60_000 + 5_000);
    const { history } = await api.job('bench.job-0');
    console.log(
      `memory after ${JOBS} jobs every minute for ${MINUTES} min (${history.successCount} runs each): ${await describeMemory(pids)}`,
    );
    await carillon.interrupt();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts standalone, and says how long it took to the first 200. */
export async function timedStart(dataDir: string) {
  const started = performance.now();
  const carillon = await startStandalone({ dataDir });
  const api = new Api(carillon.apiUrl);
  await eventually('the first 200', async () => (await api.request('GET', FIRST)).status === 200);
  return { ms: Math.round(performance.now() - started), carillon };
}

/** PSS of the processes and all their descendants, by program. */
export async function describeMemory(roots: readonly number[]): Promise<string> {
  const byProgram = new Map<string, number>();
  let total = 0;
  for (const pid of await descendants(roots)) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    const pss = Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
    const program = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'gone')).trim();
    byProgram.set(program, (byProgram.get(program) ?? 0) + pss);
    total += pss;
  }
  const parts = [...byProgram].map(([program, pss]) => `${program} ${pss.toFixed(0)}`);
  return `PSS ${total.toFixed(0)} MB (${parts.join(', ')})`;
}
