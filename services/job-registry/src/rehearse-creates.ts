import { rehearsedSpecs } from '@carillon/contracts';
import { type Database, rolledBack } from '@carillon/event-store';
import type { Act } from '@carillon/service-runtime';
import { jobRegistryParts } from './job-registry-parts.js';

/** Creates jobs in this database, each of its own, and takes that back. */
export function rehearsedCreates(database: Database): Act {
  const { api } = jobRegistryParts(rolledBack(database));
  return {
    ...{ name: 'creates', times: 400, perTurn: 8 },
    perform: (count) => Promise.all(rehearsedSpecs(count).map((spec) => api.createJob({ spec }))),
  };
}
