import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { schedulerCodecs } from '../codec/codec.js';
import { encodeRecord } from '../codec/record-io.js';
import type { Call } from '../types/call.js';
import type { Event } from '../types/event.js';

const codec = schedulerCodecs.protobuf;

export interface Received {
  readonly call: Call;
  readonly streamId: string | undefined;
  readonly authorization: string | undefined;
}

/** PEM: the master then speaks TLS. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

type Script = (received: Received, response: ServerResponse) => void;

/** An HTTP server that answers as a test says. */
export class ScriptedMaster {
  readonly received: Received[] = [];
  /** Connections that calls (not SUBSCRIBE) came in on. */
  readonly callSockets = new Set<unknown>();
  readonly #server: Server;
  script: Script;

  private constructor(script: Script, certificate: Certificate | undefined) {
    this.script = script;
    const handle = (request: IncomingMessage, response: ServerResponse): void =>
      this.#handle(request, response);
    this.#server = certificate === undefined ? createServer(handle) : createSecureServer(certificate, handle);
  }

  static async start(script: Script, certificate?: Certificate): Promise<ScriptedMaster> {
    const master = new ScriptedMaster(script, certificate);
    await new Promise<void>((done) => master.#server.listen(0, '127.0.0.1', done));
    return master;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  calls(type: string): Received[] {
    return this.received.filter(({ call }) => call.type === type);
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const header = request.headers['mesos-stream-id'];
      const call = codec.decodeCall(Buffer.concat(chunks));
      const streamId = typeof header === 'string' ? header : undefined;
      const received = { call, streamId, authorization: request.headers.authorization };
      if (call.type !== 'SUBSCRIBE') this.callSockets.add(request.socket);
      this.received.push(received);
      this.script(received, response);
    });
  }
}

export function openStream(response: ServerResponse, streamId: string, ...events: Event[]): void {
  response.writeHead(200, { 'content-type': codec.contentType, 'mesos-stream-id': streamId });
  for (const event of events) response.write(encodeRecord(codec.encodeEvent(event)));
}

export function subscribed(frameworkId: string, heartbeatIntervalSeconds = 15): Event {
  return {
    type: 'SUBSCRIBED',
    subscribed: { frameworkId: { value: frameworkId }, heartbeatIntervalSeconds },
  };
}
