import { IndexBy } from '../index-by.js';
import { type Schema, StreamRow } from '../memory-tables.js';
import { notify } from './event-store.statements.js';
import { DONE, type Models } from './model.js';

interface WorkflowState {
  readonly status: string;
  readonly runs: readonly string[];
  readonly awaits: readonly string[];
  readonly jobs: readonly { readonly parents: readonly string[]; readonly runId?: string }[];
  readonly endedAt?: number;
}

const dueIndexes = new WeakMap<Schema, IndexBy>();

function dueIndex(schema: Schema): IndexBy {
  const known = dueIndexes.get(schema);
  if (known) return known;
  const index = new IndexBy();
  dueIndexes.set(schema, index);
  schema.streams.follow((stream, _before, after) => {
    if (stream.startsWith('workflow-')) return;
    index.set(stream, (after?.state as { nextDueAt?: number } | undefined)?.nextDueAt);
  });
  return index;
}

interface WorkflowIndex {
  /** The streams by a run of theirs, by the uid of a job that they wait for, and by a run that began or joined them. */
  readonly byRun: Map<string, Set<string>>;
  readonly byAwaited: Map<string, Set<string>>;
  readonly byRootRun: Map<string, Set<string>>;
  readonly byEnd: IndexBy;
}

const workflowIndexes = new WeakMap<Schema, WorkflowIndex>();

function workflowIndex(schema: Schema): WorkflowIndex {
  const known = workflowIndexes.get(schema);
  if (known) return known;
  const index: WorkflowIndex = {
    ...{ byRun: new Map(), byAwaited: new Map(), byRootRun: new Map() },
    byEnd: new IndexBy(),
  };
  workflowIndexes.set(schema, index);
  const replace = (
    of: Map<string, Set<string>>,
    stream: string,
    old: readonly string[],
    now: readonly string[],
  ) => {
    for (const key of old) {
      of.get(key)?.delete(stream);
      if (of.get(key)?.size === 0) of.delete(key);
    }
    for (const key of now) of.set(key, (of.get(key) ?? new Set()).add(stream));
  };
  schema.streams.follow((stream, before, after) => {
    if (!stream.startsWith('workflow-')) return;
    const [old, now] = [before, after].map((row) => row?.state as WorkflowState | undefined);
    replace(index.byRun, stream, old?.runs ?? [], now?.runs ?? []);
    replace(index.byAwaited, stream, old?.awaits ?? [], now?.awaits ?? []);
    replace(index.byRootRun, stream, rootRunsOf(old), rootRunsOf(now));
    index.byEnd.set(stream, now?.endedAt);
  });
  return index;
}

const rootRunsOf = (state: WorkflowState | undefined) =>
  (state?.jobs ?? []).flatMap(({ parents, runId }) => (parents.length === 0 ? (runId ?? []) : []));

