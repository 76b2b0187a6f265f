import { lateBound, rehearsedJobs } from '@carillon/contracts';
import { hearInVain } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import type { Act } from '@carillon/service-runtime';
import { timerParts } from './timer-parts.js';

/** Arms the clocks of jobs that were just created in this database, and takes that back. */
export function rehearsedClocks(database: Database): Act {
  const { hearJobs } = timerParts(database, lateBound('JobRegistry').api);
  return {
    ...{ name: 'clocks', times: 400, perTurn: 16 },
    perform: (count) => hearInVain(database, hearJobs, rehearsedJobs(count)),
  };
}
