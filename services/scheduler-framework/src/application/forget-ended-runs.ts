import type { HistoryApi } from '@carillon/contracts';
import { type Logger, type Loop, TurnLoop } from '@carillon/service-runtime';
import type { RunIndex } from './run-index.js';

const BATCH = 1_000;

/** Ended runs are served from here until history says that it has them; then they are forgotten. */
export function forgetEndedRuns(options: {
  readonly index: RunIndex;
  readonly history: Pick<HistoryApi, 'haveRuns'>;
  readonly log: Logger;
  readonly everyMs: number;
}): Loop {
  const { index, history, log, everyMs } = options;
  return new TurnLoop({
    name: 'forgetting ended runs',
    log,
    backoff: { baseMs: everyMs, maxMs: everyMs * 10 },
    async turn() {
      const ended = await index.ended(BATCH);
      if (ended.length === 0) return everyMs;
      const { runs } = await history.haveRuns({ runs: ended.map(({ uid, runId }) => ({ uid, runId })) });
      await index.forget(runs);
      return runs.length === BATCH ? 0 : everyMs;
    },
  });
}
