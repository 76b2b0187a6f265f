export { type CarillonClient, carillonClient, etagOf } from './client.js';
export type { EventsWanted } from './events.js';
export type * from './generated/types.js';
export type { ClientOptions } from './options.js';
export { ProblemError } from './problem.js';
