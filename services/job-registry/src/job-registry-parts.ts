import { partitionOfKey } from '@carillon/event-log';
import {
  Aggregates,
  type Database,
  EventStore,
  type PublicationLog,
  PublishedEvents,
  Relay,
} from '@carillon/event-store';
import { createLogger, type Loop, TurnLoop } from '@carillon/service-runtime';
import { FoldingTexts } from './adapters/postgres/folding-texts.js';
import { jobColumns } from './adapters/postgres/job-columns.js';
import { PostgresAnsweredRequests } from './adapters/postgres/postgres-answered-requests.js';
import { PostgresDependencyBook } from './adapters/postgres/postgres-dependency-book.js';
import { PostgresJobBook } from './adapters/postgres/postgres-job-book.js';
import { Dependencies } from './application/dependencies.js';
import { JobRegistry } from './application/job-registry.js';
import { SOURCE, toPublic } from './application/published.js';
import { JOB } from './application/streams.js';
import { jobDecider } from './domain/job.decide.js';

const FORGET_EVERY_MS = 600_000;

/**
 * Whoever creates jobs waits for their appends, nobody for what follows. In small pages: handling 100 definitions at once
 * takes both cores of a small machine for 20 ms, and handling five at once makes each definition dearer.
 */
const GATHERING = { gatherMs: 10, gatherEvents: 24 };

/** The parts of a job registry that work on its database. */
export function jobRegistryParts(database: Database, options: { maxJobs?: number } = {}) {
  const answered = new PostgresAnsweredRequests(database);
  return {
    api: new JobRegistry({
      jobs: new Aggregates(new EventStore(database, { columns: jobColumns }), {
        category: JOB,
        decider: jobDecider,
      }),
      book: new PostgresJobBook(database),
      dependencies: new Dependencies(new PostgresDependencyBook(database), database),
      answered,
      transaction: (work) => database.transaction(work),
      ...options,
    }),
    eventSource: new PublishedEvents({ database, source: SOURCE, toPublic, partitionOf: partitionOfKey }),
    relay: (log: PublicationLog): Loop =>
      new Relay({ database, source: SOURCE, log, toPublic, ...GATHERING }),
    folding: (): Loop => new FoldingTexts(database),
    forgetting: (): Loop =>
      new TurnLoop({
        name: 'forgetting answered requests',
        log: createLogger('job-registry'),
        turn: async () => ((await answered.forgetOld()) > 0 ? 0 : FORGET_EVERY_MS),
      }),
  };
}

export type JobRegistryParts = ReturnType<typeof jobRegistryParts>;
