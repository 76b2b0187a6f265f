import type { Migration } from '@carillon/event-store';

/**
 * `runs` finds the streams of runs: all active ones, and ended ones until history has them. What they are is in the
 * state of their streams. `idempotency_keys` has those of a day. `epochs` is apart from `leases` so that renewing never waits for appends, which hold the
 * epoch FOR SHARE.
 */
export const frameworkMigrations: readonly Migration[] = [
  {
    name: 'framework-001-runs',
    up: `
      CREATE TABLE runs (
        uid text NOT NULL,
        run_id text NOT NULL,
        job_id text NOT NULL,
        framework text NOT NULL,
        traceparent text,
        tracestate text,
        ended_at bigint,
        PRIMARY KEY (uid, run_id)
      );
      CREATE INDEX runs_active ON runs (framework) WHERE ended_at IS NULL;
      CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL;
      CREATE TABLE revisions (
        uid text NOT NULL,
        revision int NOT NULL,
        job jsonb NOT NULL,
        PRIMARY KEY (uid, revision)
      );
      CREATE TABLE leases (
        framework text PRIMARY KEY,
        holder text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE TABLE epochs (
        framework text PRIMARY KEY,
        epoch bigint NOT NULL
      );
      CREATE TABLE framework_ids (
        framework text PRIMARY KEY,
        framework_id text NOT NULL
      );
    `,
  },
  {
    // By when it was due, then by job: see runStream.
    name: 'framework-002-run-streams',
    up: ['streams', 'events'].map(byRunFirst).join(';'),
  },
  {
    // Its default is for an instance of the version before, which does not say it.
    name: 'framework-003-run-places',
    up: `
      ALTER TABLE runs ADD COLUMN queued_at bigint NOT NULL DEFAULT (extract(epoch FROM now()) * 1000)::bigint;
      UPDATE runs r SET queued_at = (s.state ->> 'queuedAt')::bigint FROM streams s
      WHERE s.stream = 'run-' || r.run_id || '/' || r.uid AND s.state ->> 'queuedAt' IS NOT NULL;
      CREATE INDEX runs_queued ON runs (queued_at);
    `,
  },
  {
    name: 'framework-004-idempotency-keys',
    up: `
      CREATE TABLE idempotency_keys (
        uid text NOT NULL,
        key text NOT NULL,
        run_id text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (uid, key)
      );
      CREATE INDEX idempotency_keys_made ON idempotency_keys (made_at);
    `,
  },
];

function byRunFirst(table: string): string {
  const slash = `strpos(stream, '/')`;
  return `
    UPDATE ${table} SET stream = 'run-' || substr(stream, ${slash} + 1) || '/' || substr(stream, 5, ${slash} - 5)
    WHERE stream LIKE 'run-%'`;
}
