import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { encodeRecord } from '@carillon/mesos';

/** The answer to a SUBSCRIBE: records, one after the other, until one of both sides ends it. */
export class EventResponse<Event> {
  readonly streamId = randomUUID();
  readonly #response: ServerResponse;
  readonly #encode: (event: Event) => Uint8Array;
  #corked = false;

  constructor(response: ServerResponse, contentType: string, encode: (event: Event) => Uint8Array) {
    this.#response = response;
    this.#encode = encode;
    response.writeHead(200, { 'content-type': contentType, 'mesos-stream-id': this.streamId });
    response.flushHeaders();
  }

  // One chunk per record as Mesos does, but those of one turn of the event loop in one write.
  send(event: Event): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#response.cork();
      setImmediate(() => this.#uncork());
    }
    this.#response.write(encodeRecord(this.#encode(event)));
  }

  end(): void {
    this.#uncork();
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }

  #uncork(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.#response.uncork();
  }
}
