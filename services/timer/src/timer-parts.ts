import { Aggregates, type Database, EventStore } from '@carillon/event-store';
import { PostgresDueClocks } from './adapters/postgres/postgres-due-clocks.js';
import { PostgresWorkflows } from './adapters/postgres/postgres-workflows.js';
import { CLOCK } from './application/clock-stream.js';
import { DropFromWorkflows } from './application/drop-from-workflows.js';
import { FireDueClocks } from './application/fire-due-clocks.js';
import { FollowJobs } from './application/follow-jobs.js';
import { FollowRuns, type RegistryForWorkflows } from './application/follow-runs.js';
import { LONGEST_SLEEP_MS } from './application/timer-loop.js';
import { clock } from './domain/clock.decide.js';

/** The parts of a timer that work on its database, without what drives them. */
export function timerParts(database: Database, registry: RegistryForWorkflows) {
  const store = new EventStore(database);
  const due = new PostgresDueClocks(database, LONGEST_SLEEP_MS);
  const clocks = new Aggregates(store, { category: CLOCK, decider: clock });
  const workflows = new PostgresWorkflows(database);
  return {
    database,
    store,
    clocks,
    due,
    workflows,
    follow: new FollowJobs(clocks, due, new DropFromWorkflows(store, workflows)),
    followRuns: new FollowRuns(store, workflows, registry),
    fire: new FireDueClocks(database, store, due),
  };
}

export type TimerParts = ReturnType<typeof timerParts>;
