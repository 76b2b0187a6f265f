import type { Api } from '../../e2e/support/api.js';

/** At the door at once. */
const CLIENTS = 8;
/** Created to see how long that takes. */
const SAMPLE = 500;

/** So many jobs in a group; with the same schedule, whose expression may have seconds, or with none. */
export async function createJobs(api: Api, group: string, jobs: number, cron?: string): Promise<void> {
  const run = { cpus: 0.01, mem: 32, disk: 0, cmd: 'true' };
  const schedules = cron === undefined ? [] : [{ id: 'cron', cron }];
  for (let at = 0; at < jobs; at += CLIENTS) {
    const ids = Array.from(
      { length: Math.min(CLIENTS, jobs - at) },
      (_, index) => `${group}.job-${at + index}`,
    );
    await Promise.all(ids.map((id) => api.expect(201, 'POST', '/v2/jobs', { id, run, schedules })));
  }
}

/** How many ms so many jobs take to create on this machine, from a sample that stays, and is never due. */
export async function timeToCreate(api: Api, jobs: number): Promise<number> {
  const began = performance.now();
  await createJobs(api, 'sample', SAMPLE);
  return ((performance.now() - began) / SAMPLE) * jobs * 1.3 + 3_000;
}
