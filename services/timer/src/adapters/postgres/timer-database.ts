import { consumerMigrations } from '@carillon/event-log';
import { Database, eventStoreMigrations } from '@carillon/event-store';
import { timerMigrations } from './migrations.js';

/** The schema `timer`, up to date. `claimers`: transactions that fire at once, each on a connection. */
export function connectTimerDatabase(url: string, claimers: number): Promise<Database> {
  return Database.connect({
    url,
    schema: 'timer',
    applicationName: 'carillon-timer',
    migrations: [...eventStoreMigrations, ...consumerMigrations, ...timerMigrations],
    poolSize: claimers + 4,
  });
}
