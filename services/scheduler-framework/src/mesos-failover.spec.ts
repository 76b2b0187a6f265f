import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunDue } from '@carillon/contracts';
import {
  type RealMesos,
  realMesosMissing,
  skipsBecause,
  startRealMesos,
  startZooKeeper,
  zooKeeperMissing,
} from '@carillon/rigs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SchedulerFrameworkConfig } from './scheduler-framework.config.js';
import { FrameworkRig, type Instance, job } from './test/framework-rig.js';

const IN_FLIGHT = 500;
const LONG = { timeout: 240_000 };

let rig: FrameworkRig;
let real: RealMesos | undefined;

const lines = (name: string) =>
  existsSync(rig.file(name)) ? readFileSync(rig.file(name), 'utf8').trim().split('\n') : [];
const begun = () => lines('begun').length;

/** 500 runs whose commands say when they begin and end. */
async function fire(seconds: number): Promise<RunDue[]> {
  const jobs = Array.from({ length: IN_FLIGHT }, (_, index) =>
    job(`u${index}`, {
      cmd: `echo $MARATHON_APP_ID >> ${rig.file('begun')}; sleep ${seconds}; echo $MARATHON_APP_ID >> ${rig.file('done')}`,
    }),
  );
  rig.define(...jobs);
  const dues = jobs.map((one) => rig.due(one));
  await rig.fire(dues);
  return dues;
}

/** Waits until every run has its outcome, prints the account, and expects it to be whole. */
async function account(what: string, one: Instance, lostAgent?: string): Promise<void> {
  const all = async () => (await one.api.listRuns({ uids: [], activeOnly: false })).runs;
  const open = async () =>
    (await all()).flatMap(({ runId, status, attempts }) =>
      status === 'ended' ? [] : [`${runId} ${status} ${attempts.map(({ state }) => state).join(' ')}`],
    );
  await expect.poll(open, { timeout: 120_000, interval: 500 }).toEqual([]);
  const runs = await all();
  const lost = runs.filter(({ outcome }) => outcome === 'lost');
  const begins = lines('begun');
  const figures = {
    launched: runs.filter(({ attempts }) => attempts.length > 0).length,
    lost: lost.filter(({ attempts }) => attempts.at(-1)?.agentId !== lostAgent).length,
    twice: begins.length - new Set(begins).size,
    'accounted for': runs.filter(({ outcome }) => outcome === 'succeeded' || outcome === 'lost').length,
  };
  const said = Object.entries(figures).map(([name, count]) => `${count} ${name}`);
  const gone = lostAgent === undefined ? '' : ` (and ${lost.length} with the agent)`;
  console.log(`${what}, ${IN_FLIGHT} runs: ${said.join(', ')}${gone}`);
  const doubles = begins.filter((line, index) => begins.indexOf(line) !== index);
  for (const run of runs) {
    const isDouble = doubles.some((line) => line.includes(run.runId));
    if (!isDouble && (run.outcome === 'succeeded' || run.outcome === 'lost')) continue;
    console.log(`${isDouble ? 'begun twice' : (run.outcome ?? run.status)}: ${JSON.stringify(run)}`);
  }
  expect(figures).toEqual({ launched: IN_FLIGHT, lost: 0, twice: 0, 'accounted for': IN_FLIGHT });
}

