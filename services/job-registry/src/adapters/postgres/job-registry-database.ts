import { Database, eventStoreMigrations } from '@carillon/event-store';
import { jobRegistryMigrations } from './migrations.js';

/** The service's own schema, brought up to date. */
export const connectJobRegistryDatabase = (url: string): Promise<Database> =>
  Database.connect({
    url,
    schema: 'job_registry',
    applicationName: 'carillon-job-registry',
    migrations: [...eventStoreMigrations, ...jobRegistryMigrations],
  });