export const timerStatements: Models = [
  [
    /^SELECT stream, version, state::text AS state, .* WHERE next_due_at <= .* LIMIT \$1 FOR UPDATE SKIP LOCKED$/,
    ({ server, transaction, schema, parameters, now }) => {
      const rows: object[] = [];
      if (server.holdsClocks) return rows;
      for (const stream of dueIndex(schema).upTo(now)) {
        if (rows.length === parameters[0]) break;
        if (schema.streams.isLocked(stream, transaction)) continue;
        server.takeXid(transaction);
        transaction.lock(schema.streams, stream);
        const { version, text: state } = transaction.read(schema.streams, stream) as StreamRow;
        rows.push({ stream, version, state, now });
      }
      return rows;
    },
  ],
  [
    /^SELECT \(SELECT next_due_at FROM streams .* AS due_at, .* AS now$/,
    ({ server, schema, now }) => [
      { due_at: (server.holdsClocks ? undefined : dueIndex(schema).first()) ?? null, now },
    ],
  ],
  [
    /^SELECT pg_notify\(\$1::text, \$2::text\) WHERE \$2::bigint </,
    ({ transaction, parameters, now }) => {
      const [channel, dueAt, withinMs] = parameters as [string, number, number];
      if (dueAt < now + withinMs) notify(transaction, channel, [String(dueAt)]);
      return DONE;
    },
  ],
  [
    /^SELECT 1 FROM streams WHERE stream = ANY\(\$1::text\[\]\) ORDER BY stream FOR UPDATE$/,
    ({ server, transaction, schema, parameters }) => {
      for (const stream of [...(parameters[0] as string[])].sort()) {
        if (transaction.read(schema.streams, stream) === undefined) continue;
        server.takeXid(transaction);
        transaction.lock(schema.streams, stream);
      }
      return [];
    },
  ],
  [
    /^UPDATE streams SET state = \$2, next_due_at = \$3 WHERE stream = \$1$/,
    ({ server, transaction, schema, parameters }) => {
      const [stream, state] = parameters as [string, string];
      const row = transaction.read(schema.streams, stream);
      if (row === undefined) return [];
      server.takeXid(transaction);
      transaction.write(schema.streams, stream, new StreamRow(stream, row.version, state));
      return [];
    },
  ],
  [
    /^SELECT pg_advisory_xact_lock\(hashtextextended\(current_schema \|\| '\/' \|\| key, 1\)\)/,
    ({ transaction, schema, parameters }) => {
      for (const key of [...(parameters[0] as string[])].sort()) {
        transaction.lock(schema.table('advisory'), key);
      }
      return DONE;
    },
  ],
  [
    /^SELECT version, state, .* AS now FROM streams WHERE stream = ANY \(ARRAY\(/,
    ({ server, transaction, schema, parameters, now }) => {
      const [runs, awaited, rootRuns] = parameters as [string[], string[], string[]];
      const found = new Set<string>();
      const { byRun, byAwaited, byRootRun } = workflowIndex(schema);
      for (const run of runs) for (const stream of byRun.get(run) ?? []) found.add(stream);
      for (const uid of awaited) for (const stream of byAwaited.get(uid) ?? []) found.add(stream);
      for (const run of rootRuns) for (const stream of byRootRun.get(run) ?? []) found.add(stream);
      return [...found].sort().flatMap((stream) => {
        const row = transaction.read(schema.streams, stream);
        if (row === undefined) return [];
        server.takeXid(transaction);
        transaction.lock(schema.streams, stream);
        return [{ version: row.version, state: row.state, now }];
      });
    },
  ],
  [
    /^SELECT floor\(extract\(epoch FROM clock_timestamp\(\)\) \* 1000\)::float8 AS now$/,
    ({ now }) => [{ now }],
  ],
  [
    /^WITH bound AS MATERIALIZED .* DELETE FROM streams .* AS gone FROM gone$/,
    ({ server, transaction, schema, parameters, now }) => {
      const [ago, limit] = parameters as [number, number];
      let gone = 0;
      for (const stream of workflowIndex(schema).byEnd.upTo(now - ago)) {
        if (gone === limit) break;
        gone += 1;
        server.takeXid(transaction);
        transaction.write(schema.streams, stream, undefined);
      }
      return [{ gone }];
    },
  ],
  [
    /^SELECT version FROM zone_data$/,
    ({ transaction, schema }) =>
      [...transaction.scan(schema.table<object>('zone_data'))].map(([, row]) => row),
  ],
  [
    /^WITH old AS \(DELETE FROM zone_data\) INSERT INTO zone_data/,
    ({ server, transaction, schema, parameters }) => {
      server.takeXid(transaction);
      transaction.write(schema.table<object>('zone_data'), 'one', { version: parameters[0] });
      return [];
    },
  ],
  [
    /^SELECT stream, state FROM streams WHERE stream > \$1 AND stream < \$2 ORDER BY stream LIMIT \$3 FOR UPDATE$/,
    ({ server, transaction, schema, parameters }) => {
      const [after, before, limit] = parameters as [string, string, number];
      const streams = [...schema.streams.rows.keys()].filter((stream) => stream > after && stream < before);
      return streams
        .sort()
        .slice(0, limit)
        .map((stream) => {
          server.takeXid(transaction);
          transaction.lock(schema.streams, stream);
          return { stream, state: transaction.read(schema.streams, stream)?.state };
        });
    },
  ],
  [
    /^UPDATE streams s SET state = c\.state, next_due_at = c\.next_due_at FROM unnest\(/,
    ({ server, transaction, schema, parameters }) => {
      const [streams, states] = parameters as [string[], string[]];
      for (const [index, stream] of streams.entries()) {
        const row = transaction.read(schema.streams, stream);
        if (row === undefined) continue;
        server.takeXid(transaction);
        transaction.write(schema.streams, stream, new StreamRow(stream, row.version, states[index] ?? ''));
      }
      return [];
    },
  ],
];
