import type { Migration } from '@carillon/event-store';

export const jobRegistryMigrations: readonly Migration[] = [
  {
    name: '001-jobs',
    up: `
      CREATE TABLE job_revisions (
        uid text COLLATE "C" NOT NULL,
        revision int NOT NULL,
        job_id text COLLATE "C" NOT NULL,
        created_at bigint NOT NULL,
        defined_at bigint NOT NULL,
        spec json NOT NULL,
        PRIMARY KEY (uid, revision)
      );
      CREATE TABLE jobs (
        job_id text COLLATE "C" PRIMARY KEY,
        uid text COLLATE "C" NOT NULL,
        revision int NOT NULL
      );
    `,
  },
  {
    // What the tables said is in streams and events as well. The index lets a page pass over jobs that were removed; its
    // condition is one that the planner takes for common, so that it does not sort all jobs for a page.
    name: '002-jobs-in-force',
    up: `
      DROP TABLE jobs, job_revisions;
      CREATE INDEX jobs_in_force ON streams (stream) WHERE state->>'status' <> 'removed';
    `,
  },
  {
    // Columns, so that a search does not take every state apart that it looks at. The text has what a search looks into;
    // its trigrams serve substrings.
    name: '003-search-and-requests',
    up: `
      CREATE EXTENSION IF NOT EXISTS pg_trgm;
      ALTER TABLE streams
        ADD COLUMN search text GENERATED ALWAYS AS (lower((state->'spec'->>'id') || E'\\n'
          || coalesce(state->'spec'->>'description', '') || E'\\n' || coalesce(state->'spec'->>'labels', ''))) STORED,
        ADD COLUMN labels jsonb GENERATED ALWAYS AS ((state->'spec'->'labels')::jsonb) STORED;
      CREATE INDEX jobs_by_text ON streams USING gin (search gin_trgm_ops) WHERE state->>'status' <> 'removed';
      CREATE INDEX jobs_by_label ON streams USING gin (labels jsonb_path_ops) WHERE state->>'status' <> 'removed';
      CREATE TABLE answered_requests (
        key text COLLATE "C" PRIMARY KEY,
        fingerprint text NOT NULL,
        answer json NOT NULL,
        answered_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX answered_requests_by_age ON answered_requests (answered_at);
    `,
  },
  {
    name: 'dependencies-001',
    up: `
      CREATE INDEX jobs_by_parent ON streams
        USING gin ((jsonb_path_query_array((state->'spec'->>'dependencies')::jsonb, '$[*].id')))
        WHERE json_array_length(state->'spec'->'dependencies') > 0`,
  },
  {
    // Half of what a create cost here was taking its state apart, once for each column, index and condition. Now they are
    // columns that are written with it (job-columns.ts), and text and labels are one index: one insertion, not two.
    name: '004-written-columns',
    up: `
      DROP INDEX jobs_by_parent, jobs_by_text, jobs_by_label, jobs_in_force;
      ALTER TABLE streams
        ALTER COLUMN search DROP EXPRESSION,
        ALTER COLUMN labels DROP EXPRESSION,
        ADD COLUMN parents jsonb;
      UPDATE streams SET search = NULL, labels = NULL WHERE state->>'status' = 'removed';
      UPDATE streams SET parents = jsonb_path_query_array((state->'spec'->>'dependencies')::jsonb, '$[*].id')
        WHERE json_array_length(state->'spec'->'dependencies') > 0;
      CREATE INDEX jobs_in_force ON streams (stream) WHERE search IS NOT NULL;
      CREATE INDEX jobs_by_search ON streams USING gin (search gin_trgm_ops, labels jsonb_path_ops)
        WHERE search IS NOT NULL;
      CREATE INDEX jobs_by_parent ON streams USING gin (parents) WHERE parents IS NOT NULL;
    `,
  },
  {
    // The jobs of a label in the order of their ids: a page of them is read, not found among all and sorted. Follows the
    // column of the labels by itself, one statement for all rows of an append.
    name: '005-labels-in-order',
    up: `
      CREATE TABLE job_labels (
        label text COLLATE "C" NOT NULL,
        stream text COLLATE "C" NOT NULL,
        PRIMARY KEY (label, stream)
      );
      CREATE FUNCTION labels_of(labels jsonb) RETURNS SETOF text LANGUAGE sql AS $$
        SELECT json_build_array(key, value)::text FROM jsonb_each_text(labels)
      $$;
      CREATE FUNCTION follow_labels() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO job_labels SELECT l, n.stream FROM new_streams n, labels_of(n.labels) l;
        ELSE
          DELETE FROM job_labels j
          USING old_streams o JOIN new_streams n USING (stream), labels_of(o.labels) l
          WHERE o.labels IS DISTINCT FROM n.labels AND j.label = l AND j.stream = o.stream;
          INSERT INTO job_labels
          SELECT l, n.stream FROM old_streams o JOIN new_streams n USING (stream), labels_of(n.labels) l
          WHERE o.labels IS DISTINCT FROM n.labels;
        END IF;
        RETURN NULL;
      END $$;
      INSERT INTO job_labels SELECT l, stream FROM streams, labels_of(labels) l;
      CREATE TRIGGER new_labels AFTER INSERT ON streams
        REFERENCING NEW TABLE AS new_streams FOR EACH STATEMENT EXECUTE FUNCTION follow_labels();
      CREATE TRIGGER changed_labels AFTER UPDATE ON streams
        REFERENCING OLD TABLE AS old_streams NEW TABLE AS new_streams FOR EACH STATEMENT EXECUTE FUNCTION follow_labels();
      DROP INDEX jobs_by_search;
      -- So much of what came last may wait to be folded in: folding-texts.ts does it before.
      CREATE INDEX jobs_by_text ON streams USING gin (search gin_trgm_ops) WITH (gin_pending_list_limit = 16384)
        WHERE search IS NOT NULL;
    `,
  },
  {
    // An entry of an index ends at 2,704 bytes, and a label does not: a long one is known by its hash.
    name: '006-long-labels',
    up: `
      CREATE FUNCTION label_key(name text, value text) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN octet_length(json_build_array(name, value)::text) <= 1000
          THEN json_build_array(name, value)::text
          ELSE encode(sha256(convert_to(json_build_array(name, value)::text, 'UTF8')), 'hex') END
      $$;
      CREATE OR REPLACE FUNCTION labels_of(labels jsonb) RETURNS SETOF text LANGUAGE sql AS $$
        SELECT label_key(key, value) FROM jsonb_each_text(labels)
      $$;
      UPDATE job_labels SET label = encode(sha256(convert_to(label, 'UTF8')), 'hex') WHERE octet_length(label) > 1000;
    `,
  },
];
