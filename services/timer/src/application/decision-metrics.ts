import { metrics } from '@carillon/service-runtime';
import type { ClockEvent } from '../domain/clock.events.js';

const MISSED = 'startingDeadlineExceeded';

/** Prometheus does not see the first increment of a series that was not there before. */
export function startDecisionMetrics(): void {
  metrics.missed.add(0, { reason: MISSED });
  metrics.fires.add(0, { outcome: 'missed' });
}

/** Counts what was committed at `committedAt`, by the database's clock. */
export function recordDecisions(
  events: readonly Pick<ClockEvent, 'type' | 'data'>[],
  committedAt: number,
): void {
  for (const event of events as readonly ClockEvent[]) {
    if (event.type === 'RunDue') {
      metrics.fireLag.record(Math.max(committedAt - event.data.dueAt, 0) / 1000, { hop: 'decided' });
    }
    if (event.type === 'DueInstantsMissed') {
      metrics.missed.add(event.data.count, { reason: event.data.reason });
      metrics.fires.add(event.data.count, { outcome: 'missed' });
    }
  }
}
