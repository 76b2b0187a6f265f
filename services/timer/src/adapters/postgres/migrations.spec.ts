import { consumerMigrations } from '@carillon/event-log';
import { Aggregates, Database, EventStore, eventStoreMigrations } from '@carillon/event-store';
import { type FreshDatabase, freshDatabase } from '@carillon/rigs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOCK } from '../../application/clock-stream.js';
import { clock } from '../../domain/clock.decide.js';
import { emptyRegistry, schedule } from '../../test/timer-rig.js';
import { timerParts } from '../../timer-parts.js';
import { timerMigrations } from './migrations.js';
import { connectTimerDatabase } from './timer-database.js';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

test('clocks that an earlier version armed are due when they were', async () => {
  const before = await Database.connect({
    ...{ url: fresh.url, schema: 'timer', applicationName: 'spec' },
    migrations: [...eventStoreMigrations, ...consumerMigrations, ...timerMigrations.slice(0, 3)],
  });
  const earlier = new Aggregates(new EventStore(before), { category: CLOCK, decider: clock });
  const definedAt = (await before.now()) - 60_000;
  for (const [uid, enabled] of [
    ['u1', true],
    ['u2', false],
  ] as const) {
    const schedules = [schedule({ enabled })];
    await earlier.handle(uid, {
      type: 'ReviseSchedules',
      jobId: uid,
      uid,
      revision: 1,
      definedAt,
      schedules,
    });
  }
  await before.close();

  const database = await connectTimerDatabase(fresh.url, 1);
  const { clocks, fire } = timerParts(database, emptyRegistry);
  expect(await clocks.rebuild({ repair: false })).toMatchObject({ differing: [] });
  expect(await fire.batch(10)).toBe(1);
  expect(await fire.batch(10)).toBe(0);
  expect(await clocks.rebuild({ repair: false })).toMatchObject({ differing: [] });
  await database.close();
});
