import type { AppendedEvent } from '@carillon/event-store';
import { type OpenSpan, openSpan } from '@carillon/service-runtime';
import type { ClockEvent, DueInstantsMissedEvent } from '../domain/clock.events.js';
import { recordLag, recordMissed } from './decision-metrics.js';

/** What one transaction fires, for traces and metrics: told event by event, counted when it is committed. */
export class Fired {
  events = 0;
  readonly #spans: OpenSpan[] = [];
  /** Of runs, by when they were to start: there are few, where runs are many. */
  readonly #runs = new Map<number, number>();
  readonly #missed: DueInstantsMissedEvent['data'][] = [];

  /** Each due instant that makes a run begins that run's trace. */
  traced(event: ClockEvent): AppendedEvent<ClockEvent> {
    this.events++;
    if (event.type === 'DueInstantsMissed') this.#missed.push(event.data);
    if (event.type !== 'RunDue') return event;
    const { jobId, runId, scheduleId, dueAt, startAt = dueAt } = event.data;
    this.#runs.set(startAt, (this.#runs.get(startAt) ?? 0) + 1);
    const attributes = {
      'carillon.job.id': jobId,
      'carillon.run.id': runId,
      'carillon.schedule.id': scheduleId,
    };
    const span = openSpan('run due', attributes, { parent: {}, startedAt: dueAt });
    this.#spans.push(span);
    return { type: event.type, data: event.data, metadata: { ...span.context, correlationId: runId } };
  }

  /** `at`: by the database's clock. */
  committed(at: number): void {
    for (const [startAt, runs] of this.#runs) recordLag(at - startAt, runs);
    for (const { count, reason } of this.#missed) recordMissed(count, reason);
    for (const span of this.#spans) span.end();
  }
}
