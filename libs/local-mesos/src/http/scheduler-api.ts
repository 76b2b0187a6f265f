import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Call, encodeRecord, type Event, type SchedulerCodec, schedulerCodecs } from '@carillon/mesos';
import type { Master } from '../master/master.js';
import type { Subscriber } from '../master/subscriber.js';
import { invalidCall } from '../master/validation.js';

const MAX_CALL_BYTES = 64 * 1024 * 1024;

/** The v1 scheduler API: statuses and sentences as Mesos 1.11 has them. */
export function handleSchedulerRequest(
  master: Master,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refused = refuseHead(request);
  if (refused !== undefined) {
    answer(response, refused.status, refused.body, refused.headers);
    request.resume();
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_CALL_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (length > MAX_CALL_BYTES) answer(response, 413, 'The call is too long');
    else handleBody(master, request, response, Buffer.concat(chunks));
  });
}

interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

function refuseHead(request: IncomingMessage): Refusal | undefined {
  const { method = '', headers } = request;
  if (method !== 'POST') {
    const body = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'`;
    return { status: 405, body, headers: { allow: 'POST' } };
  }
  if (headers['content-type'] === undefined) {
    return { status: 400, body: "Expecting 'Content-Type' to be present" };
  }
  if (codecOf(headers['content-type']) === undefined) {
    const body = "Expecting 'Content-Type' of application/json or application/x-protobuf";
    return { status: 415, body };
  }
  if (acceptedCodec(headers.accept) === undefined) {
    const body = "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'";
    return { status: 406, body };
  }
  return undefined;
}

function handleBody(master: Master, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const codec = codecOf(request.headers['content-type']) ?? schedulerCodecs.json;
  let call: Call;
  try {
    call = codec.decodeCall(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what =
      codec.format === 'json' ? 'Failed to parse body into JSON' : 'Failed to parse body into Call protobuf';
    answer(response, 400, `${what}: ${reason}`);
    return;
  }
  const invalid = invalidCall(call);
  const header = request.headers['mesos-stream-id'];
  const streamId = typeof header === 'string' ? header : undefined;
  if (invalid !== undefined) answer(response, 400, `Failed to validate scheduler::Call: ${invalid}`);
  else if (call.type === 'SUBSCRIBE') subscribe(master, request, response, call, streamId);
  else handleCall(master, response, call, streamId);
}

function handleCall(
  master: Master,
  response: ServerResponse,
  call: Call,
  streamId: string | undefined,
): void {
  const frameworkId = call.frameworkId?.value ?? '';
  const refused = master.frameworks.refuse(frameworkId, streamId);
  if (refused !== undefined) answer(response, refused.status, refused.body);
  else if (master.handle(frameworkId, call)) master.whenDurable(() => answer(response, 202, ''));
  else answer(response, 501, `${call.type} is not implemented by local Mesos`);
}

function subscribe(
  master: Master,
  request: IncomingMessage,
  response: ServerResponse,
  call: Call & { readonly type: 'SUBSCRIBE' },
  streamIdHeader: string | undefined,
): void {
  if (streamIdHeader !== undefined) {
    answer(response, 400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
    return;
  }
  const codec = acceptedCodec(request.headers.accept) ?? schedulerCodecs.json;
  const subscriber = new HttpSubscriber(response, codec);
  request.socket.setNoDelay(true);
  response.on('close', () => master.frameworks.closed(subscriber));
  master.frameworks.subscribe(call, subscriber);
}

class HttpSubscriber implements Subscriber {
  readonly streamId = randomUUID();
  readonly #response: ServerResponse;
  readonly #codec: SchedulerCodec;
  #corked = false;

  constructor(response: ServerResponse, codec: SchedulerCodec) {
    this.#response = response;
    this.#codec = codec;
    response.writeHead(200, { 'content-type': codec.contentType, 'mesos-stream-id': this.streamId });
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
    this.#response.write(encodeRecord(this.#codec.encodeEvent(event)));
  }

  end(): void {
    this.#uncork();
    this.#response.end();
  }

  #uncork(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.#response.uncork();
  }
}

function codecOf(contentType: string | undefined): SchedulerCodec | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return Object.values(schedulerCodecs).find((codec) => codec.contentType === type);
}

/** Mesos's order: JSON if everything is accepted. */
function acceptedCodec(accept: string | undefined): SchedulerCodec | undefined {
  if (accept === undefined) return schedulerCodecs.json;
  const types = accept.split(',').map((entry) => entry.split(';', 1)[0]?.trim().toLowerCase());
  if (types.some((type) => type === '*/*' || type === 'application/*')) return schedulerCodecs.json;
  return Object.values(schedulerCodecs).find((codec) => types.includes(codec.contentType));
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  const type = body === '' ? {} : { 'content-type': 'text/plain; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
