import { unavailable } from '@carillon/event-sourcing';
import { createLogger, type Loop, metrics, openSpan, pause, TurnLoop } from '@carillon/service-runtime';
import type { Database } from './database.js';
import { APPENDED } from './event-store.js';
import type { Chains } from './chains.js';
import { GATHER_AT_MOST_MS, Gathering, type GatheringOptions } from './gathering.js';
import type { LogMessage, PublicationLog } from './messages.js';
import { type EventPage, type PlacedEvent, readPage, toMessages, type ToPublic } from './publication.js';
import { type RelayPlace, RelaySession } from './relay-session.js';
import { NOT_YET_BEFORE } from './tick.js';
import { prepared } from './transaction.js';
import type { Upcasters } from './upcasters.js';

export interface RelayOptions extends GatheringOptions {
  readonly database: Database;
  /** The name of the service, in every message. */
  readonly source: string;
  readonly log: PublicationLog;
  readonly toPublic: ToPublic;
  readonly upcasters?: Upcasters;
  /** Awaited before each page: what is published may wait for more urgent work. */
  readonly calm?: (stopping: AbortSignal) => Promise<void>;
}

/** Looks for itself after so long without being awakened; a standby tries to take over as often. */
const POLL_MS = 1_000;
/** After a turn that failed: the loop backs off by itself. */
const AFTER_FAILURE_MS = 5;
const ASK_EVERY_MS = 5;
const DRAINED_WITHIN_MS = 60_000;
const RECORD_MS = 50;
const PREPARE_SPACE_MS = 60_000;

const ASK_TARGET = prepared(`SELECT ${NOT_YET_BEFORE} AS target`);
const ASK_WAITING = prepared(
  `SELECT EXISTS (
     SELECT FROM events WHERE tick < $2 AND (tick, position) > (
       coalesce((SELECT tick FROM relay_cursors WHERE source = $1), 0),
       coalesce((SELECT position FROM relay_cursors WHERE source = $1), 0))
   ) AS waiting`,
);

/**
 * Publishes what `toPublic` lets out, in the order of (tick, position), which every relay of the service repeats: what
 * was published and not recorded is published again with the same source positions. Of several instances one
 * publishes; should two do so for a moment, consumers drop what they have.
 */
