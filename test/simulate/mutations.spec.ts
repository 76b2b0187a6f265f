import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from './mutations.js';

const main = fileURLToPath(new URL('../dist/simulate/main.js', import.meta.url));
/** As `small` and `rough` of simulate.spec.ts. */
const OPTIONS = {
  small: '--schedules 12 --days 0.02 --every 2 --fault-every 20 --noise 2 --action-every 8',
  rough: '--schedules 20 --days 0.05 --every 2 --fault-every 8 --noise 5 --action-every 5',
};

const FOUND = MUTATIONS.flatMap(({ name, found }) => (found ? [[name, found] as const] : []));

describe('the simulator brings to light that', () => {
  it.each(FOUND)('%s', async (name, { how, seed }) => {
    if (!existsSync(main)) throw new Error('build first: tsc -b test');
    const args = [main, ...OPTIONS[how].split(' '), '--faults', String(seed), '--mutation', name];
    const run = promisify(execFile)(process.execPath, args);
    const { code, stdout } = (await run.catch((error: unknown) => error)) as {
      code?: number;
      stdout: string;
    };
    expect(code).toBe(1);
    expect(stdout).toMatch(/BROKEN at step \d+.*: (?!nothing fails)/);
    expect(stdout).not.toContain('    at ');
  });
});
