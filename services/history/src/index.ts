export { forgetHistory } from './adapters/postgres/forget-history.js';
export { rebuildHistory, type RebuildPorts } from './application/rebuild-history.js';
export { type HistoryConfig, historyConfigSchema, historyRetention } from './history.config.js';
export {
  HISTORY_API,
  HISTORY_CONSUMER,
  HISTORY_DATABASE,
  HISTORY_DEAD_LETTERS,
  HistoryModule,
  type HistoryOptions,
} from './history.module.js';
export { historyParts } from './history-parts.js';
export { rehearsedRecords } from './rehearse-records.js';
