import { bullMq } from './peers/bullmq.js';
import { carillon, carillonSimulated } from './peers/carillon.js';
import { graphileWorker } from './peers/graphile-worker.js';
import { PATIENCE_MS, type Peer } from './peers/lag.js';
import { pgBoss } from './peers/pg-boss.js';

const COUNTS = (process.env['BENCH_JOBS'] ?? '1000,5000').split(',').map(Number);
const PEERS: readonly Peer[] = [carillonSimulated, carillon, graphileWorker, pgBoss, bullMq];

/**
 * Jobs that are all due at one instant, one after another with each peer: how late they begin. The peers only call a function in
 * their own process; Carillon decides by event and survives any crash in between; it places tasks that end on a timer, against
 * which all others are compared, and tasks that are processes.
 */
export async function run(): Promise<void> {
  for (const jobs of COUNTS) {
    console.log(`${jobs} jobs due at one instant: lag from due to started in ms, and p99 against the first`);
    let base: number | undefined;
    for (const peer of PEERS) {
      if (peer.missing !== undefined) {
        console.log(`  ${peer.name}: left out: ${peer.missing}`);
        continue;
      }
      const lags = (await peer.lags(jobs)).sort((a, b) => a - b);
      const at = (share: number) => lags[Math.min(jobs - 1, Math.floor(jobs * share))];
      base ??= at(0.99) ?? Number.NaN;
      console.log(`  ${peer.name}: ${describe(lags.length, jobs, { p50: at(0.5), p99: at(0.99), base })}`);
    }
  }
}

interface Shares {
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly base: number;
}

function describe(begun: number, jobs: number, { p50, p99, base }: Shares): string {
  const late = `not within ${PATIENCE_MS / 1_000} s`;
  const ratio = p99 === undefined ? `over ${(PATIENCE_MS / base).toFixed(1)}` : (p99 / base).toFixed(2);
  const unfinished =
    begun < jobs ? `; not finished after ${PATIENCE_MS / 1_000} s: ${jobs - begun} not begun` : '';
  return `p50 ${p50 ?? late}, p99 ${p99 ?? late} (${ratio} times)${unfinished}`;
}
