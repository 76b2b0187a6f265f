import { Aggregates, type Database, EventStore } from '@carillon/event-store';
import { PostgresDueClocks } from './adapters/postgres/postgres-due-clocks.js';
import { CLOCK } from './application/clock-stream.js';
import { FireDueClocks } from './application/fire-due-clocks.js';
import { FollowJobs } from './application/follow-jobs.js';
import { LONGEST_SLEEP_MS } from './application/timer-loop.js';
import { clock } from './domain/clock.decide.js';

/** The parts of a timer that work on its database, without what drives them. */
export function timerParts(database: Database) {
  const store = new EventStore(database);
  const due = new PostgresDueClocks(database, LONGEST_SLEEP_MS);
  const clocks = new Aggregates(store, { category: CLOCK, decider: clock });
  const follow = new FollowJobs(clocks, due);
  return { database, store, clocks, due, follow, fire: new FireDueClocks(database, store, due) };
}

export type TimerParts = ReturnType<typeof timerParts>;
