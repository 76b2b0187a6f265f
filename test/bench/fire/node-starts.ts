import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * A small Node process that starts `true`, eight at a time, and prints how many it started per second. It is a process of
 * its own since Node starts others the slower the more memory it has touched.
 */
const COUNT = 1_000;
const IN_FLIGHT = 8;

let left = COUNT;
const began = performance.now();
await Promise.all(
  Array.from({ length: IN_FLIGHT }, async () => {
    while (left > 0) {
      left -= 1;
      await once(spawn('true', { stdio: 'ignore' }), 'exit');
    }
  }),
);
process.stdout.write(`${COUNT / ((performance.now() - began) / 1_000)}\n`);
