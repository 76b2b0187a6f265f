import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { RecordDecoder } from '../codec/record-io.js';
import { formatAddress, type MasterAddress, redirectTarget } from './address.js';
import { type Security, tlsOptions } from './security.js';

export interface EventStreamOptions {
  readonly address: MasterAddress;
  readonly path: string;
  readonly security: Security;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly connectTimeoutMs: number;
  /** For the head of the response. */
  readonly responseTimeoutMs: number;
  readonly maxRecordBytes: number;
  /** The stream's id; operator streams have none. */
  onOpen(streamId: string | undefined): void;
  onRecord(record: Uint8Array): void;
  /** Exactly once, unless abort() was called before. */
  onEnd(end: StreamEnd): void;
}

export type StreamEnd =
  | { readonly kind: 'redirected'; readonly to: MasterAddress }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'lost'; readonly reason: string };

/** One SUBSCRIBE and the stream of records that answers it, of the scheduler API or the operator API. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #request: ClientRequest;
  #silence: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    const { address, body, path, security } = options;
    const request = address.secure ? secureRequest : plainRequest;
    this.#request = request({
      ...(address.secure ? tlsOptions(address, security.tls) : {}),
      host: address.host,
      port: address.port,
      path,
      method: 'POST',
      agent: false,
      headers: headersOf(options),
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
    this.#options.onOpen(typeof streamId === 'string' ? streamId : undefined);
    if (this.#ended) return;
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
    const to = status === 307 ? redirectTarget(response.headers.location, this.#options.address) : undefined;
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

function headersOf({
  address,
  body,
  contentType,
  security,
}: EventStreamOptions): Record<string, string | number> {
  const authorization = security.authorization?.();
  return {
    host: formatAddress(address),
    'content-type': contentType,
    accept: contentType,
    'content-length': body.length,
    ...(authorization === undefined ? {} : { authorization }),
  };
}

/** As a sentence for people. */
export function reasonOf(end: StreamEnd): string {
  switch (end.kind) {
    case 'lost':
      return end.reason;
    case 'refused':
      return `SUBSCRIBE refused: ${end.status} ${end.body}`.trimEnd();
    case 'redirected':
      return 'redirected too often';
  }
}
