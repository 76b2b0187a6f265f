import { once } from 'node:events';
import type { HistoryApi, RecordedEvent } from '@carillon/contracts';
import { isCarillonError, unavailable } from '@carillon/event-sourcing';
import type { FastifyReply } from 'fastify';
import { EventTail } from './event-tail.js';
import { presentEvent } from './event.presenter.js';

export interface EventFilter {
  readonly types?: ReadonlySet<string> | undefined;
  readonly jobId?: string | undefined;
  readonly runId?: string | undefined;
}

export interface FeedSettings {
  /** Streams at a time; more are refused with 503. */
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  /** A client that takes nothing for so long is let go. */
  readonly stalledMs: number;
}

const DEFAULTS: FeedSettings = { maxStreams: 500, heartbeatMs: 15_000, stalledMs: 60_000 };
const PAGE = 200;
const RETRY_MS = 1000;

/**
 * Public events as Server-Sent Events, from a position on. The id of an event is its position in history's one ordered
 * table, so whoever comes back with the last id they saw misses nothing and gets nothing twice. At most one page per
 * stream is in memory; the next is read when the client has taken it.
 */
export class EventFeed {
  readonly #history: Pick<HistoryApi, 'listEvents'>;
  readonly #settings: FeedSettings;
  readonly #tail: EventTail;
  readonly #closing = new AbortController();
  readonly #streams = new Set<Promise<void>>();

  constructor(history: Pick<HistoryApi, 'listEvents'>, settings: Partial<FeedSettings> = {}) {
    this.#history = history;
    this.#settings = { ...DEFAULTS, ...settings };
    this.#tail = new EventTail(history);
  }

  /** Answers until the client goes or `close`, HEAD with the headers only. Throws only before the headers are sent. */
  async stream(reply: FastifyReply, after: number, filter: EventFilter): Promise<void> {
    if (this.#streams.size >= this.#settings.maxStreams || this.#closing.signal.aborted) {
      throw unavailable('tooManyStreams', 'There are as many event streams as this gateway serves.');
    }
    if (reply.request.method === 'HEAD') {
      writeHead(reply);
      reply.raw.end();
      return;
    }
    const streaming = this.#answer(reply, after, filter);
    this.#streams.add(streaming);
    try {
      await streaming;
    } finally {
      this.#streams.delete(streaming);
    }
  }

  async #answer(reply: FastifyReply, after: number, filter: EventFilter): Promise<void> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const first = await this.#read(after, filter);
    writeHead(reply);
    const stop = AbortSignal.any([gone.signal, this.#closing.signal]);
    await this.#pump(reply, first, filter, stop).finally(() => reply.raw.end());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#tail.close();
    await Promise.allSettled(this.#streams);
  }

  async #pump(reply: FastifyReply, first: Page, filter: EventFilter, stop: AbortSignal): Promise<void> {
    await this.#write(reply, `retry: ${RETRY_MS}\n\n`, stop);
    let page = first;
    let heardAt = Date.now();
    let told = -1;
    while (!stop.aborted) {
      if (page.events.length > 0) {
        await this.#write(reply, page.events.map(eventText).join(''), stop);
        told = page.events.at(-1)?.position ?? told;
        heardAt = Date.now();
      }
      if (page.wentBack) told = -1;
      const quietMs = Date.now() - heardAt;
      if (quietMs >= this.#settings.heartbeatMs || page.wentBack) {
        // An id without data moves the place from which the client will resume, and is no event to it.
        const place = page.position > told ? `id: ${page.position}\n` : '';
        await this.#write(reply, `${place}: still here\n\n`, stop);
        heardAt = Date.now();
      }
      if (page.last) {
        const untilHeartbeat = this.#settings.heartbeatMs - (Date.now() - heardAt);
        await this.#tail.wait(page.position, Math.max(untilHeartbeat, 0), stop);
      }
      page = await this.#readAgain(page.position, filter, stop);
    }
  }

  async #readAgain(after: number, filter: EventFilter, stop: AbortSignal): Promise<Page> {
    if (stop.aborted) return { events: [], position: after, last: true };
    try {
      return await this.#read(after, filter);
    } catch (error) {
      if (!isCarillonError(error, 'unavailable')) throw error;
      // Heartbeats go on meanwhile, and nothing is lost: the place has not moved.
      await pauseUnless(stop, RETRY_MS);
      return { events: [], position: after, last: false };
    }
  }

  async #read(after: number, { types, jobId, runId }: EventFilter): Promise<Page> {
    const known = this.#tail.known;
    const { events, end = Infinity } = await this.#history.listEvents({
      after,
      limit: PAGE,
      ...(jobId === undefined ? {} : { jobId }),
      ...(runId === undefined ? {} : { runId }),
    });
    // Large events come fewer at a time than were asked for: only where there are none, all up to the end have been read.
    const position = events.at(-1)?.position ?? Math.max(after, known);
    if (end < position) {
      this.#tail.endsAt(end, known);
      return { events: [], position: Math.min(after, end), last: true, wentBack: after > end };
    }
    return {
      events: types ? events.filter(({ type }) => types.has(type)) : events,
      position,
      last: position >= known,
    };
  }

  async #write(reply: FastifyReply, text: string, stop: AbortSignal): Promise<void> {
    if (stop.aborted || reply.raw.write(text)) return;
    const stalled = AbortSignal.timeout(this.#settings.stalledMs);
    try {
      await once(reply.raw, 'drain', { signal: AbortSignal.any([stop, stalled]) });
    } catch {
      if (stalled.aborted) reply.raw.destroy();
    }
  }
}

interface Page {
  readonly events: readonly RecordedEvent[];
  /** Everything of the filter up to here has been read. */
  readonly position: number;
  /** Whether that was all there is for now. */
  readonly last: boolean;
  /** The place that was asked for is beyond the last event, as after history's database was restored. */
  readonly wentBack?: boolean;
}

function writeHead(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}

const eventText = (event: RecordedEvent) =>
  `id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(presentEvent(event))}\n\n`;

const pauseUnless = (stop: AbortSignal, ms: number) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
    function done() {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    }
  });
