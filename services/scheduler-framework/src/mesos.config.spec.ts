import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@carillon/service-runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { frameworkInfo } from './adapters/mesos/framework-info.js';
import { mesosSecurity } from './adapters/mesos/mesos-security.js';
import { envMasters } from './mesos.config.js';
import {
  completeConfig,
  frameworkSettings,
  schedulerFrameworkSettings,
} from './scheduler-framework.config.js';

const folder = mkdtempSync(join(tmpdir(), 'mesos-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const schema = z.object(schedulerFrameworkSettings).transform(frameworkSettings);
const config = (env: Record<string, string>) =>
  completeConfig({ databaseUrl: 'postgres://h/d', mesosMaster: 'm:5050', ...loadConfig(schema, env) });
const shown = (env: Record<string, string>) => mesosSecurity(config(env).mesosAccess).authorization?.();
const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;

describe('access to Mesos', () => {
  it('is by principal and secret, or by a token', () => {
    const principal = { CARILLON_MESOS_PRINCIPAL: 'me' };
    expect(shown({ ...principal, CARILLON_MESOS_SECRET: 'hunter2' })).toBe(basic);
    expect(shown({ ...principal, CARILLON_MESOS_SECRET_FILE: file('secret', 'hunter2\n') })).toBe(basic);
    expect(shown({ CARILLON_MESOS_TOKEN_FILE: file('token', 'abc\n') })).toBe('Bearer abc');
    expect(shown(principal)).toBeUndefined();
    const { tls } = mesosSecurity(config({ CARILLON_MESOS_CA_FILE: file('ca', 'PEM') }).mesosAccess);
    expect(tls).toEqual({ ca: 'PEM' });
  });

  it('is refused by name of the variable, without the secret', () => {
    expect(() => config({ CARILLON_MESOS_SECRET: 'hunter2' })).toThrow(
      'CARILLON_MESOS_PRINCIPAL is not set: must be set together with CARILLON_MESOS_SECRET',
    );
    expect(() =>
      config({ CARILLON_MESOS_SECRET: 'hunter2', CARILLON_MESOS_TOKEN_FILE: file('token', 'abc') }),
    ).toThrow('CARILLON_MESOS_SECRET="***": must not be set together with CARILLON_MESOS_TOKEN_FILE');
    expect(() => config({ CARILLON_MESOS_CA_FILE: '/nowhere' })).toThrow(
      'CARILLON_MESOS_CA_FILE="/nowhere": must be a file that can be read',
    );
  });
});

describe('masters', () => {
  const masters = z.object({ CARILLON_MESOS_MASTER: envMasters });
  it.each(['m:5050', 'm1:5050,m2:5050', 'https://m1:5050', 'zk://me:hunter2@z1,z2:2182/mesos'])(
    '%s',
    (value) => {
      expect(loadConfig(masters, { CARILLON_MESOS_MASTER: value })).toEqual({ CARILLON_MESOS_MASTER: value });
    },
  );

  it.each(['zk://me:hunter2@z1', 'ftp://m1', 'https://me:hunter2@m1'])('refuses %s', (value) => {
    expect(() => loadConfig(masters, { CARILLON_MESOS_MASTER: value })).toThrow(/^(?!.*hunter2).*expected/);
  });
});

it('a framework tells Mesos all that is set', () => {
  const info = frameworkInfo(
    config({
      CARILLON_MESOS_ROLE: 'batch, spare',
      CARILLON_MESOS_PRINCIPAL: 'me',
      CARILLON_MESOS_LABELS: 'team=night,note=a=b',
      CARILLON_WEBUI_URL: 'https://carillon.example',
      CARILLON_GPUS: 'restricted',
      CARILLON_FAILOVER_TIMEOUT_SECONDS: '60',
      CARILLON_MESOS_USER: 'cron',
    }),
  );
  expect(info).toEqual({
    name: 'carillon',
    user: 'cron',
    roles: ['batch', 'spare'],
    checkpoint: true,
    failoverTimeout: 60,
    principal: 'me',
    webuiUrl: 'https://carillon.example',
    labels: {
      labels: [
        { key: 'team', value: 'night' },
        { key: 'note', value: 'a=b' },
      ],
    },
    capabilities: [
      'MULTI_ROLE',
      'PARTITION_AWARE',
      'TASK_KILLING_STATE',
      'REGION_AWARE',
      'RESERVATION_REFINEMENT',
      'GPU_RESOURCES',
    ].map((type) => ({ type })),
  });
});
