import { DONE, type Models, type StatementCall } from './model.js';

export interface PositionRow {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly source: string;
  readonly window: string;
  readonly position: string;
  readonly logOffset: string | null;
}

interface LetterRow {
  readonly id: string;
  readonly consumer: string;
  readonly value: Uint8Array;
}

const letters = ({ schema }: StatementCall) => schema.table<LetterRow>('dead_letters');
const topics = ({ schema }: StatementCall) => schema.table<{ partitions: number }>('consumer_topics');
const positions = ({ schema }: StatementCall) => schema.table<PositionRow>('consumer_positions');

/** Consumer, topic, partition and source, then the place. */
function target({ parameters }: StatementCall): PositionRow {
  const [consumer, topic, partition, source, window, position, logOffset] = parameters as [
    ...[string, string, number, string],
    ...[string, string, string | null],
  ];
  return { consumer, topic, partition, source, window, position, logOffset };
}

const keyOf = ({ consumer, topic, partition, source }: PositionRow) =>
  `${consumer} ${topic} ${partition} ${source}`;

function overtaken({ transaction }: StatementCall, row: PositionRow): object[] {
  transaction.overtaken = `the place of ${keyOf(row)}`;
  return [];
}

export const consumerStatements: Models = [
  [
    /^SELECT topic, partition, source, source_window AS window, .* FROM consumer_positions WHERE consumer = \$1$/,
    (call) =>
      [...call.transaction.scan(positions(call))].flatMap(([, row]) =>
        row.consumer === call.parameters[0] ? [row] : [],
      ),
  ],
  [
    /^INSERT INTO consumer_positions .* ON CONFLICT DO NOTHING RETURNING 1$/,
    (call) => {
      const row = target(call);
      if (call.transaction.read(positions(call), keyOf(row))) return overtaken(call, row);
      call.server.takeXid(call.transaction);
      call.transaction.write(positions(call), keyOf(row), row);
      return DONE;
    },
  ],
  [
    /^UPDATE consumer_positions SET source_window = \$5, .* AND source_window = \$8 AND source_position = \$9 RETURNING 1$/,
    (call) => {
      const row = target(call);
      const known = call.transaction.read(positions(call), keyOf(row));
      const [window, position] = call.parameters.slice(7);
      if (known?.window !== window || known?.position !== position) return overtaken(call, row);
      call.server.takeXid(call.transaction);
      call.transaction.write(positions(call), keyOf(row), row);
      return DONE;
    },
  ],
  [
    /^INSERT INTO consumer_topics AS known .* DO UPDATE SET partitions = known.partitions RETURNING partitions$/,
    (call) => {
      const [consumer, topic, partitions] = call.parameters as [string, string, number];
      const key = `${consumer} ${topic}`;
      const known = call.transaction.read(topics(call), key) ?? { partitions };
      call.server.takeXid(call.transaction);
      call.transaction.write(topics(call), key, known);
      return [known];
    },
  ],
  [
    /^INSERT INTO dead_letters/,
    (call) => {
      const [consumer, topic, partition, logOffset, source, window, position, key, headers, value, reason] =
        call.parameters as [
          ...[string, string, number, string | null, string, string, string],
          ...[string, string, Uint8Array, string],
        ];
      call.server.takeXid(call.transaction);
      const table = letters(call);
      const id = String(call.schema.takeSequence('dead_letters'));
      call.transaction.write(table, id, {
        ...{ id, consumer, topic, partition, logOffset, source, window, position, key, value, reason },
        ...{ headers: JSON.parse(headers) as object, failedAt: call.now },
      });
      return [];
    },
  ],
  [
    /^SELECT id, consumer, .* headers FROM dead_letters WHERE id > \$1 ORDER BY id LIMIT \$2$/,
    (call) => {
      const [after, limit] = call.parameters as [string, number];
      const rows = [...call.transaction.scan(letters(call))].map(([, row]) => ({ ...row, value: undefined }));
      const later = rows.filter(({ id }) => BigInt(id) > BigInt(after));
      return later.sort((a, b) => Number(a.id) - Number(b.id)).slice(0, limit);
    },
  ],
  [
    /^SELECT id, consumer, .* value FROM dead_letters WHERE id = \$1$/,
    (call) => {
      const row = call.transaction.read(letters(call), call.parameters[0] as string);
      return row ? [row] : [];
    },
  ],
  [
    /^DELETE FROM dead_letters WHERE id = \$1 RETURNING/,
    (call) => {
      const [id] = call.parameters as [string];
      const row = call.transaction.read(letters(call), id);
      if (!row) return [];
      call.server.takeXid(call.transaction);
      call.transaction.write(letters(call), id, undefined);
      return [row];
    },
  ],
];