const beganSome = (count: number) =>
  expect.poll(begun, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(count);

beforeEach(async () => {
  rig = await FrameworkRig.start();
});
afterEach(async () => {
  await rig.stop();
  await real?.stop();
  real = undefined;
});

const built = existsSync(fileURLToPath(new URL('../dist/test/instance.main.js', import.meta.url)));
const missing = built ? undefined : 'the service is not built; run tsc -b services/scheduler-framework';

describe.skipIf(skipsBecause('failover on a real Mesos', realMesosMissing() ?? missing))(
  'on Apache Mesos 1.11',
  () => {
    /** What may happen, each at a moment when so many commands have begun. */
    interface Disaster {
      readonly name: string;
      strike(place: Place): Promise<void>;
    }
    interface Place {
      readonly mesos: RealMesos;
      readonly config: Partial<SchedulerFrameworkConfig>;
      /** Who leads, or will. */
      one: Instance;
      first: ChildProcess;
      lostAgent?: string;
    }

    const masterRestart: Disaster = {
      name: 'master restart',
      async strike({ mesos }) {
        mesos.kill9('master');
        await mesos.startAgain();
      },
    };
    const frameworkFailover: Disaster = {
      name: 'framework failover',
      async strike(place) {
        place.first.kill('SIGKILL');
        await once(place.first, 'exit');
        await expect
          .poll(() => place.one.api.getLeader({}), { timeout: 30_000, interval: 20 })
          .toMatchObject({ holder: 'second' });
      },
    };
    const agentRestart: Disaster = {
      name: 'agent restart',
      async strike({ mesos }) {
        mesos.kill9(0);
        await mesos.startAgain();
      },
    };
    const agentLoss: Disaster = {
      name: 'agent loss',
      async strike(place) {
        const state = await fetch(`http://${place.mesos.agents[1]}/state`);
        ({ id: place.lostAgent } = (await state.json()) as { id: string });
        place.mesos.kill9(1);
      },
    };
    const ALL = [masterRestart, frameworkFailover, agentRestart, agentLoss];
    // One batch for all of them, one after the other; each alone takes minutes: FAILOVER_EACH=1.
    const batches = process.env['FAILOVER_EACH'] ? ALL.map((one) => [one]) : [ALL];

    it.each(batches.map((batch) => ({ name: batch.map(({ name }) => name).join(', '), batch })))(
      '$name',
      LONG,
      async ({ name, batch }) => {
        real = await startRealMesos({ agents: 2, cpus: 500, mem: 200_000, environment: { PING: '1secs' } });
        const config = { mesosMaster: real.master, unreachableTimeoutSeconds: 30 };
        const dues = await fire(1);
        const first = await rig.process(await rig.observer(), config);
        const one = await rig.instance({ ...config, instance: 'second' });
        const place: Place = { mesos: real, config, one, first };
        for (const [index, disaster] of batch.entries()) {
          await beganSome((index + 1) * 60);
          const { runs } = await one.api.listRuns({ uids: [], activeOnly: true });
          console.log(`${disaster.name}: ${begun()} begun, ${runs.length} of ${dues.length} not ended`);
          await disaster.strike(place);
        }
        await account(name, one, place.lostAgent);
      },
    );

    it('an agent is drained: inverse offers are accepted, and no new run goes there', LONG, async () => {
      real = await startRealMesos({ agents: 1 });
      const one = await rig.instance({ mesosMaster: real.master });
      const start = (name: string) => {
        const made = job(name, { cmd: 'true' });
        rig.define(made);
        return one.api.startRun({ jobId: made.spec.id, uid: name, revision: 1 });
      };
      const outcome = (run: { jobId: string; uid: string; runId: string }) =>
        expect.poll(() => one.api.getRun(run).then((found) => found.outcome), { timeout: 60_000 });
      await outcome(await start('before')).toBe('succeeded');
      await maintain(real.master, [{ hostname: 'localhost', ip: '127.0.0.1' }]);
      const during = await start('during');
      await expect
        .poll(() => one.api.getPlacement(during).then(({ lacks }) => lacks.flatMap((of) => of.lacks)), {
          timeout: 60_000,
        })
        .toEqual([expect.stringContaining('maintenance: the agent is drained from')]);
      await expect.poll(() => accepted(real?.master ?? ''), { timeout: 60_000 }).toBe(true);
      await maintain(real.master, []);
      await outcome(during).toBe('succeeded');
    });
  },
);

/** Schedules maintenance of these machines, an hour long from now, in place of what was scheduled. */
async function maintain(master: string, machines: readonly object[]): Promise<void> {
  const unavailability = {
    start: { nanoseconds: Date.now() * 1e6 },
    duration: { nanoseconds: 3_600e9 },
  };
  const windows = machines.length > 0 ? [{ machine_ids: machines, unavailability }] : [];
  const { status } = await fetch(`http://${master}/maintenance/schedule`, {
    method: 'POST',
    body: JSON.stringify({ windows }),
  });
  expect(status).toBe(200);
}

/** Whether the framework has accepted that its agents go down. */
async function accepted(master: string): Promise<boolean> {
  const answer = await fetch(`http://${master}/maintenance/status`);
  return /"status":"ACCEPT"/.test(await answer.text());
}

describe.skipIf(skipsBecause('master failover with ZooKeeper', zooKeeperMissing()))('with ZooKeeper', () => {
  it('another master leads', LONG, async () => {
    const zookeeper = await startZooKeeper(1);
    try {
      const zk = `zk://${zookeeper.servers.join(',')}/mesos`;
      await rig.stop();
      rig = await FrameworkRig.start({ masters: 2, zk });
      const one = await rig.instance({ mesosMaster: zk });
      await fire(1);
      await beganSome(100);
      await rig.mesos.masters.find(({ isLeading }) => isLeading)?.kill();
      await account('master failover with ZooKeeper', one);
      await rig.stop();
    } finally {
      await zookeeper.stop();
    }
  });
});
