export { type EmbeddedPostgres, startPostgres } from './server.js';
