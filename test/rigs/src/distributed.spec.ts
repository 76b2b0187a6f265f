import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { skipsBecause } from './availability.js';
import { type Distributed, startDistributed } from './distributed.js';
import { kafkaMissing } from './kafka.js';

const JOBS = 5;
const SERVICES = ['job-registry', 'timer', 'scheduler-framework', 'history'];

interface Summary {
  readonly activeRuns: readonly unknown[];
  readonly history: {
    readonly failureCount: number;
    readonly successfulFinishedRuns: readonly { readonly id: string }[];
  };
}

async function call<T>(url: string, method = 'GET', body?: object): Promise<T> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(10_000),
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Starts runs, one after the other, until told to stop; what was not acknowledged may or may not have started. */
function startRuns(apiUrl: string) {
  const acknowledged: string[] = [];
  const stopping = new AbortController();
  const finished = (async () => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const run = await call<{ id: string }>(`${apiUrl}/v1/jobs/job-${n % JOBS}/runs`, 'POST').catch(
        () => undefined,
      );
      if (run) acknowledged.push(run.id);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await finished;
      return acknowledged;
    },
  };
}

async function killEverythingOnce(carillon: Distributed): Promise<void> {
  const { kafka, postgres } = carillon;
  for (const name of SERVICES) {
    await carillon.process(name).kill9();
    await carillon.process(name).restart();
  }
  if (kafka.owned) {
    await kafka.kill9();
    await kafka.restart();
  }
  await postgres.restart();
}

describe.skipIf(skipsBecause('the distributed rig', kafkaMissing()))('the distributed shape', () => {
  it('runs every acknowledged run once while each of its parts is killed and comes back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-evidence-'));
    const evidence = join(folder, 'runs');
    const carillon = await startDistributed();
    try {
      const { apiUrl } = carillon;
      for (let n = 0; n < JOBS; n += 1) {
        const cmd = `echo "$MESOS_TASK_ID" >> ${evidence}`;
        await call(`${apiUrl}/v1/jobs`, 'POST', {
          id: `job-${n}`,
          run: { cpus: 0.01, mem: 32, disk: 0, cmd },
        });
      }
      const runs = startRuns(apiUrl);
      await killEverythingOnce(carillon);
      const acknowledged = await runs.stop();

      const summaries = () =>
        Promise.all(
          Array.from({ length: JOBS }, (_, n) =>
            call<Summary>(`${apiUrl}/v1/jobs/job-${n}?embed=activeRuns&embed=history`),
          ),
        );
      const active = async () => (await summaries()).flatMap(({ activeRuns }) => activeRuns);
      await expect.poll(active, { timeout: 60_000, interval: 500 }).toEqual([]);
      const histories = (await summaries()).map(({ history }) => history);
      const remembered = histories.flatMap(({ successfulFinishedRuns }) =>
        successfulFinishedRuns.map(({ id }) => id),
      );
      const ran = (await readFile(evidence, 'utf8'))
        .trim()
        .split('\n')
        .map((taskId) => taskId.split(/[_.]/)[1] ?? taskId);

      expect(acknowledged.length).toBeGreaterThan(10);
      expect(histories.map(({ failureCount }) => failureCount)).toEqual(histories.map(() => 0));
      expect(remembered).toEqual(expect.arrayContaining(acknowledged));
      expect(ran.sort()).toEqual(remembered.sort());
    } finally {
      await carillon.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 300_000);
});
