import { consumerMigrations } from '@carillon/event-log';
import { Database } from '@carillon/event-store';
import { historyMigrations } from './history.migrations.js';

/** The schema `history`, up to date. */
export function connectHistoryDatabase(url: string): Promise<Database> {
  return Database.connect({
    url,
    schema: 'history',
    applicationName: 'carillon-history',
    migrations: [...consumerMigrations, ...historyMigrations],
    poolSize: 8,
  });
}
