import type { Migration } from '@carillon/event-store';
import { WORKFLOW_INDEXES } from './postgres-workflows.js';

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
];
