import type { DomainEvent } from '@carillon/event-sourcing';
import { metrics } from '@carillon/service-runtime';
import type { DueInstantsMissedEvent, RunDueEvent } from '../domain/clock.events.js';

const MISSED = 'startingDeadlineExceeded';

/** Prometheus does not see the first increment of a series that was not there before. */
export function startDecisionMetrics(): void {
  metrics.missed.add(0, { reason: MISSED });
  metrics.fires.add(0, { outcome: 'missed' });
}

/** Counts what was committed at `committedAt`, by the database's clock. */
export function recordDecisions(events: readonly DomainEvent[], committedAt: number): void {
  for (const event of events) {
    if (event.type === 'RunDue') {
      const { dueAt } = (event as RunDueEvent).data;
      metrics.fireLag.record(Math.max(committedAt - dueAt, 0) / 1000, { hop: 'decided' });
    }
    if (event.type === 'DueInstantsMissed') {
      const { count, reason } = (event as DueInstantsMissedEvent).data;
      metrics.missed.add(count, { reason });
      metrics.fires.add(count, { outcome: 'missed' });
    }
  }
}
