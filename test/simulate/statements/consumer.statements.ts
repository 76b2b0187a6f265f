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
      if (call.transaction.read(positions(call), keyOf(row))) return [];
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
      if (known?.window !== window || known?.position !== position) return [];
      call.server.takeXid(call.transaction);
      call.transaction.write(positions(call), keyOf(row), row);
      return DONE;
    },
  ],
  [
    /^INSERT INTO dead_letters/,
    (call) => {
      const [consumer, topic, partition, offset] = call.parameters as [string, string, number, string | null];
      const reason = call.parameters[10] as string;
      call.server.takeXid(call.transaction);
      const table = call.schema.table<object>('dead_letters');
      const key = `${consumer} ${topic} ${partition} ${String(offset)} ${call.now} ${table.rows.size}`;
      call.transaction.write(table, key, { consumer, topic, partition, offset, reason });
      return [];
    },
  ],
];
