import type { DomainEvent } from '@carillon/event-sourcing';
import { metrics } from '@carillon/service-runtime';
import { MISS_REASONS, type RunDueEvent } from '../domain/clock.events.js';

const DECIDED = { hop: 'decided' } as const;

/** Prometheus does not see the first increment of a series that was not there before. */
export function startDecisionMetrics(): void {
  for (const reason of MISS_REASONS) metrics.missed.add(0, { reason });
  metrics.fires.add(0, { outcome: 'missed' });
}

/** Counts what was committed at `committedAt`, by the database's clock. */
export function recordDecisions(events: readonly DomainEvent[], committedAt: number): void {
  for (const event of events) {
    if (event.type === 'RunDue') recordLag(committedAt - (event as RunDueEvent).data.dueAt, 1);
  }
}

/** So many runs were decided so long after their due instant, or the end of their jitter. */
export function recordLag(ms: number, runs: number): void {
  const seconds = Math.max(ms, 0) / 1000;
  for (let i = 0; i < runs; i++) metrics.fireLag.record(seconds, DECIDED);
}

export function recordMissed(count: number, reason: string): void {
  metrics.missed.add(count, { reason });
  metrics.fires.add(count, { outcome: 'missed' });
}
