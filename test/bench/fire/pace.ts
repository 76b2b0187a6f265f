import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** On the machine where dkron was measured: two virtual processors of a shared host. */
const REFERENCE = 851;

/**
 * Says how many processes Node starts per second just now, eight at a time: the same kind of machine is up to five times
 * slower at one moment than at another, so figures of another day say little without it.
 */
export async function measurePace(): Promise<void> {
  const script = join(import.meta.dirname, 'node-starts.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 120_000 });
  const rate = Number(stdout);
  console.log(
    `Node starts ${Math.round(rate)} processes/s here, 8 at a time: ${(rate / REFERENCE).toFixed(2)} of the ${REFERENCE}/s ` +
      'of the machine where dkron was measured',
  );
}
