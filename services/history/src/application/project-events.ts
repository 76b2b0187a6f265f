import type { PublicEvent } from '@carillon/contracts';
import { attemptFactsOf } from '../domain/attempt-facts.js';
import { eventKey, eventRecordOf } from '../domain/event-record.js';
import { jobLabelsOf } from '../domain/job-labels.js';
import { runFactsOf } from '../domain/run-facts.js';
import { statisticsOf } from '../domain/statistics.js';
import type { HistoryTables } from './history-tables.js';

/** Remembers events, in a handful of statements for any number of them. An event that is recorded changes nothing. */
export async function projectEvents(tables: HistoryTables, received: readonly PublicEvent[]): Promise<void> {
  if (received.length === 0) return;
  await tables.becomeOnlyWriter();
  const events = await notRecorded(tables, received);
  if (events.length === 0) return;
  await tables.record(events.map(eventRecordOf));

  const closed = events.flatMap(({ type, data }) =>
    type === 'RunEnded' || type === 'RunSkipped' ? [data] : [],
  );
  const counted = closed.length > 0 ? await tables.countedAmong(closed) : new Set<string>();
  const runs = runFactsOf(events);
  const attempts = attemptFactsOf(events);
  const statistics = statisticsOf(events, counted);
  const labels = jobLabelsOf(events);
  if (labels.length > 0) await tables.setLabels(labels);
  if (runs.length > 0) await tables.mergeRuns(runs);
  if (attempts.length > 0) await tables.mergeAttempts(attempts);
  if (statistics.length > 0) await tables.addStatistics(statistics);
}

async function notRecorded(tables: HistoryTables, received: readonly PublicEvent[]): Promise<PublicEvent[]> {
  const known = new Set(await tables.recordedAmong(received.map(eventRecordOf)));
  return received.filter((event) => {
    const key = eventKey({ source: event.source, eventId: event.id });
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}
