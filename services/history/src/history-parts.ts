import type { HistoryApi } from '@carillon/contracts';
import { type Consumer, DeadLetters } from '@carillon/event-log';
import type { Database } from '@carillon/event-store';
import { createLogger, type Loop, TurnLoop } from '@carillon/service-runtime';
import {
  HISTORY_GROUP,
  type HistoryConsumerOptions,
  historyConsumer,
  remember,
} from './adapters/event-log/history-consumer.js';
import { PostgresHistoryReader } from './adapters/postgres/postgres-history-reader.js';
import { pruneHistory, type Retention } from './adapters/postgres/prune-history.js';
import { ReadHistory } from './application/read-history.js';

const PRUNE_EVERY_MS = 60_000;

/** The parts of a history that work on its database. */
export function historyParts(database: Database, retention: Retention) {
  return {
    api: new ReadHistory(new PostgresHistoryReader(database), retention.runsPerList) satisfies HistoryApi,
    consumer: (from: Omit<HistoryConsumerOptions, 'database'>): Consumer =>
      historyConsumer({ database, ...from }),
    deadLetters: new DeadLetters(database, { [HISTORY_GROUP]: remember }),
    pruner: (): Loop =>
      new TurnLoop({
        name: 'pruning history',
        log: createLogger('history'),
        turn: async () => ((await pruneHistory(database, retention)) > 0 ? 0 : PRUNE_EVERY_MS),
      }),
  };
}

export type HistoryParts = ReturnType<typeof historyParts>;
