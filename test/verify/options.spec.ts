import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freshDatabase, skipsBecause } from '@carillon/rigs';
import { describe, expect, it, test } from 'vitest';
import { verifyOptions } from './options.js';

const url = 'postgres://h/d';

describe('verifyOptions', () => {
  it('has one database for all, or of its own', () => {
    const { urls, graceMs } = verifyOptions(['--timer', 'postgres://t/d', '--grace=1.5'], {
      CARILLON_DATABASE_URL: url,
    });
    expect(urls).toEqual({
      timer: 'postgres://t/d',
      job_registry: url,
      scheduler_framework: url,
      history: url,
    });
    expect(graceMs).toBe(1_500);
  });

  it.each([
    [['--databse', url], '--databse'],
    [['--database', url, '--grace'], '--grace'],
    [['--database', url, '--grace', 'long'], '--grace "long": must be a number of seconds'],
    [['--timer', url], '--database or --job-registry must name'],
    [[url], url],
  ])('refuses %j', (argv, words) => {
    expect(() => verifyOptions(argv, {})).toThrow(words);
  });
});

const main = fileURLToPath(new URL('../dist/verify/main.js', import.meta.url));

const notBuilt = existsSync(main) ? undefined : 'it is not built (npx tsc -b test)';

test.skipIf(skipsBecause('verify as a program', notBuilt))(
  'a database without services ends it with 2',
  async () => {
    const fresh = await freshDatabase();
    const child = spawn(process.execPath, [main, '--database', fresh.url], {
      stdio: 'ignore',
      timeout: 20_000,
    });
    expect(await once(child, 'exit')).toEqual([2, null]);
    await fresh.drop();
  },
);
