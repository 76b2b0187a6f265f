import type { Migration } from '@carillon/event-store';
import { WORKFLOW_INDEXES, WORKFLOW_ROOTS_INDEX } from './postgres-workflows.js';

export const timerMigrations: readonly Migration[] = [
  {
    name: 'timer-001-due-clocks',
    up: `
      -- A clock's row in streams is its place in the queue as well: claiming locks it, appending moves it.
      CREATE INDEX streams_by_due ON streams (((state->>'nextDueAt')::bigint));
      ALTER TABLE streams SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

      -- The zone data by which nextDueAt was computed: after an update it is computed again.
      CREATE TABLE zone_data (version text NOT NULL);
    `,
  },
  { name: 'timer-002-workflow-runs', up: WORKFLOW_INDEXES },
  {
    name: 'timer-003-next-due-at',
    up: `
      -- As a column the instant is read out of the state once, when the state is written, and not again by each claim.
      ALTER TABLE streams ADD COLUMN next_due_at bigint GENERATED ALWAYS AS ((state->>'nextDueAt')::bigint) STORED;
      DROP INDEX streams_by_due;
      CREATE INDEX streams_by_due ON streams (next_due_at) WHERE next_due_at IS NOT NULL;
    `,
  },
  {
    // Whoever writes the state knows the instant: taking the state apart for it was a tenth of what PostgreSQL does for a run.
    name: 'timer-004-written-next-due-at',
    up: 'ALTER TABLE streams ALTER COLUMN next_due_at DROP EXPRESSION',
  },
  { name: 'timer-005-root-runs', up: WORKFLOW_ROOTS_INDEX },
];
