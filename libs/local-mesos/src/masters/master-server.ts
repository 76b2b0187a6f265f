import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HOST } from '../defaults.js';
import { answer, answerJson } from '../http/answers.js';
import { handleOperatorRequest } from '../http/operator-api.js';
import { handleSchedulerRequest } from '../http/scheduler-api.js';
import { masterPages } from '../http/state-pages.js';
import { targetOf } from '../http/target.js';
import type { Master } from '../master/master.js';

export interface MasterServerOptions {
  /** 0: a free one, kept when it is started again. */
  readonly port: number;
  /** Who leads, as far as this master knows. */
  leaderAddress(): string | undefined;
}

/** One master's port: what leads answers, the others point to it. */
export class MasterServer {
  readonly #options: MasterServerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  #port: number;
  #server: Server | undefined;
  #partitioned = false;
  /** Set while it leads. */
  master: Master | undefined;
  /** Of each request; equal delays keep the order. */
  delayMs = 0;

  constructor(options: MasterServerOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  get port(): number {
    return this.#port;
  }

  get address(): string {
    return `${HOST}:${this.#port}`;
  }

  get isRunning(): boolean {
    return this.#server !== undefined && !this.#partitioned;
  }

  /** The port is open, and requests wait until serve(). */
  async listen(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer({ keepAliveTimeout: 3_600_000, requestTimeout: 0 });
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      if (this.delayMs === 0) this.#handle(request, response);
      else setTimeout(() => this.#handle(request, response), this.delayMs);
    });
    this.#port = await new Promise((done, failed) => {
      server.once('error', failed);
      server.listen(this.#port, HOST, () => {
        server.off('error', failed);
        done((server.address() as AddressInfo).port);
      });
    });
  }

  /** As the network would: what is open stays open, and nothing moves. */
  partition(): void {
    this.#partitioned = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What a partitioned one said meanwhile is not said any more: its connections break. */
  heal(): void {
    if (!this.#partitioned) return;
    this.#partitioned = false;
    this.#held.length = 0;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(abruptly: boolean): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#partitioned = false;
    this.#held.length = 0;
    if (server === undefined) return;
    const closed = new Promise((done) => server.close(done));
    if (abruptly) for (const socket of this.#sockets) socket.destroy();
    else server.closeAllConnections();
    await closed;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#partitioned) {
      request.pause();
      this.#held.push(() => request.socket.destroy());
      return;
    }
    const path = targetOf(request)?.path ?? '';
    const page = path.startsWith('/master/') ? path.slice('/master'.length) : path;
    if (page === '/health') {
      request.resume();
      response.writeHead(200, { 'content-length': 0 }).end();
    } else if (page === '/redirect') this.#redirect(request, response, '');
    else if (this.master === undefined) this.#redirect(request, response, `/master${page}`);
    else serve(this.master, page, request, response);
  }

  /** As a real one: no scheme, the path below /master. */
  #redirect(request: IncomingMessage, response: ServerResponse, path: string): void {
    request.resume();
    const leader = this.#options.leaderAddress();
    if (leader === undefined) answer(response, 503, 'No leader elected');
    else answer(response, 307, '', { location: `//${leader}${path}` });
  }
}

function serve(master: Master, page: string, request: IncomingMessage, response: ServerResponse): void {
  if (page === '/api/v1/scheduler') handleSchedulerRequest(master, request, response);
  else if (page === '/api/v1') handleOperatorRequest(master, request, response);
  else {
    request.resume();
    const make = masterPages[page];
    if (make === undefined) answer(response, 404, '404 Not Found.');
    else answerJson(response, make(master));
  }
}
