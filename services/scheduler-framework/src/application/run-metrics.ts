import { metrics } from '@carillon/service-runtime';
import type { Recorded } from './run-batch.js';

/** Counts what a recorded decision means: once for each, when it is on disk. */
export function observeRecorded({ events, run }: Recorded): void {
  if (run.status === 'none') return;
  const since = run.trigger === 'backfill' ? run.queuedAt : (run.startAt ?? run.dueAt);
  const lag = (at: number, hop: 'queued' | 'launched' | 'running') =>
    metrics.fireLag.record((at - since) / 1_000, { hop });
  for (const { type, data } of events) {
    switch (type) {
      case 'RunQueued':
        lag(data.queuedAt, 'queued');
        break;
      case 'AttemptLaunched':
        if (data.attempt > 1) metrics.retries.add(1);
        else lag(data.launchedAt, 'launched');
        break;
      case 'AttemptStarted':
        if (data.attempt === 1) lag(data.startedAt, 'running');
        break;
      case 'RunEnded':
        metrics.fires.add(1, { outcome: data.outcome });
        metrics.runDuration.record((data.endedAt - run.queuedAt) / 1_000, { outcome: data.outcome });
        break;
      default:
    }
  }
}

/** So that increase() sees the first of each. */
export function announceMetrics(): void {
  for (const outcome of ['succeeded', 'failed', 'killed', 'timedOut', 'lost', 'skipped']) {
    metrics.fires.add(0, { outcome });
  }
  metrics.overlapSkipped.add(0);
  metrics.retries.add(0);
}
