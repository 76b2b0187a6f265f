import type { Migration } from '@carillon/event-store';

export const historyMigrations: readonly Migration[] = [
  {
    name: '001-history',
    up: `
      CREATE TABLE writer (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        last_position bigint NOT NULL
      );
      INSERT INTO writer (last_position) VALUES (0);

      CREATE TABLE public_events (
        position bigint PRIMARY KEY,
        source text NOT NULL,
        event_id text NOT NULL,
        type text NOT NULL,
        job_id text NOT NULL,
        uid text NOT NULL,
        run_id text,
        time bigint NOT NULL,
        data json NOT NULL,
        UNIQUE (source, event_id)
      );
      CREATE INDEX public_events_of_job ON public_events (job_id, position);
      CREATE INDEX public_events_of_run ON public_events (run_id, position) WHERE run_id IS NOT NULL;

      CREATE TABLE runs (
        uid text NOT NULL,
        run_id text NOT NULL,
        job_id text NOT NULL,
        revision int,
        trigger text,
        schedule_id text,
        due_at bigint,
        start_deadline_at bigint,
        decided_at bigint,
        queued_at bigint,
        skipped_at bigint,
        skip_reason text,
        launched_at bigint,
        started_at bigint,
        stop_requested_at bigint,
        outcome text,
        ended_at bigint,
        reason text,
        exit_code int,
        list text GENERATED ALWAYS AS (
          CASE WHEN skipped_at IS NOT NULL THEN 'skipped'
               WHEN queued_at IS NULL OR ended_at IS NULL THEN NULL
               WHEN outcome = 'succeeded' THEN 'success'
               ELSE 'failure' END) STORED,
        listed_at bigint GENERATED ALWAYS AS (coalesce(skipped_at, ended_at)) STORED,
        PRIMARY KEY (uid, run_id)
      );
      CREATE INDEX runs_listed ON runs (uid, list, listed_at DESC, run_id DESC) WHERE list IS NOT NULL;
      CREATE INDEX runs_only_decided ON runs (due_at)
        WHERE queued_at IS NULL AND skipped_at IS NULL AND ended_at IS NULL;

      CREATE VIEW run_lags AS
        SELECT uid, run_id, job_id, due_at,
               decided_at - due_at AS decided_lag_ms,
               queued_at - due_at AS queued_lag_ms,
               launched_at - due_at AS launched_lag_ms,
               started_at - due_at AS running_lag_ms
          FROM runs;

      CREATE TABLE attempts (
        uid text NOT NULL,
        run_id text NOT NULL,
        attempt int NOT NULL,
        task_id text NOT NULL,
        agent_id text,
        hostname text,
        launched_at bigint,
        started_at bigint,
        sandbox text,
        state text,
        reason text,
        message text,
        exit_code int,
        ended_at bigint,
        PRIMARY KEY (uid, run_id, attempt)
      );

      CREATE TABLE job_statistics (
        uid text PRIMARY KEY,
        job_id text NOT NULL,
        successes bigint NOT NULL,
        failures bigint NOT NULL,
        skipped bigint NOT NULL,
        missed bigint NOT NULL,
        last_success_at bigint,
        last_failure_at bigint,
        last_skipped_at bigint,
        last_missed_at bigint,
        pruned_successes bigint NOT NULL DEFAULT 0,
        pruned_failures bigint NOT NULL DEFAULT 0,
        pruned_skipped bigint NOT NULL DEFAULT 0
      );
    `,
  },
  {
    // Runs of all jobs, the one queued last first. Rows enter these indexes when their run has ended, so the events on the
    // way there do not touch them.
    name: '002-runs-of-all-jobs',
    up: `
      ALTER TABLE runs ADD COLUMN workflow_run_id text, ADD COLUMN backfill_id text;
      CREATE INDEX runs_ended ON runs (queued_at DESC, run_id COLLATE "C" DESC, uid COLLATE "C" DESC)
        WHERE list IN ('success', 'failure');
      CREATE INDEX runs_ended_of_job ON runs (job_id text_pattern_ops, queued_at DESC)
        WHERE list IN ('success', 'failure');
      CREATE INDEX runs_not_succeeded ON runs (queued_at DESC, run_id COLLATE "C" DESC, uid COLLATE "C" DESC) WHERE list = 'failure';
      CREATE INDEX attempts_by_agent ON attempts (agent_id, launched_at DESC);
      CREATE INDEX attempts_by_hostname ON attempts (hostname, launched_at DESC);

      CREATE TABLE job_labels (
        uid text PRIMARY KEY,
        revision int NOT NULL,
        labels jsonb NOT NULL
      );
      CREATE INDEX job_labels_by_label ON job_labels USING gin (labels jsonb_path_ops);
    `,
  },
  {
    // Few attempts are in it: those that ended well do not touch it.
    name: '003-attempts-by-exit-code',
    up: `CREATE INDEX attempts_by_exit_code ON attempts (exit_code) WHERE exit_code <> 0;`,
  },
  {
    // Of `data` as text; null for events that were recorded before.
    name: '004-size-of-events',
    up: `ALTER TABLE public_events ADD COLUMN bytes int;`,
  },
];
