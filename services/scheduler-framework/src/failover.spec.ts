import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunDue } from '@carillon/contracts';
import { skipsBecause } from '@carillon/rigs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameworkRig, type Instance, job } from './test/framework-rig.js';

const built = existsSync(fileURLToPath(new URL('../dist/test/instance.main.js', import.meta.url)));
const missing = built ? undefined : 'the service is not built; run tsc -b services/scheduler-framework';

let rig: FrameworkRig;
beforeEach(async () => {
  rig = await FrameworkRig.start();
});
afterEach(() => rig.stop());

/** Tasks say when they begin and end: a run that was executed twice has begun twice. */
const told = (name: string) =>
  existsSync(rig.file(name)) ? readFileSync(rig.file(name), 'utf8').trim().split('\n') : [];
const tellingJobs = (count: number, seconds: number) =>
  Array.from({ length: count }, (_, index) =>
    job(`u${index}`, {
      cmd: `echo $MARATHON_APP_ID >> ${rig.file('begun')}; sleep ${seconds}; echo $MARATHON_APP_ID >> ${rig.file('done')}`,
    }),
  );

async function fireAll(jobs: readonly ReturnType<typeof job>[]): Promise<RunDue[]> {
  const dues = jobs.map((one) => rig.due(one));
  await rig.fire(dues);
  return dues;
}

const outcomes = async (one: Instance) => {
  const { runs } = await one.api.listRuns({ uids: [], activeOnly: false });
  return Object.fromEntries(
    Object.entries(Object.groupBy(runs, ({ outcome, status }) => outcome ?? status)).map(([of, some]) => [
      of,
      some.length,
    ]),
  );
};

const onceEach = (count: number) => {
  expect(new Set(told('begun')).size).toBe(count);
  expect(told('begun')).toHaveLength(count);
  expect(told('done')).toHaveLength(count);
};

describe.skipIf(skipsBecause('the failover of a leading process', missing))('a leader that', () => {
  it('is killed is followed within 5 s; its tasks go on, and nothing is launched twice', async () => {
    const jobs = tellingJobs(60, 1);
    rig.define(...jobs);
    const database = await rig.observer();
    const first = await rig.process(database);
    const dues = await fireAll(jobs);
    await expect.poll(() => told('begun').length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(10);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const killedAt = Date.now();
    const second = await rig.instance({ instance: 'second' });
    await expect
      .poll(() => second.api.getLeader({}), { timeout: 5_000 })
      .toMatchObject({ holder: 'second', epoch: 2 });
    expect(Date.now() - killedAt).toBeLessThan(5_000);
    await expect.poll(() => outcomes(second), { timeout: 30_000 }).toEqual({ succeeded: dues.length });
    onceEach(dues.length);
  });

  it('is paused and resumed can do nothing any more', async () => {
    const jobs = tellingJobs(60, 1);
    rig.define(...jobs);
    const database = await rig.observer();
    const first = await rig.process(database);
    const dues = await fireAll(jobs);
    await expect.poll(() => told('begun').length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(10);
    first.kill('SIGSTOP');
    const second = await rig.instance({ instance: 'second' });
    await expect
      .poll(() => second.api.getLeader({}), { timeout: 15_000 })
      .toMatchObject({ holder: 'second' });
    first.kill('SIGCONT');
    await expect.poll(() => outcomes(second), { timeout: 30_000 }).toEqual({ succeeded: dues.length });
    onceEach(dues.length);
  });
});

it('hands over at once when it is stopped', async () => {
  const leaseMs = 60_000; // so that nobody takes over because it ran out
  const first = await rig.instance({ instance: 'first', leaseMs });
  await expect.poll(() => first.api.getLeader({}), { timeout: 15_000 }).toMatchObject({ holder: 'first' });
  const second = await rig.instance({ instance: 'second', leaseMs });
  const jobs = tellingJobs(20, 0.5);
  rig.define(...jobs);
  await fireAll(jobs);
  await expect.poll(() => told('begun').length, { timeout: 20_000 }).toBeGreaterThan(5);
  await first.close();
  await expect.poll(() => second.api.getLeader({}), { timeout: 15_000 }).toMatchObject({ holder: 'second' });
  await expect.poll(() => outcomes(second), { timeout: 20_000 }).toEqual({ succeeded: 20 });
  onceEach(20);
});

describe('a master that restarts', () => {
  it('finds its tasks again, and every run its outcome', async () => {
    const one = await rig.instance();
    const jobs = tellingJobs(40, 1);
    rig.define(...jobs);
    await fireAll(jobs);
    await expect.poll(() => told('begun').length, { timeout: 20_000 }).toBeGreaterThan(5);
    await rig.stopMesos();
    await fireAll(jobs);
    await rig.startMesos();
    await expect.poll(() => outcomes(one), { timeout: 40_000 }).toEqual({ succeeded: 80 });
    onceEach(80);
  });

  it('has killed what was stopped while it was away', async () => {
    const one = await rig.instance();
    const slow = job('u1', { cmd: 'sleep 60' });
    rig.define(slow);
    const [due] = await fireAll([slow]);
    if (!due) throw new Error('no run');
    await expect
      .poll(() => one.api.getRun(due).then(({ status }) => status), { timeout: 20_000 })
      .toBe('running');
    await rig.stopMesos();
    await one.api.stopRun(due);
    await rig.startMesos();
    await expect
      .poll(() => one.api.getRun(due).then(({ outcome }) => outcome), { timeout: 20_000 })
      .toBe('killed');
    await expect.poll(() => rig.mesos.runningTasks(), { timeout: 20_000 }).toEqual([]);
  });
});
