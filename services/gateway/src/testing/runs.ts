import type { Attempt, Run } from '@carillon/contracts';

/** A queued run, for specs. */
export const run = (changes: Partial<Run> = {}): Run => ({
  jobId: 'prod.backup',
  uid: 'u1',
  revision: 1,
  runId: '20160715130259A34HX',
  trigger: 'manual',
  dueAt: Date.UTC(2016, 6, 15, 13, 2, 59, 735),
  queuedAt: Date.UTC(2016, 6, 15, 13, 2, 59, 735),
  status: 'queued',
  attempts: [],
  stopRequested: false,
  ...changes,
});

export const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  taskId: 'prod_backup_20160715130259A34HX.1',
  agentId: 'agent-1',
  hostname: 'localhost',
  state: 'TASK_STAGING',
  launchedAt: 1_000,
  ...changes,
});
