import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, eventually } from '../../e2e/support/api.js';
import { startStandalone } from '../../e2e/support/standalone.js';
import { createJobs, timeToCreate } from '../fire/jobs.js';
import { twoRounds } from '../fire/rounds.js';
import { allAtOnce, roomFor, simulatedMesos } from '../fire/simulated-mesos.js';
import type { Peer } from './lag.js';

const HOUR = 3_600_000;

interface EventRow {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Standalone as `npm start` runs it: decided by the timer, admitted, placed, and really started on local-mesos. */
export const carillon: Peer = {
  name: 'Carillon, a real process each, on local-mesos',
  lags: (jobs) => lagsOn(jobs, { simulated: false }),
};

/** All that Carillon does itself: its tasks are no more than the peers' no-ops, but a whole Mesos lies between. */
export const carillonSimulated: Peer = {
  name: 'Carillon, simulated tasks (no process, 100 ms each) on local-mesos',
  lags: (jobs) => lagsOn(jobs, { simulated: true }),
};

async function lagsOn(jobs: number, { simulated }: { readonly simulated: boolean }): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
  await chmod(folder, 0o755);
  const mesos = simulated ? await simulatedMesos(folder, jobs) : undefined;
  const process = await startStandalone({
    dataDir: join(folder, 'data'),
    env: { ...roomFor(jobs), ...(simulated ? allAtOnce(jobs) : {}) },
    args: mesos ? ['--mesos', mesos.address] : [],
  });
  try {
    const api = new Api(process.apiUrl);
    const { cron, dueAt } = twoRounds((await timeToCreate(api, jobs)) + Date.now(), HOUR / 2);
    await createJobs(api, 'peer', jobs, cron);
    if (Date.now() > dueAt[0] - 1_000)
      throw new Error('the jobs were created too late: the machine has slowed down; try again');
    return await startedLags(api, jobs, dueAt[0]);
  } finally {
    await process.interrupt();
    await mesos?.stop({ killTasks: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** Nothing is read while jobs start: reading along would be part of what is measured. */
async function startedLags(api: Api, jobs: number, dueAt: number): Promise<number[]> {
  const handsOffMs = Math.max(6_000, jobs * 2);
  let lookAt = dueAt + handsOffMs;
  return eventually(
    'all runs started',
    async () => {
      if (Date.now() < lookAt) return undefined;
      lookAt = Date.now() + handsOffMs;
      const lags: number[] = [];
      for (let after = 0; ; ) {
        const { events } = await api.expect<{ events: EventRow[] }>(
          200,
          'GET',
          `/v2/events?after=${after}&limit=1000`,
        );
        for (const { type, data } of events) {
          if (type === 'carillon.AttemptStarted') lags.push(Number(data['startedAt']) - dueAt);
        }
        const last = events.at(-1);
        if (last === undefined) return lags.length >= jobs && lags;
        after = last.position;
      }
    },
    dueAt - Date.now() + 120_000,
  );
}
