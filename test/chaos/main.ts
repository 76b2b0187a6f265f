import { killStandalone, printKillReport } from './kill-standalone.js';
import { type ChaosOptions, readOptions } from './options.js';

const options = prepare();
if (typeof options === 'string') {
  process.stdout.write(options);
} else if (options) {
  process.exitCode = await killAll(options);
}

/** Help to print, or nothing, and exit code 2, when an option is bad. */
function prepare(): ChaosOptions | string | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

async function killAll({ seeds, jobs, atOnce }: ChaosOptions): Promise<number> {
  let violated = 0;
  for (let from = 0; from < seeds.length; from += atOnce) {
    const batch = seeds.slice(from, from + atOnce);
    const reports = await Promise.all(batch.map((seed) => killStandalone(seed, jobs)));
    for (const report of reports) {
      printKillReport(report);
      violated += report.violations.length;
    }
  }
  console.log(violated === 0 ? 'no violation' : `${violated} violations`);
  return violated === 0 ? 0 : 1;
}
