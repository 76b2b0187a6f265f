import type { Schema, StreamRow } from '../memory-tables.js';
import { DONE, type Models } from './model.js';

interface JobState {
  readonly status: string;
  readonly uid?: string;
  readonly revision?: number;
  readonly removal?: { readonly until: number };
  readonly spec?: { readonly dependencies: readonly { readonly id: string }[] };
}

interface JobEvent {
  readonly uid: string;
  readonly revision: number;
}

const childIndexes = new WeakMap<Schema, Map<string, Set<string>>>();

/** The streams of the jobs that have a job for a parent. */
function childrenByParent(schema: Schema): Map<string, Set<string>> {
  const known = childIndexes.get(schema);
  if (known) return known;
  const index = new Map<string, Set<string>>();
  childIndexes.set(schema, index);
  schema.streams.follow((stream, before, after) => {
    for (const { id } of parentsOf(before)) index.get(id)?.delete(stream);
    for (const { id } of parentsOf(after)) index.set(id, (index.get(id) ?? new Set()).add(stream));
  });
  return index;
}

const stateOf = (row: StreamRow | undefined) => row?.state as JobState | undefined;
const parentsOf = (row: StreamRow | undefined) => stateOf(row)?.spec?.dependencies ?? [];

const columns = (stream: string, { uid, revision, spec }: JobState) => ({
  job_id: stream.slice('job-'.length),
  uid,
  revision,
  parents: (spec?.dependencies ?? []).map(({ id }) => id),
});

export const registryStatements: Models = [
  [
    /^SELECT state AS job FROM streams WHERE search IS NOT NULL AND stream = ANY\(\$1::text\[\]\) ORDER BY stream$/,
    ({ transaction, schema, parameters }) =>
      [...(parameters[0] as string[])].sort().flatMap((stream) => {
        const job = stateOf(transaction.read(schema.streams, stream));
        return job && job.status !== 'removed' ? [{ job }] : [];
      }),
  ],
  [
    /^SELECT data AS job FROM events WHERE stream = \$1 AND type = 'JobDefined' .* ORDER BY version DESC LIMIT 1$/,
    ({ schema, parameters }) => {
      const [stream, uid, revision] = parameters as [string, string, number | null | undefined];
      const jobs = (schema.eventsOfStream.get(stream) ?? [])
        .filter(({ type }) => type === 'JobDefined')
        .map(({ text }) => JSON.parse(text) as JobEvent);
      const job = jobs.findLast((one) => one.uid === uid && (revision ?? one.revision) === one.revision);
      return job ? [{ job }] : [];
    },
  ],
  [
    /^SELECT substr\(stream, 5\) AS job_id, .* FROM streams WHERE stream = ANY\(\$1::text\[\]\) AND search IS NOT NULL AND/,
    ({ transaction, schema, parameters, now }) =>
      (parameters[0] as string[]).flatMap((stream) => {
        const job = stateOf(transaction.read(schema.streams, stream));
        if (job === undefined || job.status === 'removed' || (job.removal?.until ?? 0) >= now) return [];
        return [columns(stream, job)];
      }),
  ],
  [
    /^SELECT substr\(stream, 5\) AS job_id, .* FROM streams WHERE parents \?\| \$1::text\[\]$/,
    ({ transaction, schema, parameters }) => {
      const index = childrenByParent(schema);
      const streams = new Set((parameters[0] as string[]).flatMap((id) => [...(index.get(id) ?? [])]));
      return [...streams].sort().flatMap((stream) => {
        const job = stateOf(transaction.read(schema.streams, stream));
        return job ? [columns(stream, job)] : [];
      });
    },
  ],
  [
    /^SELECT pg_advisory_xact_lock\(hashtextextended\(current_schema \|\| '\/dependencies', 0\)\)$/,
    ({ transaction, schema }) => {
      transaction.lock(schema.table('advisory'), 'dependencies');
      return DONE;
    },
  ],
  [
    /^SELECT fingerprint, answer FROM answered_requests WHERE key = \$1$/,
    ({ transaction, schema, parameters }) => {
      const row = transaction.read(schema.table<object>('answered_requests'), parameters[0] as string);
      return row ? [row] : [];
    },
  ],
  [
    /^INSERT INTO answered_requests .* ON CONFLICT DO NOTHING RETURNING 1$/,
    ({ server, transaction, schema, parameters, now }) => {
      const [key, fingerprint, answer] = parameters as [string, string, string];
      const table = schema.table<object>('answered_requests');
      if (transaction.read(table, key)) return [];
      server.takeXid(transaction);
      transaction.write(table, key, { fingerprint, answer: JSON.parse(answer) as object, answeredAt: now });
      return DONE;
    },
  ],
  [
    /^WITH old AS \( SELECT key FROM answered_requests WHERE answered_at < /,
    ({ server, transaction, schema, now }) => {
      const table = schema.table<{ readonly answeredAt: number }>('answered_requests');
      let gone = 0;
      for (const [key, { answeredAt }] of table.rows) {
        if (answeredAt >= now - 86_400_000 || gone === 5_000) break; // they are in the order of their answers
        gone += 1;
        server.takeXid(transaction);
        transaction.write(table, key, undefined);
      }
      return [{ gone }];
    },
  ],
];
