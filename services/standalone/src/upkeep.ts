import { rehearsedJobs } from '@carillon/contracts';
import type { EmbeddedLog, EventLog } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import { rehearsedRequests } from '@carillon/gateway';
import { HISTORY_DATABASE, rehearsedRecords } from '@carillon/history';
import { JOB_REGISTRY_DATABASE, rehearsedCreates } from '@carillon/job-registry';
import { rehearsedRuns } from '@carillon/scheduler-framework';
import { type Act, AfterRush, createLogger, type Loop, Rehearsal } from '@carillon/service-runtime';
import { rehearsedClocks, TIMER_DATABASE } from '@carillon/timer';
import type { INestApplicationContext } from '@nestjs/common';

/** What this process does for itself: it prepares for its first work, and gives back what a rush took. */
export function upkeep(services: INestApplicationContext, eventLog: EventLog | EmbeddedLog): Loop[] {
  const log = createLogger('carillon');
  const databaseOf = (token: symbol) => services.get<Database>(token, { strict: false });
  const acts = [
    rehearsedCreates(databaseOf(JOB_REGISTRY_DATABASE)),
    rehearsedRequests(),
    ...('publishInVain' in eventLog ? [rehearsedPublications(eventLog)] : []),
    rehearsedClocks(databaseOf(TIMER_DATABASE)),
    rehearsedRecords(databaseOf(HISTORY_DATABASE)),
    rehearsedRuns,
  ];
  return [new Rehearsal({ acts, log }), new AfterRush({ log })];
}

const rehearsedPublications = (log: EmbeddedLog): Act => ({
  ...{ name: 'publications', times: 400, perTurn: 16 },
  perform: (count) => log.publishInVain(rehearsedJobs(count)),
});
