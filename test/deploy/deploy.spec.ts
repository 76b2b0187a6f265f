import { skipsBecause } from '@carillon/rigs';
import { describe, expect, test } from 'vitest';
import { noPromtool, run } from './run.js';

describe.skipIf(skipsBecause('Prometheus rules', noPromtool))('the alert rules', () => {
  test('are valid, as the configuration is', () => {
    const { ok, output } = run('promtool', 'check', 'config', 'deploy/prometheus/prometheus.yml');
    expect(ok, output).toBe(true);
  });

  test('fire when they should, and only then', () => {
    const { ok, output } = run('promtool', 'test', 'rules', 'deploy/prometheus/alerts.test.yml');
    expect(ok, output).toBe(true);
  });
});

const compose = [['docker', 'compose'] as const, ['docker-compose'] as const].find(
  ([command, ...rest]) => run(command, ...rest, 'version').ok,
);
const noCompose = compose
  ? undefined
  : 'docker compose is not here (Debian: apt install docker-compose, no engine needed)';

describe.skipIf(skipsBecause('docker compose', noCompose))('docker-compose.yml', () => {
  test('is valid', () => {
    const [command = '', ...rest] = compose ?? [];
    const { ok, output } = run(command, ...rest, '-f', 'docker-compose.yml', 'config', '--quiet');
    expect(ok, output).toBe(true);
  });
});
