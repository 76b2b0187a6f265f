import type { EventSourceApi, JobRegistryApi } from '@carillon/contracts';
import { DeadLetters, type EventLog, type MessageHandler, partitionOfKey } from '@carillon/event-log';
import { Aggregates, type Database, EventStore, PublishedEvents, Relay } from '@carillon/event-store';
import { JOBS_CONSUMER, jobsConsumer, RUNS_CONSUMER, runsConsumer } from './adapters/event-log/consumers.js';
import { PostgresBackfills } from './adapters/postgres/postgres-backfills.js';
import { PostgresDecisionLog } from './adapters/postgres/postgres-decision-log.js';
import { PostgresDueClocks } from './adapters/postgres/postgres-due-clocks.js';
import { PostgresWorkflows } from './adapters/postgres/postgres-workflows.js';
import { settleAfterZoneUpdate } from './adapters/postgres/settle-clocks.js';
import { timerColumns } from './adapters/postgres/timer-columns.js';
import { BACKFILL, Backfills } from './application/backfills.js';
import { CLOCK } from './application/clock-stream.js';
import { DropFromWorkflows } from './application/drop-from-workflows.js';
import { Explain } from './application/explain.js';
import { FireDueClocks } from './application/fire-due-clocks.js';
import { FollowJobs } from './application/follow-jobs.js';
import { FollowRuns } from './application/follow-runs.js';
import { ForgetWorkflows } from './application/forget-workflows.js';
import { SOURCE, toPublic } from './application/published.js';
import { runEventsOf } from './application/run-events.js';
import { Timer } from './application/timer.js';
import { LONGEST_SLEEP_MS, TimerLoop } from './application/timer-loop.js';
import { TimerService } from './application/timer-service.js';
import { backfill } from './domain/backfill/backfill.decide.js';
import { clock } from './domain/clock.decide.js';
import type { TimerConfig } from './timer.config.js';

/** What is asked of the registry: who depends on whom, and what a job is. */
export type RegistryForTimer = Pick<JobRegistryApi, 'listConnectedJobs' | 'getJob' | 'getRevision'>;

const DEFAULT_WORKFLOW_DAYS = 90;

/** The parts of a timer that work on its database, without what drives them. `clock`: see PostgresDueClocks. */
export function timerParts(
  database: Database,
  registry: RegistryForTimer,
  options: { clock?: string; workflowDays?: number | undefined } = {},
) {
  const { workflowDays = DEFAULT_WORKFLOW_DAYS } = options;
  const store = new EventStore(database, { columns: timerColumns });
  const due = new PostgresDueClocks(database, LONGEST_SLEEP_MS, options.clock);
  const clocks = new Aggregates(store, { category: CLOCK, decider: clock });
  const workflows = new PostgresWorkflows(database);
  const follow = new FollowJobs(clocks, due, new DropFromWorkflows(store, workflows));
  const followRuns = new FollowRuns(store, workflows, registry, { keptDays: workflowDays });
  const now = () => database.now();
  const backfills = new Backfills({
    backfills: new Aggregates(store, { category: BACKFILL, decider: backfill }),
    book: new PostgresBackfills(database),
    registry,
    now,
  });
  const clockOf = async (uid: string) => (await clocks.load(uid)).state;
  const explain = new Explain({ log: new PostgresDecisionLog(database, store), clockOf, registry });
  const hearJobs: MessageHandler = (tx, messages) => follow.handle(tx, messages);
  const hearRuns: MessageHandler = async (tx, messages) => {
    const events = runEventsOf(messages);
    await followRuns.handle(tx, events);
    await backfills.follow(tx, events);
  };
  return {
    database,
    store,
    clocks,
    due,
    workflows,
    forgetWorkflows: new ForgetWorkflows(workflows, workflowDays),
    fire: new FireDueClocks(database, store, due),
    /** Messages of `carillon.jobs`. */
    hearJobs,
    /** Messages of `carillon.runs`. */
    hearRuns,
    deadLetters: new DeadLetters(database, { [JOBS_CONSUMER]: hearJobs, [RUNS_CONSUMER]: hearRuns }),
    service: new TimerService({ backfills, workflows, explain, clockOf, now }),
    eventSource: new PublishedEvents({ database, source: SOURCE, toPublic, partitionOf: partitionOfKey }),
  };
}

export type TimerParts = ReturnType<typeof timerParts>;

const DEFAULT_BATCH_SIZE = 1_000;
export const DEFAULT_CLAIMERS = 2;

/** All that runs in one timer, on its parts. */
export function timerOf(
  { database, due, fire, hearJobs, hearRuns, forgetWorkflows }: TimerParts,
  { log, refill, ...options }: TimerSettings,
): Timer {
  const { batchSize = DEFAULT_BATCH_SIZE, claimers = DEFAULT_CLAIMERS } = options;
  const settings = { database, log, refill };
  return new Timer({
    loop: new TimerLoop(fire, due, { batchSize, claimers }),
    others: [
      jobsConsumer(settings, hearJobs),
      runsConsumer(settings, hearRuns),
      new Relay({ database, source: SOURCE, log, toPublic }),
      forgetWorkflows,
    ],
    listen: (onDue) => due.listen(onDue),
    settle: () => settleAfterZoneUpdate(database),
  });
}

export interface TimerSettings extends Omit<TimerConfig, 'databaseUrl' | 'workflowDays'> {
  readonly log: EventLog;
  /** Who is asked for events that the log no longer holds, by source. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
}
