import type { SourcePosition } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestProjection } from '../contract/test-projection.js';
import type { ReceivedMessage } from '../event-log.js';
import { Applier } from './applier.js';
import type { Progress } from './positions.js';

let postgres: FreshDatabase;
let projection: TestProjection;
beforeAll(async () => {
  postgres = await freshDatabase();
  projection = await TestProjection.connect(postgres.url);
});
afterAll(async () => {
  await projection.close();
  await postgres.drop();
});

const message = (n: number): ReceivedMessage => {
  const sourcePosition: SourcePosition = { window: '1', position: String(n) };
  return {
    ...{ topic: 't', partition: 0, offset: String(n), key: 'key', headers: {}, value: new Uint8Array() },
    ...{ source: 'source', sourcePosition },
  };
};

it('halves a batch for which a statement takes too long, and tries a single message again', async () => {
  const handled: string[][] = [];
  let slowAlone = 2;
  const applier = new Applier({
    name: 'slow',
    database: projection.database,
    handle: async (tx, messages) => {
      if (messages.length > 2 || (messages.length === 1 && slowAlone-- > 0)) {
        await tx.query("SET LOCAL statement_timeout = '20ms'");
        await tx.query('SELECT pg_sleep(60)');
      }
      handled.push(messages.map(({ offset }) => offset));
    },
  });
  const progress = new Map<string, Progress>();
  const messages = Array.from({ length: 7 }, (_, n) => message(n));
  await applier.apply({ topic: 't', partition: 0, progress }, messages, AbortSignal.timeout(10_000));
  expect(handled).toEqual([['0', '1'], ['2', '3'], ['4', '5'], ['6']]);
  expect(slowAlone).toBe(-1);
  const [letters] = await projection.database.query('SELECT count(*)::int AS count FROM dead_letters');
  expect(letters).toEqual({ count: 0 });
});
