import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OutputLimits } from './output-limits.js';

let sandbox: string;
let limits: OutputLimits;
beforeEach(() => {
  sandbox = mkdtempSync(join(tmpdir(), 'output-'));
});
afterEach(async () => {
  await limits.stop();
  rmSync(sandbox, { recursive: true });
});

it('what is written while output is set aside does not prolong that', async () => {
  const output = join(sandbox, 'stdout');
  const size = 5_000_000;
  writeFileSync(output, Buffer.alloc(size));
  limits = new OutputLimits({ maxBytes: 1_000, running: () => [sandbox] });
  await expect.poll(() => existsSync(`${output}.1`), { interval: 1, timeout: 10_000 }).toBe(true);
  // Faster than it is read, until it is begun anew; some 200 MB at most.
  const more = Buffer.alloc(500_000);
  for (let turns = 0; turns < 400 && statSync(output).size >= size; turns++) {
    appendFileSync(output, more);
    await setImmediate();
  }
  expect(statSync(`${output}.1`).size).toBe(size);
});
