import { isCarillonError, replay } from '@carillon/event-sourcing';
import type { Append, AppendedEvent, Database, EventStore, Transaction } from '@carillon/event-store';
import { createLogger, type OpenSpan, openSpan } from '@carillon/service-runtime';
import { clock } from '../domain/clock.decide.js';
import type { ClockEvent } from '../domain/clock.events.js';
import { type ClockState, settled } from '../domain/clock.state.js';
import { streamOf } from './clock-stream.js';
import { recordDecisions } from './decision-metrics.js';
import type { ClaimedClock, DueClocks } from './due-clocks.js';

const log = createLogger('timer');
/** A clock that cannot be decided (a zone that this Node does not know) is asked again after this long. */
const REFUSED_AGAIN_MS = 60_000;
/** A transaction ends early at one of these, because relays wait for writers. */
const MOST_EVENTS = 10_000;
const LONGEST_DECIDING_MS = 500;

/** Claims clocks that are due and lets each decide: any number of these, in any number of processes, share the work. */
export class FireDueClocks {
  readonly #database: Database;
  readonly #store: EventStore;
  readonly #due: DueClocks;

  constructor(database: Database, store: EventStore, due: DueClocks) {
    this.#database = database;
    this.#store = store;
    this.#due = due;
  }

  /**
   * Fires at most `limit` clocks in one transaction: claimed, decided and appended together, so that an end at any point
   * leaves them due or done. Returns how many it claimed; after a long downtime, which leaves much to decide, some of
   * them are still due.
   */
  async batch(limit: number): Promise<number> {
    const began = performance.now();
    const spans: OpenSpan[] = [];
    const { claimed, events, now } = await this.#database.transaction((tx) => this.#fire(tx, limit, spans));
    recordDecisions(events, now + (performance.now() - began));
    for (const span of spans) span.end();
    return claimed;
  }

  async #fire(tx: Transaction, limit: number, spans: OpenSpan[]) {
    const { clocks, now } = await this.#due.claim(tx, limit);
    const appends: Append[] = [];
    const events: ClockEvent[] = [];
    const began = performance.now();
    for (const claimed of clocks) {
      const decided = decide(claimed, now);
      if (!Array.isArray(decided)) {
        await this.#due.move(tx, claimed.uid, decided);
        continue;
      }
      appends.push({
        stream: streamOf(claimed.uid),
        expectedVersion: claimed.version,
        events: decided.map((event) => traced(event, spans)),
        state: replay(clock, decided, claimed.state),
      });
      events.push(...decided);
      if (isEnough(appends.length, events.length, began)) break;
    }
    await this.#store.record(tx, appends);
    return { claimed: clocks.length, events, now };
  }
}

function isEnough(clocks: number, events: number, began: number): boolean {
  return events >= MOST_EVENTS || (clocks % 16 === 0 && performance.now() - began > LONGEST_DECIDING_MS);
}

/** The events of a clock; its state with another `nextDueAt` when there are none, which happens in two cases. */
function decide({ uid, state }: ClaimedClock, now: number): ClockEvent[] | ClockState {
  try {
    const events = clock.decide({ type: 'Fire', now }, state);
    // None: the zone data has changed, and the instant with it.
    return events.length > 0 ? [...events] : settled(state);
  } catch (error) {
    if (!isCarillonError(error)) throw error;
    log.error({ err: error, uid }, 'a clock cannot be fired, again in a minute');
    return state.status === 'set' ? { ...state, nextDueAt: now + REFUSED_AGAIN_MS } : state;
  }
}

/** Each due instant that makes a run begins that run's trace. */
function traced(event: ClockEvent, spans: OpenSpan[]): AppendedEvent<ClockEvent> {
  if (event.type !== 'RunDue') return event;
  const { jobId, runId, scheduleId, dueAt } = event.data;
  const attributes = {
    'carillon.job.id': jobId,
    'carillon.run.id': runId,
    'carillon.schedule.id': scheduleId,
  };
  const span = openSpan('run due', attributes, { parent: {}, startedAt: dueAt });
  spans.push(span);
  return { ...event, metadata: { ...span.context, correlationId: runId } };
}
