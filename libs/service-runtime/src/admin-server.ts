import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { prometheusText } from './meters.js';

/** Throws (or rejects) while the part it looks at is not ready. */
export type ReadinessCheck = () => unknown;

export interface AdminServerOptions {
  readonly port: number;
  readonly host?: string;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** How long one check may take, 2 s unless told. */
  readonly timeoutMs?: number;
}

export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** /healthz: the process is up. /readyz: every check passes, else 503 with what fails. /metrics: Prometheus. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      send(response, 500, 'text/plain', `${messageOf(error)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(options: AdminServerOptions, request: IncomingMessage, response: ServerResponse) {
  const path = request.url?.split('?', 1)[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'text/plain', 'only GET\n');
  } else if (path === '/healthz') {
    send(response, 200, 'application/json', JSON.stringify({ status: 'up' }));
  } else if (path === '/readyz') {
    const checks = await readiness(options);
    const ready = Object.values(checks).every((outcome) => outcome === 'ok');
    const body = JSON.stringify({ status: ready ? 'ready' : 'notReady', checks });
    send(response, ready ? 200 : 503, 'application/json', body);
  } else if (path === '/metrics') {
    send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await prometheusText());
  } else {
    send(response, 404, 'text/plain', 'only /healthz, /readyz and /metrics are here\n');
  }
}

async function readiness({ checks, timeoutMs = 2_000 }: AdminServerOptions): Promise<Record<string, string>> {
  const outcomes = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const timeout = Promise.withResolvers<string>();
      const timer = setTimeout(() => timeout.resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
      const outcome = await Promise.race([outcomeOf(check), timeout.promise]);
      clearTimeout(timer);
      return [name, outcome] as const;
    }),
  );
  return Object.fromEntries(outcomes);
}

async function outcomeOf(check: ReadinessCheck): Promise<string> {
  try {
    await check();
    return 'ok';
  } catch (error) {
    return messageOf(error);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': type }).end(body);
}
