import { type EventRow, StreamRow } from '../memory-tables.js';
import { arrayOf, linesOf } from './array-parameters.js';
import { DONE, type Models, type StatementCall } from './model.js';

interface Cursor {
  readonly tick: number;
  readonly position: number;
  readonly finalBefore: number;
  readonly chains: object;
}

const cursors = ({ schema }: StatementCall) => schema.table<Cursor>('relay_cursors');

const columns = (event: EventRow) => ({
  position: String(event.position),
  stream: event.stream,
  version: event.version,
  type: event.type,
  schema_version: event.schemaVersion,
  data: event.data,
  metadata: event.metadata,
  recorded_at: event.recordedAt,
});

type NewEvent = readonly [
  stream: string,
  version: number,
  type: string,
  schemaVersion: number,
  data: string,
  metadata: string,
];

/** Moves the stream's row when it is where it is expected; false when it is not. */
function moveStream(
  { transaction, schema }: StatementCall,
  stream: string,
  expected: number,
  version: number,
  state: string,
): boolean {
  const row = transaction.read(schema.streams, stream);
  if ((row?.version ?? 0) !== expected) return false;
  transaction.write(schema.streams, stream, new StreamRow(stream, version, state));
  return true;
}

function insert(call: StatementCall, events: readonly NewEvent[]): object[] {
  const { server, transaction, schema, snapshotXmax, now } = call;
  const tick = Math.max(server.takeXid(transaction), snapshotXmax - 1);
  return events.map(([stream, version, type, schemaVersion, data, metadata]) => {
    schema.lastPosition += 1;
    const position = schema.lastPosition;
    const json = (text: string) => JSON.parse(text) as object;
    transaction.events.push({
      ...{ tick, position, stream, version, type, schemaVersion },
      ...{ data: json(data), metadata: json(metadata), recordedAt: now },
    });
    return { position: String(position), recorded_at: now };
  });
}

function appendOne(call: StatementCall): object[] {
  const [stream, version, state, expected, type, schemaVersion, data, metadata] = call.parameters as [
    ...[string, number, string, number],
    ...[string, number, string, string],
  ];
  if (!moveStream(call, stream, expected, version, state)) return [];
  return insert(call, [[stream, version, type, schemaVersion, data, metadata]]);
}

/** From parameter $5 on when the stream is one, from $7 on when they are many. */
function newEvents(
  parameters: readonly unknown[],
  streamOf: (index: number) => string,
  versionOf: (index: number) => number,
): NewEvent[] {
  const [types, schemaVersions] = [arrayOf<string>(parameters[0]), arrayOf<number>(parameters[1])];
  const [data, metadata] = [linesOf(parameters[2]), linesOf(parameters[3])];
  return types.map(
    (type, index): NewEvent => [
      ...([streamOf(index), versionOf(index), type, schemaVersions[index] ?? 1] as const),
      ...([data[index] ?? '', metadata[index] ?? ''] as const),
    ],
  );
}

function appendSome(call: StatementCall): object[] {
  const [stream, version, state, expected] = call.parameters as [string, number, string, number];
  if (!moveStream(call, stream, expected, version, state)) return [];
  const events = newEvents(
    call.parameters.slice(4),
    () => stream,
    (index) => expected + index + 1,
  );
  return insert(call, events);
}

function appendToMany(call: StatementCall): object[] {
  const { parameters } = call;
  const expected = arrayOf<number>(parameters[1]);
  const versions = arrayOf<number>(parameters[2]);
  const states = linesOf(parameters[3]);
  const named = arrayOf<string>(parameters[0]);
  const isRefused =
    new Set(named).size < named.length || // a statement changes a row once
    named.some(
      (stream, index) =>
        !moveStream(call, stream, expected[index] ?? 0, versions[index] ?? 0, states[index] ?? 'null'),
    );
  if (isRefused) {
    throw Object.assign(new Error('a stream has moved on'), { code: 'CA001' });
  }
  const streams = arrayOf<string>(parameters[4]);
  const eventVersions = arrayOf<number>(parameters[5]);
  const events = newEvents(
    parameters.slice(6),
    (index) => streams[index] ?? '',
    (index) => eventVersions[index] ?? 0,
  );
  return insert(call, events);
}

