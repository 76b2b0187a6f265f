export { Database, type DatabaseOptions } from './database.js';
export type { Listening } from './listen.js';
export type { Migration } from './migrations.js';
export type { Session } from './session.js';
export { type Prepared, prepared, type Queries, type Transaction } from './transaction.js';
export {
  compareSourcePositions,
  type LogMessage,
  type OutgoingMessage,
  type SourcePosition,
} from './messages.js';
