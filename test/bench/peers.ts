import { bullMq } from './peers/bullmq.js';
import { carillon } from './peers/carillon.js';
import { graphileWorker } from './peers/graphile-worker.js';
import type { Peer } from './peers/lag.js';
import { pgBoss } from './peers/pg-boss.js';

const COUNTS = (process.env['BENCH_JOBS'] ?? '1000,5000').split(',').map(Number);
const PEERS: readonly Peer[] = [carillon, graphileWorker, pgBoss, bullMq];

/**
 * Jobs that are all due at one instant, one after another with each peer: how late they begin. The peers only call a function in
 * their own process; Carillon decides by event, survives any crash in between, and starts a process.
 */
export async function run(): Promise<void> {
  for (const jobs of COUNTS) {
    console.log(`${jobs} jobs due at one instant: lag from due to started in ms`);
    let base: number | undefined;
    for (const peer of PEERS) {
      if (peer.missing !== undefined) {
        console.log(`  ${peer.name}: left out: ${peer.missing}`);
        continue;
      }
      const lags = (await peer.lags(jobs)).sort((a, b) => a - b);
      const at = (share: number) =>
        lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? Number.NaN;
      const missing = lags.length < jobs ? `, ${jobs - lags.length} not begun within 120 s` : '';
      base ??= at(0.99);
      const ratio = (at(0.99) / base).toFixed(2);
      console.log(`  ${peer.name}: p50 ${at(0.5)}, p99 ${at(0.99)} (${ratio} of Carillon's)${missing}`);
    }
  }
}