/** See `tick.ts`: no event below it can appear in this store any more. */
function finalHereBefore({ server, schema, snapshotXmax }: StatementCall): number {
  let bound = snapshotXmax - 1;
  for (const running of server.running()) {
    if (running.schema === schema && running.events.length > 0) bound = Math.min(bound, running.xid);
  }
  return bound;
}

function page(call: StatementCall, limit: number): object[] {
  const { server, schema, parameters } = call;
  const [tick, position, known] = parameters as [string, string, string];
  const from = schema.indexAfter(Number(tick), Number(position));
  const finalBefore = Math.max(server.snapshotXmin, Number(known));
  return schema.events.slice(from, from + limit).map((event) => ({
    ...columns(event),
    tick: String(event.tick),
    final: event.tick < finalBefore,
    bytes: '0', // its events are small
  }));
}

const before = (cursor: Cursor, tick: number, position: number) =>
  cursor.tick < tick || (cursor.tick === tick && cursor.position < position);

export const eventStoreStatements: Models = [
  [
    /^SELECT stream, version, state FROM streams WHERE stream = ANY\(\$1::text\[\]\)$/,
    ({ transaction, schema, parameters }) =>
      (parameters[0] as string[]).flatMap((asked) => {
        const row = transaction.read(schema.streams, asked);
        return row ? [{ stream: asked, version: row.version, state: row.state }] : [];
      }),
  ],
  [
    /^SELECT asked\.stream, s\.version, s\.state, .* FROM unnest\(\$1::text\[\]\) AS asked \(stream\) LEFT JOIN streams s/,
    ({ transaction, schema, parameters, now }) =>
      (parameters[0] as string[]).map((stream) => {
        const { version = null, state = null } = transaction.read(schema.streams, stream) ?? {};
        return { stream, version, state, now };
      }),
  ],
  [
    /^SELECT position, .* FROM events WHERE stream = \$1 AND version > \$2 ORDER BY version LIMIT \$3$/,
    ({ schema, parameters }) => {
      const [stream, after, limit] = parameters as [string, number, number];
      const events = schema.eventsOfStream.get(stream) ?? [];
      return events
        .filter(({ version }) => version > after)
        .slice(0, limit)
        .map(({ text, ...row }) => columns({ ...row, data: JSON.parse(text) as object }));
    },
  ],
  [/^WITH moved AS \( ?(INSERT INTO streams|UPDATE streams).* \$7, \$8 FROM moved RETURNING/, appendOne],
  [/^WITH moved AS \( ?(INSERT INTO streams|UPDATE streams).* FROM moved, unnest\(\$5/, appendSome],
  [/^WITH wanted AS .*refuse_append\(\).*RETURNING position/, appendToMany],
  [
    /^WITH (wanted AS|moved AS \( UPDATE streams s) .*refuse_append\(\)((?!RETURNING position).)*$/,
    (call) => {
      appendToMany(call);
      return [];
    },
  ],
  [/^SELECT position, .* AS final, bytes FROM .* LIMIT 1 \)/, (call) => page(call, 1)],
  [/^SELECT position, .* AS final, bytes FROM .* LIMIT 500 \)/, (call) => page(call, 500)],
  [
    /^UPDATE relay_cursors SET tick = \$2, position = \$3, chains = \$4/,
    (call) => {
      const [source, window, position, chains] = call.parameters as [string, string, string, string];
      const table = cursors(call);
      const cursor = call.transaction.read(table, source);
      if (!cursor || !before(cursor, Number(window), Number(position))) return [];
      call.server.takeXid(call.transaction);
      call.transaction.write(table, source, {
        ...{ ...cursor, tick: Number(window), position: Number(position) },
        chains: JSON.parse(chains) as object,
      });
      return [];
    },
  ],
  [
    /^UPDATE relay_cursors SET final_before = greatest/,
    (call) => {
      const [source, bound] = call.parameters as [string, string];
      const table = cursors(call);
      const cursor = call.transaction.read(table, source);
      if (!cursor) return [];
      call.server.takeXid(call.transaction);
      const finalBefore = Math.max(cursor.finalBefore, Number(bound));
      call.transaction.write(table, source, { ...cursor, finalBefore });
      return [];
    },
  ],
  [
    /^SET synchronous_commit = off; SET idle_session_timeout = '(\d+)s'; .* LISTEN "carillon_.*_appended"$/,
    ({ connection, schema }) => {
      connection.asyncCommits = true;
      connection.idleMs = 15_000;
      connection.channels.add(`carillon_${schema.name}_appended`);
      return [];
    },
  ],
  [
    /^SELECT pg_try_advisory_lock\(hashtextextended\(\$1 \|\| current_schema\(\), 0\)\) AS held$/,
    ({ server, connection, schema, parameters }) => [
      { held: server.tryAdvisoryLock(connection, `${String(parameters[0])}${schema.name}`) },
    ],
  ],
  [
    /^INSERT INTO relay_cursors \(source\) VALUES \(\$1\) ON CONFLICT DO NOTHING$/,
    (call) => {
      const source = call.parameters[0] as string;
      const table = cursors(call);
      if (call.transaction.read(table, source)) return [];
      call.server.takeXid(call.transaction);
      call.transaction.write(table, source, {
        ...{ tick: 0, position: 0, finalBefore: 0 },
        chains: { since: '0/0', last: {} },
      });
      return [];
    },
  ],
  [
    /^SELECT tick AS window, position, chains FROM relay_cursors WHERE source = \$1$/,
    (call) => {
      const cursor = call.transaction.read(cursors(call), call.parameters[0] as string);
      if (cursor === undefined) return [];
      const { tick, position, chains } = cursor;
      return [{ window: String(tick), position: String(position), chains }];
    },
  ],
  [
    /^SELECT final_before FROM relay_cursors WHERE source = \$1$/,
    (call) => {
      const cursor = call.transaction.read(cursors(call), call.parameters[0] as string);
      return cursor ? [{ final_before: String(cursor.finalBefore) }] : [];
    },
  ],
  [/^SELECT 1 AS alive$/, () => [{ alive: 1 }]],
  [/^SELECT ensure_event_partitions\(\)/, () => DONE],
  [/^WITH taken AS MATERIALIZED .* AS bound/, (call) => [{ bound: String(finalHereBefore(call)) }]],
  [/^SELECT pg_snapshot_xmax.* AS target$/, ({ snapshotXmax }) => [{ target: String(snapshotXmax) }]],
  [
    /^SELECT EXISTS \( SELECT FROM events WHERE tick < \$2 .* AS waiting$/,
    (call) => {
      const [source, target] = call.parameters as [string, string];
      const cursor = cursors(call).rows.get(source);
      const next = call.schema.events[call.schema.indexAfter(cursor?.tick ?? 0, cursor?.position ?? 0)];
      return [{ waiting: next !== undefined && next.tick < Number(target) }];
    },
  ],
  [
    /^SELECT pg_notify\(\$1, \$2\)$/,
    ({ transaction, parameters }) => {
      notify(transaction, parameters[0] as string, [parameters[1] as string]);
      return DONE;
    },
  ],
];

export function notify(
  transaction: StatementCall['transaction'],
  channel: string,
  payloads: readonly string[],
): void {
  transaction.notices.set(channel, [...(transaction.notices.get(channel) ?? []), ...payloads]);
}
