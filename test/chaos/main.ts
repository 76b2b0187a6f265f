import { parseArgs } from 'node:util';
import { killStandalone, printKillReport } from './kill-standalone.js';

// npm run chaos -- --seeds 20 [--first <seed>] [--jobs 200] [--at-once 4]
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    jobs: { type: 'string', default: '200' },
    'at-once': { type: 'string', default: '4' },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.first) + index);
let violated = 0;
while (seeds.length > 0) {
  const batch = seeds.splice(0, Number(values['at-once']));
  const reports = await Promise.all(batch.map((seed) => killStandalone(seed, Number(values.jobs))));
  for (const report of reports) {
    printKillReport(report);
    violated += report.violations.length;
  }
}
console.log(violated === 0 ? 'no violation' : `${violated} violations`);
process.exitCode = violated === 0 ? 0 : 1;
