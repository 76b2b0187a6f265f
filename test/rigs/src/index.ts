export { freshDatabase, type FreshDatabase } from './postgres.js';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres-server.js';
