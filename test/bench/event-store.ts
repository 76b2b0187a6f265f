import { Database, EventStore, eventStoreMigrations, Relay } from '@carillon/event-store';
import { startPostgres } from '@carillon/rigs';
import { batch, data, metadata, single, state } from './event-store/events.js';
import { CONNECTIONS, rate, rawWriter, type Turn } from './event-store/raw-writer.js';

const ROUNDS = 11;
const TARGET = 0.7;

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
