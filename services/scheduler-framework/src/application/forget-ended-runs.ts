import type { HistoryApi } from '@carillon/contracts';
import { type Logger, type Loop, TurnLoop } from '@carillon/service-runtime';
import type { RunIndex } from './run-index.js';

const BATCH = 1_000;

/**
 * Ended runs are served from here until history says that it has them; then they are forgotten. Page by page, so that
 * runs which history never gets do not keep the others.
 */
export function forgetEndedRuns(options: {
  readonly index: Pick<RunIndex, 'ended' | 'forget'>;
  readonly history: Pick<HistoryApi, 'haveRuns'>;
  readonly log: Logger;
  readonly everyMs: number;
  readonly batch?: number;
}): Loop {
  const { index, history, log, everyMs, batch = BATCH } = options;
  let skip = 0;
  return new TurnLoop({
    name: 'forgetting ended runs',
    log,
    backoff: { baseMs: everyMs, maxMs: everyMs * 10 },
    async turn() {
      const ended = await index.ended({ limit: batch, skip });
      const last = ended.length < batch;
      if (ended.length === 0) {
        skip = 0;
        return everyMs;
      }
      const { runs } = await history.haveRuns({ runs: ended.map(({ uid, runId }) => ({ uid, runId })) });
      await index.forget(runs);
      skip = last ? 0 : skip + ended.length - runs.length;
      return last ? everyMs : 0;
    },
  });
}
