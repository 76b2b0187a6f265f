import { freshDatabase } from '@carillon/rigs';
import { Database } from '../database.js';
import { eventStoreMigrations } from '../schema.js';

/** An empty event store in a database of its own. */
export async function freshStore() {
  const postgres = await freshDatabase();
  const connect = (schema = 'service', url = postgres.url) =>
    Database.connect({
      url,
      schema,
      applicationName: 'spec',
      migrations: eventStoreMigrations,
    });
  const database = await connect();
  return {
    url: postgres.url,
    database,
    /** Another instance of the service. */
    connect,
    async drop() {
      await database.close();
      await postgres.drop();
    },
  };
}
