import type { EventSourceApi, HistoryApi, JobRegistryApi, SchedulerFrameworkApi } from '@carillon/contracts';
import { DeadLetters, type EventLog, type MessageHandler, partitionOfKey } from '@carillon/event-log';
import { type Database, EventStore, PublishedEvents, Relay } from '@carillon/event-store';
import { createMesosConnection, type MesosConnection, type MesosConnectionOptions } from '@carillon/mesos';
import { createLogger, type Rush, rush as ofProcess, TurnLoop } from '@carillon/service-runtime';
import {
  JOBS_CONSUMER,
  jobsConsumer,
  TRIGGERS_CONSUMER,
  triggersConsumer,
} from './adapters/event-log/consumers.js';
import { frameworkInfo } from './adapters/mesos/framework-info.js';
import { mesosSecurity } from './adapters/mesos/mesos-security.js';
import { observeCall } from './adapters/mesos/observe-call.js';
import { PostgresFrameworkIds } from './adapters/postgres/postgres-framework-ids.js';
import { PostgresIdempotencyKeys } from './adapters/postgres/postgres-idempotency-keys.js';
import { PostgresLease } from './adapters/postgres/postgres-lease.js';
import { PostgresRevisions } from './adapters/postgres/postgres-revisions.js';
import { PostgresRunIndex } from './adapters/postgres/postgres-run-index.js';
import { AdmitDueRuns } from './application/admit-due-runs.js';
import { CloseJobDoor } from './application/close-job.js';
import { FindCurrentRuns } from './application/find-current-runs.js';
import { FollowJobs } from './application/follow-jobs.js';
import { forgetEndedRuns } from './application/forget-ended-runs.js';
import { LeaderAnswers } from './application/leader-answers.js';
import { LeaderTerm } from './application/leader/leader-term.js';
import { type Fence, Leadership } from './application/leadership.js';
import { SOURCE, toPublic } from './application/public-events.js';
import { ReadRuns } from './application/read-runs.js';
import { Revisions } from './application/revisions.js';
import { RunLedger } from './application/run-ledger.js';
import { SchedulerFramework } from './application/scheduler-framework.js';
import { StartRun } from './application/start-run.js';
import { StopRun } from './application/stop-run.js';
import { readFrameworkFile } from './framework-file.js';
import { windowLimits } from './domain/offers/launch-window.js';
import { commandExecutorPath } from './domain/tasks/launch-path.js';
import type { CompleteConfig, SchedulerFrameworkConfig } from './scheduler-framework.config.js';

const FORGET_KEYS_EVERY_MS = 600_000;

export interface SchedulerFrameworkOptions {
  readonly config: SchedulerFrameworkConfig;
  readonly log: EventLog;
  /** Who is asked for events that the log no longer holds, by source. */
  readonly refill: Readonly<Record<string, EventSourceApi>>;
  readonly registry: Pick<JobRegistryApi, 'getRevisions'>;
  readonly history: Pick<HistoryApi, 'haveRuns'>;
  /** To a real master unless told. */
  readonly connect?: (options: MesosConnectionOptions) => MesosConnection;
  /** That of the process unless told. */
  readonly rush?: Rush;
  /** Nothing that this process can do helps, such as a framework id that Mesos refuses; ends the process unless told. */
  readonly onFatal?: (error: Error) => void;
}

export type CompleteOptions = Omit<SchedulerFrameworkOptions, 'config'> & { readonly config: CompleteConfig };

/** One instance of the framework on its database, without what drives it. */
export function schedulerFrameworkParts(database: Database, options: CompleteOptions) {
  const made = parts(database, options);
  return {
    api: api(made, options),
    deadLetters: new DeadLetters(database, {
      [JOBS_CONSUMER]: made.hearJobs,
      [TRIGGERS_CONSUMER]: (tx, messages) => made.answers.hearTriggers(tx, messages),
    }),
    eventSource: new PublishedEvents({ database, source: SOURCE, toPublic, partitionOf: partitionOfKey }),
    framework: framework(database, made, options),
  };
}

export type SchedulerFrameworkParts = ReturnType<typeof schedulerFrameworkParts>;

interface Parts {
  readonly ledger: RunLedger;
  readonly revisions: Revisions;
  readonly keys: PostgresIdempotencyKeys;
  readonly lease: PostgresLease;
  readonly read: ReadRuns;
  readonly answers: LeaderAnswers;
  /** Messages of `carillon.jobs`. */
  readonly hearJobs: MessageHandler;
}

