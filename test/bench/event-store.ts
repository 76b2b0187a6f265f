import { randomUUID } from 'node:crypto';
import { Database, EventStore, eventStoreMigrations, Relay } from '@carillon/event-store';
import { startPostgres } from '@carillon/rigs';
import pg from 'pg';

const CONNECTIONS = 8;
const STREAMS_EACH = 100;
const ROUNDS = 11;
const ROUND_MS = 1_000;
const TARGET = 0.7;

/** One writer's turn; says how many events it wrote. */
type Turn = (writer: number, turn: number) => Promise<number>;

/**
 * Appends per second beside raw pg, which writes the same two rows with prepared statements and nothing else: no
 * causal order, no partitions, no announcing, no relay. The two take turns, on one PostgreSQL with fsync on.
 */
export async function run(): Promise<void> {
  const server = await startPostgres({ durable: true });
  const raw = await rawWriter(server.url);
  const ours = await ourWriter(server.url);
  const singles = await compare('single appends on 8 connections', 'appends/s', raw.single, ours.single);
  await ours.drained();
  const batches = await compare('batches of 100 on 8 connections', 'events/s', raw.batch, ours.batch);
  await ours.drained();
  print(`the relay published ${ours.published()} of ${ours.appended()} events meanwhile and since`);
  await raw.close();
  await ours.close();
  await server.stop();
  const worst = Math.min(singles, batches);
  print(
    worst >= TARGET
      ? `at least ${TARGET} of raw: yes`
      : `at least ${TARGET} of raw: NO (${worst.toFixed(2)})`,
  );
}

async function compare(title: string, unit: string, raw: Turn, ours: Turn): Promise<number> {
  const counters = {
    raw: new Array<number>(CONNECTIONS).fill(0),
    ours: new Array<number>(CONNECTIONS).fill(0),
  };
  const rates: { raw: number; ours: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const rawFirst = round % 2 === 0 ? await rate(raw, counters.raw) : undefined;
    const oursRate = await rate(ours, counters.ours);
    const rawRate = rawFirst ?? (await rate(raw, counters.raw));
    if (round > 0) rates.push({ raw: rawRate, ours: oursRate }); // the first one warms up
  }
  const [rawRate, ourRate] = [median(rates.map((r) => r.raw)), median(rates.map((r) => r.ours))];
  const ratio = median(rates.map((r) => r.ours / r.raw));
  print(
    `${title}: ours ${ourRate.toFixed(0)} ${unit}, raw pg ${rawRate.toFixed(0)} ${unit}, ratio ${ratio.toFixed(2)}` +
      ` (rounds ${rates.map((r) => (r.ours / r.raw).toFixed(2)).join(' ')})`,
  );
  return ratio;
}

async function rate(turn: Turn, turns: number[]): Promise<number> {
  const started = performance.now();
  let written = 0;
  await Promise.all(
    turns.map(async (_, writer) => {
      while (performance.now() - started < ROUND_MS) {
        written += await turn(writer, turns[writer] ?? 0);
        turns[writer] = (turns[writer] ?? 0) + 1;
      }
    }),
  );
  return written / ((performance.now() - started) / 1_000);
}

