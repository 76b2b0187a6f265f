import { isCarillonError, replay } from '@carillon/event-sourcing';
import type { AppendedEvent, Database, EventStore, LoadedState, Transaction } from '@carillon/event-store';
import { createLogger, type OpenSpan, openSpan } from '@carillon/service-runtime';
import { clock, nextDueOf } from '../domain/clock.decide.js';
import type { ClockEvent } from '../domain/clock.events.js';
import { blankClock, type ClockState } from '../domain/clock.state.js';
import type { ArmedClocks, Arming } from './armed-clocks.js';
import { streamOf } from './clock-stream.js';
import { recordDecisions } from './decision-metrics.js';

const log = createLogger('timer');
/** A clock that cannot be decided (a zone that this Node does not know) is asked again after this long. */
const REFUSED_AGAIN_MS = 60_000;
/** A transaction ends early at one of these, because relays wait for writers. */
const MOST_EVENTS = 10_000;
const LONGEST_DECIDING_MS = 500;

/** What one clock does in a batch. */
interface Fired extends Arming {
  readonly version: number;
  readonly state: ClockState;
  readonly events: readonly AppendedEvent<ClockEvent>[];
}

/** Claims clocks that are due and lets each decide: any number of these, in any number of processes, share the work. */
export class FireDueClocks {
  readonly #database: Database;
  readonly #store: EventStore;
  readonly #armed: ArmedClocks;

  constructor(database: Database, store: EventStore, armed: ArmedClocks) {
    this.#database = database;
    this.#store = store;
    this.#armed = armed;
  }

  /**
   * Fires at most `limit` clocks in one transaction: claimed, decided, appended and armed again together, so that an end
   * at any point leaves them due or done. Returns how many it claimed; after a long downtime, which leaves much to decide,
   * some of them are still due.
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
    const { uids, now } = await this.#armed.claim(tx, limit);
    if (uids.length === 0) return { claimed: 0, events: [], now };
    const loaded = await this.#store.loadStates(tx, uids.map(streamOf));
    const fired: Fired[] = [];
    const events: AppendedEvent<ClockEvent>[] = [];
    const began = performance.now();
    for (const uid of uids) {
      const one = decide(uid, loaded.get(streamOf(uid)), now, spans);
      fired.push(one);
      events.push(...one.events);
      if (events.length >= MOST_EVENTS || performance.now() - began > LONGEST_DECIDING_MS) break;
    }
    await this.#store.append(
      tx,
      fired.map((one) => ({ ...one, stream: streamOf(one.uid), expectedVersion: one.version })),
    );
    await this.#armed.arm(tx, fired);
    return { claimed: uids.length, events, now };
  }
}

function decide(uid: string, loaded: LoadedState | undefined, now: number, spans: OpenSpan[]): Fired {
  const version = loaded?.version ?? 0;
  const before = (loaded?.state as ClockState | undefined) ?? blankClock;
  try {
    const events = clock.decide({ type: 'Fire', now }, before);
    const state = replay(clock, events, before);
    return {
      uid,
      version,
      state,
      events: events.map((event) => traced(event, spans)),
      nextDueAt: nextDueOf(state),
    };
  } catch (error) {
    if (!isCarillonError(error)) throw error;
    log.error({ err: error, uid }, 'a clock cannot be fired, again in a minute');
    return { uid, version, state: before, events: [], nextDueAt: now + REFUSED_AGAIN_MS };
  }
}

/** Each due instant that makes a run begins that run's trace. */
function traced(event: ClockEvent, spans: OpenSpan[]): AppendedEvent<ClockEvent> {
  if (event.type !== 'RunDue') return event;
  const { jobId, runId, scheduleId, dueAt } = event.data;
  const attributes = { 'carillon.job': jobId, 'carillon.run': runId, 'carillon.schedule': scheduleId };
  const span = openSpan('run due', attributes, { parent: {}, startedAt: dueAt });
  spans.push(span);
  return { ...event, metadata: { ...span.context, correlationId: runId } };
}
