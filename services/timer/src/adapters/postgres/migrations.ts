import type { Migration } from '@carillon/event-store';

export const timerMigrations: readonly Migration[] = [
  {
    name: 'timer-001-armed-clocks',
    up: `
      -- One row per clock that has something left to decide. A claim locks the row, and with it the whole clock.
      CREATE TABLE armed_clocks (
        uid text COLLATE "C" PRIMARY KEY,
        next_due_at bigint NOT NULL
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX armed_clocks_by_due ON armed_clocks (next_due_at);
      COMMENT ON COLUMN armed_clocks.next_due_at IS 'epoch milliseconds; follows from the clock''s state';

      -- The zone data by which next_due_at was computed: after an update it is computed again.
      CREATE TABLE zone_data (version text NOT NULL);
    `,
  },
];
