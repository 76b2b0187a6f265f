import { writeFileSync } from 'node:fs';
import { masterOperator } from '@carillon/mesos';
import { type RealMesos, realMesosMissing, skipsBecause, startRealMesos } from '@carillon/rigs';
import { loadConfig } from '@carillon/service-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schedulerFrameworkSettings } from './scheduler-framework.config.js';
import { FrameworkRig, job } from './test/framework-rig.js';

let rig: FrameworkRig;
let real: RealMesos | undefined;
beforeEach(async () => {
  rig = await FrameworkRig.start();
});
afterEach(async () => {
  await rig.stop();
  await real?.stop();
  real = undefined;
});

function write(value: unknown): string {
  const path = rig.file('framework.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

it.each([
  ['not JSON', '{', /is no JSON/],
  ['another property', { role: 'a' }, /Unrecognized key: "role"/],
  ['no role', { roles: [] }, /roles: /],
  ['no link', { webuiUrl: 'ftp://x' }, /webuiUrl: /],
])('is refused at start: %s', (_, value, message) => {
  const load = () =>
    loadConfig(z.object(schedulerFrameworkSettings), { CARILLON_MESOS_FRAMEWORK_FILE: write(value) });
  expect(load).toThrow(message);
});

const masters: [string, string | undefined, () => Promise<string>][] = [
  ['a local Mesos', undefined, () => Promise.resolve(rig.mesos.address)],
  [
    'Apache Mesos 1.11',
    realMesosMissing(),
    async () => {
      real = await startRealMesos({ cpus: 8, mem: 4_096 });
      return real.master;
    },
  ],
];

describe.each(masters)('on %s', (where, missing, started) => {
  it.skipIf(skipsBecause(`a framework that changes, on ${where}`, missing))(
    'changes roles, labels, link and failover timeout while a task runs',
    async () => {
      const master = await started();
      const operator = masterOperator({ masters: master });
      const shown = async () => {
        const { frameworks } = await operator.getFrameworks();
        return frameworks.map(({ frameworkInfo: { id, roles, labels, webuiUrl, failoverTimeout } }) => ({
          ...{ id: id?.value, roles, labels: labels?.labels, webuiUrl, failoverTimeout },
        }))[0];
      };
      const one = job('u1', { cmd: `while [ ! -e ${rig.file('go')} ]; do sleep 0.1; done` });
      rig.define(one, job('u2', { cmd: 'true' }));
      const path = write({ labels: { team: 'day' } });
      const { api } = await rig.instance({ mesosMaster: master, frameworkFile: path, lookEveryMs: 20 });
      const run = await api.startRun({ jobId: one.spec.id, uid: 'u1', revision: 1 });
      const status = async (of: typeof run) => (await api.getRun(of)).status;
      await expect.poll(() => status(run), { timeout: 30_000 }).toBe('running');
      const before = await shown();
      expect(before).toMatchObject({ roles: ['*'], labels: [{ key: 'team', value: 'day' }] });

      write({
        roles: ['*', 'night'],
        labels: { team: 'night' },
        webuiUrl: 'https://c.example/',
        failoverTimeoutSeconds: 77,
      });
      await expect.poll(shown, { timeout: 10_000 }).toEqual({
        ...{ id: before?.id, roles: ['*', 'night'], labels: [{ key: 'team', value: 'night' }] },
        ...{ webuiUrl: 'https://c.example/', failoverTimeout: 77 },
      });
      write('{');
      const second = await api.startRun({ jobId: 'test.u2', uid: 'u2', revision: 1 });
      await expect.poll(() => status(second), { timeout: 30_000 }).toBe('ended');
      expect((await shown())?.failoverTimeout).toBe(77);
      expect(await status(run)).toBe('running');
      writeFileSync(rig.file('go'), '');
      await expect.poll(() => status(run), { timeout: 30_000 }).toBe('ended');
      expect((await api.getRun(run)).outcome).toBe('succeeded');
      await operator.close();
    },
    60_000,
  );
});
