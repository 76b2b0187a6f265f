import { consumerMigrations } from '@carillon/event-log';
import { Database, eventStoreMigrations } from '@carillon/event-store';
import { frameworkMigrations } from './migrations.js';

/** The schema `scheduler_framework`, up to date. */
export function connectFrameworkDatabase(url: string): Promise<Database> {
  return Database.connect({
    url,
    schema: 'scheduler_framework',
    applicationName: 'carillon-scheduler-framework',
    migrations: [...eventStoreMigrations, ...consumerMigrations, ...frameworkMigrations],
    poolSize: 10,
  });
}
