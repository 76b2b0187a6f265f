import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { RecordDecoder } from '../codec/record-io.js';
import { formatAddress, type HostPort, redirectTarget } from './address.js';
import { SCHEDULER_PATH } from './call-channel.js';

export interface EventStreamOptions {
  readonly address: HostPort;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly connectTimeoutMs: number;
  /** For the head of the response. */
  readonly responseTimeoutMs: number;
  readonly maxRecordBytes: number;
  onOpen(streamId: string): void;
  onRecord(record: Uint8Array): void;
  /** Exactly once, unless abort() was called before. */
  onEnd(end: StreamEnd): void;
}

export type StreamEnd =
  | { readonly kind: 'redirected'; readonly to: HostPort }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'lost'; readonly reason: string };

/** One SUBSCRIBE and the stream of records that answers it. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #request: ClientRequest;
  #silence: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    const { address, body, contentType } = options;
    this.#request = request({
      host: address.host,
      port: address.port,
      path: SCHEDULER_PATH,
      method: 'POST',
      agent: false,
      headers: {
        host: formatAddress(address),
        'content-type': contentType,
        accept: contentType,
        'content-length': body.length,
      },
    });
    this.#request.on('error', (error) => this.#end({ kind: 'lost', reason: error.message }));
    this.#request.on('response', (response) => this.#onResponse(response));
    this.expectSomethingWithin(
      options.connectTimeoutMs + options.responseTimeoutMs,
      'no answer to SUBSCRIBE',
    );
    this.#request.end(body);
  }

  /** Ends the stream as lost, for `reason`, unless bytes arrive in time; each chunk starts the time anew. */
  expectSomethingWithin(timeoutMs: number, reason: string): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#end({ kind: 'lost', reason: `${reason} within ${timeoutMs} ms` });
    }, timeoutMs);
  }

  abort(): void {
    this.#ended = true;
    clearTimeout(this.#silence);
    this.#request.destroy();
  }

  fail(reason: string): void {
    this.#end({ kind: 'lost', reason });
  }

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.abort();
    this.#options.onEnd(end);
  }

  #onResponse(response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    response.on('error', (error) => this.#end({ kind: 'lost', reason: error.message }));
    if (status !== 200) {
      this.#onRefused(response, status);
      return;
    }
    const streamId = response.headers['mesos-stream-id'];
    if (typeof streamId !== 'string') {
      this.#end({ kind: 'lost', reason: 'the answer to SUBSCRIBE has no Mesos-Stream-Id' });
      return;
    }
    this.#options.onOpen(streamId);
    const records = new RecordDecoder(this.#options.maxRecordBytes);
    response.on('data', (chunk: Buffer) => {
      this.#silence?.refresh();
      try {
        for (const record of records.push(chunk)) {
          if (this.#ended) return;
          this.#options.onRecord(record);
        }
      } catch (error) {
        this.#end({
          kind: 'lost',
          reason: `bad record: ${error instanceof Error ? error.message : String(error)}`,
        });
      }
    });
    response.on('end', () => this.#end({ kind: 'lost', reason: 'the master ended the stream' }));
    response.on('close', () => this.#end({ kind: 'lost', reason: 'the stream broke' }));
  }

  #onRefused(response: IncomingMessage, status: number): void {
    const to = status === 307 ? redirectTarget(response.headers.location) : undefined;
    if (to !== undefined) {
      this.#end({ kind: 'redirected', to });
      return;
    }
    let body = '';
    response.on('data', (chunk: Buffer) => {
      if (body.length < 4096) body += chunk.toString();
    });
    const refused = (): void => this.#end({ kind: 'refused', status, body });
    response.on('end', refused);
    response.on('close', refused);
  }
}
