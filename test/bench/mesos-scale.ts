import { loadavg } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Run } from '@carillon/contracts';
import { startPostgres } from '@carillon/rigs';
import { FrameworkOnCluster } from './mesos-scale/framework.js';

const SIZES = (process.env['BENCH_AGENTS'] ?? '100,1000,10000').split(',').map(Number);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5_000);
const SINGLES = 15;
const MB = 1_048_576;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * The framework on simulated clusters (no processes: tasks end on a timer), everything durable. Launches per second of
 * many runs due at once; how long after it is queued a single run is decided on (AttemptLaunched), its offers
 * included; and the framework's memory, before, and after each of two storms: what it kept of them.
 */
export async function run(): Promise<void> {
  console.log(`mesos-scale: ${RUNS} runs due at once, twice; ${SINGLES} single runs (load ${load()})`);
  console.log(
    'agents  launches/s (1st, 2nd)  decision p50, p99 ms  CPU ms/run  heap MB before, 1st, 2nd   RSS MB',
  );
  for (const agents of SIZES) {
    const postgres = await startPostgres({ durable: true });
    try {
      await measure(await FrameworkOnCluster.started(postgres, agents), agents);
    } finally {
      await postgres.stop();
    }
  }
}

async function measure(framework: FrameworkOnCluster, agents: number): Promise<void> {
  try {
    await framework.fire(100);
    const heaps = [heapMb()];
    const rates: number[] = [];
    const before = process.cpuUsage();
    for (let storm = 0; storm < 2; storm += 1) {
      rates.push(launchesPerSecond(await framework.fire(RUNS)));
      heaps.push(heapMb());
    }
    const { user, system } = process.cpuUsage(before);
    const waits: number[] = [];
    for (let single = 0; single < SINGLES; single += 1) {
      for (const { queuedAt, attempts } of await framework.fire(1)) {
        waits.push((attempts[0]?.launchedAt ?? Number.NaN) - queuedAt);
      }
    }
    waits.sort((one, other) => one - other);
    const at = (share: number) => String(waits[Math.floor((waits.length - 1) * share)]);
    console.log(
      ...[
        String(agents).padStart(6),
        rates
          .map((rate) => rate.toFixed(0))
          .join(', ')
          .padStart(22),
      ],
      ...[
        `${at(0.5)}, ${at(0.99)}`.padStart(21),
        ((user + system) / 1_000 / (2 * RUNS)).toFixed(2).padStart(11),
      ],
      ...[
        heaps
          .map((mb) => mb.toFixed(0))
          .join(', ')
          .padStart(25),
      ],
      (process.memoryUsage().rss / MB).toFixed(0).padStart(8),
    );
  } finally {
    await framework.stop();
  }
}

/** From the first to the last; of each run its first attempt. */
function launchesPerSecond(runs: readonly Run[]): number {
  const instants = runs.flatMap(({ queuedAt, attempts: [first] }) =>
    first ? [{ queuedAt, launchedAt: first.launchedAt }] : [],
  );
  const began = Math.min(...instants.map(({ queuedAt }) => queuedAt));
  const ended = Math.max(...instants.map(({ launchedAt }) => launchedAt));
  return (1_000 * instants.length) / Math.max(1, ended - began);
}

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / MB;
}

const load = () => loadavg()[0]?.toFixed(1);
