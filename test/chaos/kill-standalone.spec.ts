import { expect, it } from 'vitest';
import { killStandalone, printKillReport } from './kill-standalone.js';

it('kill -9 amid due runs: one run for each due instant, no command twice', {
  timeout: 300_000,
}, async () => {
  const seeds = [Math.floor(Math.random() * 1e6), Math.floor(Math.random() * 1e6)];
  const reports = await Promise.all(seeds.map((seed) => killStandalone(seed, 100)));
  reports.forEach(printKillReport);
  expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
});
