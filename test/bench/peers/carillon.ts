import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, eventually } from '../../e2e/support/api.js';
import { startStandalone } from '../../e2e/support/standalone.js';
import type { Peer } from './lag.js';

const MINUTE = 60_000;

interface EventRow {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Standalone as `npm start` runs it: decided by the timer, admitted, placed, and really started on local-mesos. */
export const carillon: Peer = {
  name: 'Carillon, a real process each, on local-mesos',
  async lags(jobs) {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
    await chmod(folder, 0o755);
    const room = { CARILLON_LOCAL_CPUS: String(jobs), CARILLON_LOCAL_MEM: String(jobs * 64) };
    const process = await startStandalone({ dataDir: join(folder, 'data'), env: room });
    try {
      const api = new Api(process.apiUrl);
      const dueAt = (Math.floor(Date.now() / MINUTE) + (jobs > 2_000 ? 3 : 2)) * MINUTE;
      const cron = `${new Date(dueAt).getUTCMinutes()} * * * *`;
      for (let at = 0; at < jobs; at += 8) {
        const ids = Array.from({ length: Math.min(8, jobs - at) }, (_, index) => `peer.job-${at + index}`);
        await Promise.all(ids.map((id) => api.createJob({ id, cmd: 'true', cron })));
      }
      if (Date.now() > dueAt - 1_000) throw new Error('the jobs were created too late; use fewer');
      return await startedLags(api, jobs, dueAt);
    } finally {
      await process.interrupt();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Nothing is read while jobs start: reading along would be part of what is measured. */
async function startedLags(api: Api, jobs: number, dueAt: number): Promise<number[]> {
  let lookAt = dueAt + 6_000;
  return eventually(
    'all runs started',
    async () => {
      if (Date.now() < lookAt) return undefined;
      lookAt = Date.now() + 6_000;
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
        if (last === undefined || events.length < 1_000) return lags.length >= jobs && lags;
        after = last.position;
      }
    },
    dueAt - Date.now() + 120_000,
  );
}
