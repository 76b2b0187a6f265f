import type { JobRegistryApi } from '@carillon/contracts';
import type { ReceivedMessage } from '@carillon/event-log';
import { Aggregates, type Database, EventStore, type Transaction } from '@carillon/event-store';
import { PostgresBackfills } from './adapters/postgres/postgres-backfills.js';
import { PostgresDecisionLog } from './adapters/postgres/postgres-decision-log.js';
import { PostgresDueClocks } from './adapters/postgres/postgres-due-clocks.js';
import { PostgresWorkflows } from './adapters/postgres/postgres-workflows.js';
import { BACKFILL, Backfills } from './application/backfills.js';
import { CLOCK } from './application/clock-stream.js';
import { DropFromWorkflows } from './application/drop-from-workflows.js';
import { Explain } from './application/explain.js';
import { FireDueClocks } from './application/fire-due-clocks.js';
import { FollowJobs } from './application/follow-jobs.js';
import { FollowRuns } from './application/follow-runs.js';
import { runEventsOf } from './application/run-events.js';
import { LONGEST_SLEEP_MS } from './application/timer-loop.js';
import { TimerService } from './application/timer-service.js';
import { backfill } from './domain/backfill/backfill.decide.js';
import { clock } from './domain/clock.decide.js';

/** What is asked of the registry: who depends on whom, and what a job is. */
export type RegistryForTimer = Pick<JobRegistryApi, 'listConnectedJobs' | 'getJob' | 'getRevision'>;

/** The parts of a timer that work on its database, without what drives them. `clock`: see PostgresDueClocks. */
export function timerParts(database: Database, registry: RegistryForTimer, options: { clock?: string } = {}) {
  const store = new EventStore(database);
  const due = new PostgresDueClocks(database, LONGEST_SLEEP_MS, options.clock);
  const clocks = new Aggregates(store, { category: CLOCK, decider: clock });
  const workflows = new PostgresWorkflows(database);
  const follow = new FollowJobs(clocks, due, new DropFromWorkflows(store, workflows));
  const followRuns = new FollowRuns(store, workflows, registry);
  const now = () => database.now();
  const backfills = new Backfills({
    backfills: new Aggregates(store, { category: BACKFILL, decider: backfill }),
    book: new PostgresBackfills(database),
    registry,
    now,
  });
  const clockOf = async (uid: string) => (await clocks.load(uid)).state;
  const explain = new Explain({ log: new PostgresDecisionLog(database, store), clockOf, registry });
  return {
    database,
    store,
    clocks,
    due,
    fire: new FireDueClocks(database, store, due),
    /** Messages of `carillon.jobs`. */
    hearJobs: (tx: Transaction, messages: readonly ReceivedMessage[]) => follow.handle(tx, messages),
    /** Messages of `carillon.runs`. */
    hearRuns: async (tx: Transaction, messages: readonly ReceivedMessage[]): Promise<void> => {
      const events = runEventsOf(messages);
      await followRuns.handle(tx, events);
      await backfills.follow(tx, events);
    },
    service: new TimerService({ backfills, workflows, explain, clockOf, now }),
  };
}

export type TimerParts = ReturnType<typeof timerParts>;
