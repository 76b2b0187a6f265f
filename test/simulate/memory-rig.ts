import type { Database } from '@carillon/event-store';
import type { Writer } from '@carillon/event-store/contract';
import { type LogRig, TestProjection } from '@carillon/event-log/contract';
import { MemoryDatabase } from './memory-database.js';
import { MemoryLog } from './memory-log.js';
import { MemoryServer } from './memory-server.js';
import { Random } from './random.js';
import { DONE, type Models } from './statements/model.js';
import { addModels } from './statements/statements.js';
import { Part, VirtualClock } from './virtual-clock.js';

interface Effect {
  readonly consumer: string;
  readonly key: string;
  readonly value: string;
  readonly n: number;
}

/** What the projection of the log's contract sends. */
const projection: Models = [
  [
    /^INSERT INTO effects \(consumer, key, value\) /,
    ({ server, transaction, schema, parameters }) => {
      const [consumer, keys, values] = parameters as [string, string | string[], string | string[]];
      server.takeXid(transaction);
      for (const [index, key] of [keys].flat().entries()) {
        const n = schema.takeSequence('effects');
        const row = { consumer, key, value: [values].flat()[index] ?? '', n };
        transaction.write(schema.table<Effect>('effects'), String(n), row);
      }
      return DONE;
    },
  ],
  [
    /^SELECT key, array_agg\(value ORDER BY n\) AS values FROM effects WHERE consumer = \$1 /,
    ({ transaction, schema, parameters }) => {
      const rows = [...transaction.scan(schema.table<Effect>('effects'))].map(([, row]) => row);
      const mine = rows.filter(({ consumer }) => consumer === parameters[0]).sort((a, b) => a.n - b.n);
      const byKey = [...Map.groupBy(mine, ({ key }) => key)].sort(([a], [b]) => (a < b ? -1 : 1));
      return byKey.map(([key, of]) => ({ key, values: of.map(({ value }) => value) }));
    },
  ],
];
addModels(projection);

/** A virtual clock that real time drives: whatever is to happen happens soon. */
function driven() {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1), new Random(1));
  let running = true;
  const drive = async () => {
    while (running) {
      await clock.run(clock.now + 50);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const ended = drive();
  return {
    clock,
    stop: async () => {
      running = false;
      await ended;
    },
  };
}

/** A server of the simulator for the contracts of the event store. */
export function memoryServer() {
  const { clock, stop } = driven();
  const server = new MemoryServer(clock);
  const connect = (name: string): Promise<Database> => {
    server.schema(name).keepsEventsOf = () => true;
    return Promise.resolve(new MemoryDatabase(server, name, new Part('spec')) as unknown as Database);
  };
  return {
    connect,
    openWriter: (database: Database) => Promise.resolve(openWriter(server, database)),
    order: (database: Database) => {
      const { events } = server.schema(database.schema);
      return Promise.resolve(events.map(({ stream, version }) => `${stream}@${version}`));
    },
    drop: stop,
  };
}

function openWriter(server: MemoryServer, database: Database): Writer {
  const connection = server.open(new Part('writer'), server.schema(database.schema));
  const transaction = server.begin(connection);
  const xid = BigInt(server.takeXid(transaction));
  const hooks: (() => void)[] = [];
  const end = async (how: () => void) => {
    await server.request(connection, how);
    server.close(connection);
  };
  return {
    tx: {
      query: <Row>(sql: Parameters<Database['query']>[0], parameters?: readonly unknown[]) =>
        server.request(connection, () => server.execute(connection, sql, parameters)) as Promise<Row[]>,
      afterCommit: (hook) => void hooks.push(hook),
    },
    xid,
    async commit() {
      await end(() => server.commit(connection));
      for (const hook of hooks) hook();
    },
    rollback: () => end(() => server.rollback(transaction)),
  };
}

/** A log and a database of the simulator for the contract of the event log. */
export function memoryLogAndProjection() {
  const { clock, stop } = driven();
  const server = new MemoryServer(clock);
  const log = new MemoryLog(clock, []);
  const act = (work: () => void) => {
    work();
    return Promise.resolve();
  };
  const rig: LogRig = {
    open(topics) {
      for (const { name, partitions = 1 } of topics) log.ensureTopic(name, partitions);
      return Promise.resolve(log.connect(new Part('spec')));
    },
    recreate: ({ name }) => act(() => log.recreate(name)),
    truncate: (topic) => act(() => log.loseAll(topic)),
    close: () => Promise.resolve(),
  };
  const database = new MemoryDatabase(server, 'projection', new Part('spec')) as unknown as Database;
  return Promise.resolve({
    ...{ rig, projection: new TestProjection(database), drop: stop },
    cutDatabase: () => act(() => server.crash(0)),
  });
}
