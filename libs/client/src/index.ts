export { type CarillonClient, carillonClient, type ClientOptions, etagOf } from './client.js';
export type { EventsWanted } from './events.js';
export type * from './generated/types.js';
export { ProblemError } from './problem.js';