function parts(database: Database, { config, registry }: CompleteOptions): Parts {
  const { frameworkName, instance, leaseMs } = config;
  const ledger = new RunLedger(new EventStore(database), new PostgresRunIndex(database));
  const lease = new PostgresLease(database, { framework: frameworkName, holder: instance, ttlMs: leaseMs });
  const read = new ReadRuns(ledger.store, ledger.index);
  const revisions = new Revisions(new PostgresRevisions(database), registry);
  const log = createLogger('scheduler-framework');
  const follow = new FollowJobs({ ledger, revisions, clock: Date.now, log });
  return {
    ...{ ledger, lease, read, revisions, keys: new PostgresIdempotencyKeys(database) },
    hearJobs: (tx, messages) => follow.handle(tx, messages),
    answers: new LeaderAnswers(lease, (request) => read.get(request)),
  };
}

function api(
  { ledger, revisions, keys, lease, read, answers }: Parts,
  { config }: CompleteOptions,
): SchedulerFrameworkApi {
  const clock = Date.now;
  const start = new StartRun({ ledger, revisions, keys, framework: config.frameworkName, clock });
  const stop = new StopRun(ledger, clock);
  const door = new CloseJobDoor(ledger, clock);
  const search = new FindCurrentRuns(ledger.index, read);
  return {
    startRun: (request) => start.start(request),
    getRunOfKey: (request) => start.ofKey(request),
    stopRun: (request) => stop.stop(request),
    getRun: (request) => read.get(request),
    listRuns: (request) => read.list(request),
    findCurrentRuns: (request) => search.find(request),
    closeJob: (request) => door.close(request),
    getPlacement: (request) => answers.getPlacement(request),
    listQueue: (request) => answers.listQueue(request),
    getLeader: () => lease.current(),
  };
}

function framework(
  database: Database,
  { ledger, revisions, keys, lease, answers, hearJobs }: Parts,
  { config, log: eventLog, refill, history, connect, rush = ofProcess, onFatal }: CompleteOptions,
): SchedulerFramework {
  const clock = Date.now;
  const log = createLogger('scheduler-framework');
  const consuming = { database, log: eventLog, refill };
  const security = mesosSecurity(config.mesosAccess);

  const begin = async (fence: Fence, lost: () => void) => {
    const term = new LeaderTerm({
      fence,
      ledger,
      revisions,
      frameworkIds: new PostgresFrameworkIds(database, config.frameworkName),
      framework: config.frameworkName,
      frameworkInfo: () => frameworkInfo(config, frameworkFile(config)),
      lookEveryMs: config.lookEveryMs,
      masters: config.mesosMaster,
      connect: connect ?? ((connection) => createMesosConnection({ ...connection, security, observeCall })),
      path: commandExecutorPath,
      windowLimits: windowLimits(config.launchWindow),
      keepGpusForGpuRuns: config.gpus !== 'unrestricted',
      secretsAreKnown: config.secrets === 'references',
      drainingMs: config.drainingSeconds * 1_000,
      silentMs: config.silentMs,
      unreachableTimeoutMs: config.unreachableTimeoutSeconds * 1_000,
      reconciliationWaitMs: config.reconciliationWaitMs,
      clock,
      rush,
      log,
      triggers: ({ onFenced, ...told }) => {
        const admit = new AdmitDueRuns({
          ...{ ledger, revisions, framework: config.frameworkName, fence, clock },
          ...told,
          onLost: lost,
        });
        const handle: MessageHandler = (tx, messages) => admit.handle(tx, messages);
        return { handle, consumer: triggersConsumer(consuming, { handle, onFenced }) };
      },
      forgetting: forgetEndedRuns({ index: ledger.index, history, log, everyMs: config.forgetEveryMs }),
      lost,
      onFatal: onFatal ?? endProcess,
    });
    try {
      await term.begin();
    } catch (error) {
      await term.stop();
      throw error;
    }
    answers.answerFrom(term);
    return {
      async stop() {
        answers.answerFrom(undefined);
        await term.stop();
      },
    };
  };
  return new SchedulerFramework(new Leadership({ lease, ttlMs: config.leaseMs, log, begin }), [
    jobsConsumer(consuming, hearJobs),
    new Relay({ database, source: SOURCE, log: eventLog, toPublic, calm: (stopping) => rush.calm(stopping) }),
    new TurnLoop({
      name: 'forgetting idempotency keys',
      log,
      turn: async () => ((await keys.forgetOld()) > 0 ? 0 : FORGET_KEYS_EVERY_MS),
    }),
  ]);
}

const frameworkFile = ({ frameworkFile: path }: CompleteConfig) =>
  path === undefined ? {} : readFrameworkFile(path);

/** As an uncaught error, which runMain says in one sentence and ends by. */
function endProcess(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
