import type { Socket } from 'node:net';
import { MesosCallError, MesosUnavailable } from '../errors.js';
import { formatAddress, type MasterAddress } from './address.js';
import { HttpResponses } from './http-responses.js';
import { openSocket, type Security } from './security.js';

export interface CallRequest {
  readonly type: string;
  readonly body: Uint8Array;
}

export interface CallChannelOptions {
  readonly address: MasterAddress;
  readonly security: Security;
  readonly contentType: string;
  readonly streamId: string;
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
}

interface Pending {
  readonly type: string;
  readonly deadline: number;
  readonly resolve: (answered: undefined) => void;
  readonly reject: (error: Error) => void;
  readonly settled: Promise<undefined>;
}

export const SCHEDULER_PATH = '/api/v1/scheduler';

/**
 * Calls to one master, pipelined on one kept-alive connection: they arrive in the order in which they were
 * sent, and what is sent in one turn of the event loop goes out in one write. (node:http cannot pipeline.)
 */
export class CallChannel {
  readonly #options: CallChannelOptions;
  readonly #pending: Pending[] = [];
  /** Calls of this turn of the event loop. */
  readonly #outgoing: Uint8Array[] = [];
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CallChannelOptions) {
    this.#options = options;
  }

  send(request: CallRequest): Promise<void> {
    if (this.#closed)
      return Promise.reject(new MesosUnavailable(`${request.type}: the connection is closed`));
    let head: Buffer;
    try {
      head = Buffer.from(this.#head(request.body.length), 'latin1');
    } catch (cause) {
      return Promise.reject(new MesosUnavailable(`${request.type}: no credentials`, { cause }));
    }
    const { promise: settled, resolve, reject } = Promise.withResolvers<undefined>();
    const socket = this.#connected();
    const deadline = performance.now() + this.#options.callTimeoutMs;
    this.#pending.push({ type: request.type, deadline, resolve, reject, settled });
    if (this.#outgoing.length === 0) process.nextTick(() => this.#write(socket));
    this.#outgoing.push(head, request.body);
    this.#watchDeadline();
    return settled;
  }

  /** No more calls; those under way still get their answer (a TEARDOWN's comes after its stream has ended). */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#pending.length === 0) this.#fail('the connection was closed');
    return Promise.allSettled(this.#pending.map((pending) => pending.settled)).then(() => undefined);
  }

  #write(socket: Socket): void {
    if (socket !== this.#socket || this.#outgoing.length === 0) return; // lost meanwhile: its calls have failed
    socket.write(Buffer.concat(this.#outgoing.splice(0)));
  }

  #head(length: number): string {
    const { address, contentType, streamId, security } = this.#options;
    const authorization = security.authorization?.();
    return (
      `POST ${SCHEDULER_PATH} HTTP/1.1\r\nHost: ${formatAddress(address)}\r\nContent-Type: ${contentType}\r\n` +
      `Accept: ${contentType}\r\nMesos-Stream-Id: ${streamId}\r\nContent-Length: ${length}\r\n` +
      `${authorization === undefined ? '' : `Authorization: ${authorization}\r\n`}\r\n`
    );
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const { address, security, connectTimeoutMs } = this.#options;
    const responses = new HttpResponses();
    const socket = openSocket(address, security.tls, () => socket.setTimeout(0));
    this.#socket = socket;
    socket.setTimeout(connectTimeoutMs, () => lost('connecting timed out'));
    // Only what the current socket says counts: after a loss its late events must not fail newer calls.
    const lost = (reason: string): void => {
      if (this.#socket === socket) this.#fail(reason);
      else socket.destroy();
    };
    socket.on('data', (chunk) => {
      try {
        for (const response of responses.push(chunk)) {
          this.#answer(response.status, response.body);
          if (response.last) lost('the master closed the connection');
        }
      } catch (error) {
        lost(error instanceof Error ? error.message : String(error));
      }
    });
    socket.on('error', (error) => lost(error.message));
    socket.on('close', () => lost('the master closed the connection'));
    return socket;
  }

  #answer(status: number, body: string): void {
    const pending = this.#pending.shift();
    if (pending === undefined) return;
    if (status >= 200 && status < 300) pending.resolve(undefined);
    else if (status >= 500) pending.reject(new MesosUnavailable(`${pending.type}: ${status} ${body}`));
    else pending.reject(new MesosCallError(pending.type, status, body));
    if (this.#closed && this.#pending.length === 0) this.#fail('the connection was closed');
  }

  // One timer for the oldest call: later ones have later deadlines.
  #watchDeadline(): void {
    const oldest = this.#pending[0];
    if (oldest === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        const first = this.#pending[0];
        if (first !== undefined && first.deadline <= performance.now()) this.#fail(`${first.type} timed out`);
        else this.#watchDeadline();
      },
      Math.max(1, oldest.deadline - performance.now()),
    );
  }

  #fail(reason: string): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#outgoing.length = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    socket?.destroy();
    const where = formatAddress(this.#options.address);
    for (const pending of this.#pending.splice(0)) {
      pending.reject(new MesosUnavailable(`${pending.type} to ${where}: ${reason}`));
    }
  }
}
