import type { ConnectedJob } from '@carillon/contracts';
import { expect, test } from 'vitest';
import { emptyRegistry, runEvent, timerRig } from '../test/timer-rig.js';
import { ForgetWorkflows } from './forget-workflows.js';

const DAY = 86_400_000;
const jobs: ConnectedJob[] = [
  { jobId: 'a', uid: 'u-a', revision: 1, parents: [] },
  { jobId: 'b', uid: 'u-b', revision: 1, parents: ['a'] },
];

test('workflow runs that ended long ago are forgotten, their events are not', async () => {
  const rig = await timerRig(1, { ...emptyRegistry, listConnectedJobs: () => Promise.resolve({ jobs }) });
  const { workflows, database } = rig.first;
  const run = { jobId: 'a', uid: 'u-a' };
  const queued = (runId: string) =>
    runEvent('RunQueued', { ...run, revision: 1, runId, trigger: 'manual', dueAt: 1, queuedAt: Date.now() });
  const failed = (runId: string) => runEvent('RunEnded', { ...run, runId, outcome: 'failed', endedAt: 5 });
  for (const runId of ['old', 'new']) await rig.hearRuns(queued(runId), failed(runId));
  await rig.hearRuns(queued('open'));
  const before = await rig.events();
  const now = await rig.now();
  const age = (what: string, runId: string) =>
    database.query(
      `UPDATE streams SET state = jsonb_set(state::jsonb, ARRAY[$1], to_jsonb($2::bigint))::json WHERE stream LIKE $3`,
      [what, (now - 91 * DAY).toFixed(), `workflow-${runId}-%`],
    );
  for (const what of ['startedAt', 'endedAt']) await age(what, 'old');
  await age('startedAt', 'new'); // took long, ended just now
  await age('startedAt', 'open');
  const loop = new ForgetWorkflows(workflows, 90);
  loop.start();
  const kept = async () =>
    (await workflows.list({ openOnly: false, limit: 10 })).map(({ workflowRunId }) =>
      workflowRunId.replace(/-.*/, ''),
    );
  await expect.poll(kept).not.toContain('old');
  await loop.stop();
  expect((await kept()).sort()).toEqual(['new', 'open']);
  expect(await rig.events()).toEqual(before);
  await rig.stop();
});