const data = (n: number) => ({
  uid: '01943f6e-4c5a-7b3e-9d2f-8a1b2c3d4e5f',
  jobId: 'reports.nightly.export',
  revision: 3,
  runId: '20261123012500a1b2c',
  scheduleId: 'default',
  dueAt: 1_795_397_100_000 + n,
});
const state = (n: number) => ({
  status: 'active',
  revision: 3,
  lastDueAt: n,
  armed: [{ id: 'default', next: n }],
});
const metadata = () => ({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
const single = (writer: number, turn: number) => ({
  stream: `single-${writer}-${turn % STREAMS_EACH}`,
  version: Math.floor(turn / STREAMS_EACH),
});
const batch = (writer: number, turn: number) =>
  Array.from({ length: STREAMS_EACH }, (_, n) => ({ stream: `batch-${writer}-${n}`, version: turn }));

async function rawWriter(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  pool.on('error', () => undefined);
  await pool.query(`
    CREATE SCHEMA raw;
    CREATE TABLE raw.streams (stream text PRIMARY KEY, version int NOT NULL, state jsonb NOT NULL);
    CREATE TABLE raw.events (
      position bigserial PRIMARY KEY, stream text NOT NULL, version int NOT NULL, type text NOT NULL,
      data jsonb NOT NULL, metadata jsonb NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (stream, version)
    )`);
  const described = () => JSON.stringify({ eventId: randomUUID(), ...metadata() });
  return {
    single: async (writer: number, turn: number) => {
      const { stream, version } = single(writer, turn);
      const values = [
        stream,
        version,
        version + 1,
        JSON.stringify(state(turn)),
        'RunDue',
        JSON.stringify(data(turn)),
      ];
      const { rowCount } = await pool.query({
        name: 'single',
        text: RAW_SINGLE,
        values: [...values, described()],
      });
      return rowCount ?? 0;
    },
    batch: async (writer: number, turn: number) => {
      const rows = batch(writer, turn);
      const values = [
        rows.map(({ stream }) => stream),
        rows.map(({ version }) => version + 1),
        rows.map(() => JSON.stringify(state(turn))),
        rows.map(() => 'RunDue'),
        rows.map(() => JSON.stringify(data(turn))),
        rows.map(described),
      ];
      const { rowCount } = await pool.query({ name: 'batch', text: RAW_BATCH, values });
      return rowCount ?? 0;
    },
    close: () => pool.end(),
  };
}

const RAW_SINGLE = `
  WITH moved AS (
    INSERT INTO raw.streams VALUES ($1, $3, $4)
    ON CONFLICT (stream) DO UPDATE SET version = excluded.version, state = excluded.state
    WHERE streams.version = $2 RETURNING 1
  )
  INSERT INTO raw.events (stream, version, type, data, metadata) SELECT $1, $3, $5, $6, $7 FROM moved
  RETURNING position`;
const RAW_BATCH = `
  WITH moved AS (
    INSERT INTO raw.streams SELECT * FROM unnest($1::text[], $2::int[], $3::jsonb[])
    ON CONFLICT (stream) DO UPDATE SET version = excluded.version, state = excluded.state
    WHERE streams.version = excluded.version - 1 RETURNING 1
  )
  INSERT INTO raw.events (stream, version, type, data, metadata)
  SELECT * FROM unnest($1::text[], $2::int[], $4::text[], $5::jsonb[], $6::jsonb[])
  RETURNING position`;

async function ourWriter(url: string) {
  const database = await Database.connect({
    url,
    schema: 'ours',
    applicationName: 'bench',
    migrations: eventStoreMigrations,
    poolSize: CONNECTIONS,
  });
  const store = new EventStore(database);
  const counts = { appended: 0, published: 0 };
  const relay = new Relay({
    database,
    source: 'bench',
    log: {
      publish(messages) {
        counts.published += messages.length;
        return Promise.resolve();
      },
      partitionOf: () => 0,
    },
    toPublic: (event) => ({
      topic: 'bench',
      key: event.stream,
      headers: {},
      value: Buffer.from(JSON.stringify(event.data)),
    }),
  });
  relay.start();
  const append = async (streams: readonly { stream: string; version: number }[], turn: number) => {
    const appends = streams.map(({ stream, version }) => ({
      stream,
      expectedVersion: version,
      events: [{ type: 'RunDue', data: data(turn) }],
      state: state(turn),
    }));
    const { length } = await store.append(undefined, appends, metadata());
    counts.appended += length;
    return length;
  };
  return {
    single: (writer: number, turn: number) => append([single(writer, turn)], turn),
    batch: (writer: number, turn: number) => append(batch(writer, turn), turn),
    drained: () => relay.drained(),
    appended: () => counts.appended,
    published: () => counts.published,
    async close() {
      await relay.stop();
      await database.close();
    },
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
