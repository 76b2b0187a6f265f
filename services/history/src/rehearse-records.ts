import { rehearsedJobs } from '@carillon/contracts';
import { hearInVain } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import type { Act } from '@carillon/service-runtime';
import { remember } from './adapters/event-log/history-consumer.js';

/** Records jobs that were just created in this database, and takes that back. */
export function rehearsedRecords(database: Database): Act {
  return {
    ...{ name: 'records', times: 400, perTurn: 16 },
    perform: (count) => hearInVain(database, remember, rehearsedJobs(count)),
  };
}
