import type { MasterCodec } from '../codec/operator-codec.js';
import type { MasterAddress } from '../connection/address.js';
import { Backoff } from '../connection/backoff.js';
import { EventStream, reasonOf, type StreamEnd } from '../connection/event-stream.js';
import type { Security } from '../connection/security.js';
import { OPERATOR_PATH } from './http-call.js';
import type { MasterWatchHandlers } from './operator.types.js';

export interface WatchOptions {
  readonly codec: MasterCodec;
  readonly security: Security;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly handlers: MasterWatchHandlers;
  next(): Promise<MasterAddress | undefined>;
}

const MAX_REDIRECTS = 5;
const MISSED_HEARTBEATS = 3;

/** The operator API's SUBSCRIBE, opened again with jittered back-off when it is lost. */
export class ReconnectingWatch {
  readonly #options: WatchOptions;
  readonly #backoff = new Backoff(100, 10_000, Math.random);
  #stream: EventStream | undefined;
  #retry: NodeJS.Timeout | undefined;
  #redirects = 0;
  #running = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    void this.#begin();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#retry);
    this.#stream?.abort();
  }

  async #begin(): Promise<void> {
    this.#redirects = 0;
    const address = await this.#options.next();
    if (!this.#running) return;
    if (address === undefined) this.#lost('no master leads');
    else this.#open(address);
  }

  #open(address: MasterAddress): void {
    const { codec, security, timeoutMs, maxBytes, handlers } = this.#options;
    try {
      const stream: EventStream = new EventStream({
        address,
        path: OPERATOR_PATH,
        security,
        contentType: codec.contentType,
        body: codec.call.encode({ type: 'SUBSCRIBE' }),
        connectTimeoutMs: timeoutMs,
        responseTimeoutMs: timeoutMs,
        maxRecordBytes: maxBytes,
        onOpen: () => undefined,
        onRecord: (record) => {
          const event = codec.event.decode(record); // what is thrown ends the stream as lost
          if (event.type === 'SUBSCRIBED' && 'subscribed' in event) {
            this.#backoff.reset();
            const seconds = event.subscribed.heartbeatIntervalSeconds ?? 15;
            stream.expectSomethingWithin(seconds * 1_000 * MISSED_HEARTBEATS, 'no heartbeat');
          }
          handlers.onEvent(event);
        },
        onEnd: (end) => this.#onEnd(end),
      });
      this.#stream = stream;
    } catch (error) {
      this.#lost(error instanceof Error ? error.message : String(error));
    }
  }

  #onEnd(end: StreamEnd): void {
    if (end.kind === 'redirected' && this.#redirects < MAX_REDIRECTS) {
      this.#redirects += 1;
      this.#open(end.to);
    } else this.#lost(reasonOf(end));
  }

  #lost(reason: string): void {
    if (!this.#running) return;
    this.#retry = setTimeout(() => void this.#begin(), this.#backoff.nextMs());
    this.#options.handlers.onLost?.(reason);
  }
}
