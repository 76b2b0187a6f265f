export { type EmbeddedPostgres, startPostgres } from './server.js';
export { type Supervised, type SupervisionOptions, supervise } from './supervise.js';