export class Relay implements Loop {
  readonly #options: RelayOptions;
  readonly #gathering: Gathering;
  readonly #loop: TurnLoop;
  readonly #observe: Parameters<typeof metrics.outboxLag.addCallback>[0];
  #session: RelaySession | undefined;
  #published: RelayPlace | undefined;
  #unrecorded: RelayPlace | undefined;
  #recordedAt = -Infinity;
  #stopListening: (() => void) | undefined;
  #appended = false;
  #blockedTurns = 0;
  #knownFinalBefore = '0';
  #spacePreparedAt = -Infinity;
  #nextTurnAt = -Infinity;
  #lastPage = 0;
  #oldestWaiting: number | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#gathering = new Gathering(options);
    this.#loop = new TurnLoop({
      name: `relay of ${options.source}`,
      log: createLogger('relay'),
      turn: (stopping) => this.#turn(stopping),
    });
    this.#observe = (result) => {
      if (!this.#published && this.#oldestWaiting === undefined) return; // stands by
      const ageMs = this.#oldestWaiting === undefined ? 0 : Date.now() - this.#oldestWaiting;
      result.observe(Math.max(0, ageMs) / 1_000, { source: options.source });
    };
  }

  start(): void {
    this.#stopListening ??= this.#options.database.announcements.on(APPENDED, () => {
      this.#appended = true;
      this.#loop.wake();
    });
    metrics.outboxLag.addCallback(this.#observe);
    this.#loop.start();
  }

  /** Finishes the page in hand and records how far it came. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    metrics.outboxLag.removeCallback(this.#observe);
    await this.#loop.stop();
    await this.#record(0).catch(() => undefined); // then some messages are published again
    await this.#letGo();
    this.#oldestWaiting = undefined;
  }

  /**
   * Resolves when everything that was committed before the call is published, by whichever instance. Throws unavailable
   * when it is not within the time.
   */
  async drained(withinMs = DRAINED_WITHIN_MS): Promise<void> {
    const { database, source } = this.#options;
    const [asked] = await database.query<{ target: string }>(ASK_TARGET);
    const until = performance.now() + withinMs;
    for (;;) {
      const [found] = await database.query<{ waiting: boolean }>(ASK_WAITING, [source, asked?.target]);
      if (found?.waiting !== true) return;
      if (performance.now() > until) {
        throw unavailable('notPublished', `events of ${source} are not published after ${withinMs} ms`);
      }
      this.#loop.wake();
      await pause(ASK_EVERY_MS);
    }
  }

  async #turn(stopping: AbortSignal): Promise<number> {
    await pause(this.#nextTurnAt - performance.now(), stopping);
    await this.#options.calm?.(stopping);
    const startedAt = performance.now();
    this.#nextTurnAt = startedAt + AFTER_FAILURE_MS;
    try {
      this.#session ??= await RelaySession.open(this.#options.database, this.#options.source, () =>
        this.#loop.wake(),
      );
      this.#published ??= await this.#session.tryToLead();
      const waitMs = await (this.#published
        ? this.#publish(this.#session, this.#published)
        : this.#standBy(this.#session));
      const now = performance.now();
      const nextAt = this.#gathering.nextAt(this.#lastPage, startedAt, now);
      this.#nextTurnAt = waitMs === 0 ? now : nextAt;
      return waitMs;
    } catch (error) {
      await this.#letGo();
      throw error;
    }
  }

  async #standBy(session: RelaySession): Promise<number> {
    this.#oldestWaiting = undefined;
    if (this.#appended) {
      this.#appended = false;
      await session.tellLeader();
    }
    return POLL_MS;
  }

  async #publish(session: RelaySession, { cursor, chains }: RelayPlace): Promise<number> {
    await this.#prepareSpace(session);
    const { upcasters = {} } = this.#options;
    const size = this.#blockedTurns > 0 ? 1 : 500;
    const knownFinalBefore = this.#knownFinalBefore;
    const page = await readPage(session.session, { after: cursor, size, knownFinalBefore, upcasters });
    this.#oldestWaiting = (page.final[0] ?? page.waiting)?.event.recordedAt;
    const last = page.final.at(-1);
    this.#lastPage = page.final.length;
    if (last) {
      const after = await session.during(this.#send(page.final, chains));
      this.#published = this.#unrecorded = { cursor: last.sourcePosition, chains: after };
      this.#oldestWaiting = page.waiting?.event.recordedAt;
    }
    await this.#record(RECORD_MS);
    if (page.isFull) {
      this.#blockedTurns = 0;
      return 0;
    }
    return page.waiting ? await this.#blocked(session, page) : this.#idle();
  }

  #idle(): number {
    this.#blockedTurns = 0;
    return this.#unrecorded ? RECORD_MS : POLL_MS;
  }

  /** Unless that was done within the last so many milliseconds: each time costs as much as reading a page. */
  async #record(atMostEveryMs: number): Promise<void> {
    const published = this.#unrecorded;
    if (!published || performance.now() - this.#recordedAt < atMostEveryMs) return;
    await this.#session?.record(published);
    this.#unrecorded = undefined;
    this.#recordedAt = performance.now();
  }

  /** An event is there, but a transaction that still runs may write one that comes before it. */
  async #blocked(session: RelaySession, { final }: EventPage): Promise<number> {
    this.#blockedTurns = final.length > 0 ? 0 : this.#blockedTurns + 1;
    if (this.#blockedTurns > 1) this.#knownFinalBefore = await session.raiseBound();
    return Math.min(2 ** this.#blockedTurns, GATHER_AT_MOST_MS);
  }

  async #send(events: readonly PlacedEvent[], chains: Chains): Promise<Chains> {
    const { source, toPublic, log } = this.#options;
    const messages = toMessages(source, events, toPublic);
    if (messages.length === 0) return chains;
    const { linked, next } = chains.link(messages, (topic, key) => log.partitionOf(topic, key));
    const traced = linked.map(withSpanOf);
    try {
      await log.publish(traced.map(({ message }) => message));
      for (const { end } of traced) end();
      return next;
    } catch (error) {
      for (const { end } of traced) end(error);
      throw error;
    }
  }

  async #prepareSpace(session: RelaySession): Promise<void> {
    if (performance.now() - this.#spacePreparedAt < PREPARE_SPACE_MS) return;
    await session.prepareSpace();
    this.#spacePreparedAt = performance.now();
  }

  async #letGo(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#published = undefined;
    this.#unrecorded = undefined;
    this.#knownFinalBefore = '0'; // a standby that lacks the last transactions gives their ids once more
    await session?.session.close();
  }
}

/** The message as the child of a span of its own, in the trace of the event. */
function withSpanOf(message: LogMessage): { message: LogMessage; end: (failure?: unknown) => void } {
  const { traceparent, tracestate } = message.headers;
  if (traceparent === undefined) return { message, end: () => undefined };
  const span = openSpan(
    `publish ${message.topic}`,
    { 'messaging.destination.name': message.topic },
    { kind: 'producer', parent: { traceparent, ...(tracestate === undefined ? {} : { tracestate }) } },
  );
  return {
    message: { ...message, headers: { ...message.headers, ...span.context } },
    end: (failure) => span.end(failure),
  };
}
