import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { skipsBecause } from '@carillon/rigs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const main = (service: string) => fileURLToPath(new URL(`services/${service}/dist/main.js`, root));

const services = ['job-registry', 'timer', 'scheduler-framework', 'history', 'gateway'];
const notBuilt = services.every((service) => existsSync(main(service))) ? undefined : 'run tsc -b first';

/** What docker-compose.yml gives a service. */
function environmentOf(service: string): Record<string, string | undefined> {
  const files = ['common', service].map((name) => new URL(`deploy/env/${name}.env`, root));
  const texts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
  return Object.assign({}, ...texts.map(parseEnv)) as Record<string, string>;
}

describe.skipIf(skipsBecause('the environment of compose', notBuilt))('the environment of compose', () => {
  test.each(services)('is one that %s accepts', (service) => {
    // One variable is wrong on purpose, so that the process ends; it names every problem.
    const env = { PATH: process.env['PATH'], ...environmentOf(service), CARILLON_ADMIN_PORT: 'wrong' };
    const { status, stderr } = spawnSync(process.execPath, [main(service)], { env, encoding: 'utf8' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('CARILLON_ADMIN_PORT="wrong"')]);
    expect(status).toBe(78);
  });
});
