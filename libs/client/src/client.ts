import { followEvents, type EventsWanted } from './events.js';
import { routes } from './generated/routes.js';
import type { Event, Job, Operations } from './generated/types.js';
import type { ClientOptions } from './options.js';
import { problemOf } from './problem.js';

/** Carillon's API: one method per operation. Throws ProblemError, and what `fetch` throws when nobody answers. */
export type CarillonClient = Operations & {
  /** Public events in their one order, from a place on and as they happen; comes back by itself, without loss. */
  events(wanted?: EventsWanted): AsyncGenerator<Event>;
};

/** The version of a job, for `ifMatch`. */
export const etagOf = ({ uid, revision }: Pick<Job, 'uid' | 'revision'>): string => `"${uid}.${revision}"`;

export function carillonClient(options: ClientOptions): CarillonClient {
  const methods = Object.keys(routes).map((operation) => [
    operation,
    (request: Request = {}) => send(options, operation as keyof Operations, request),
  ]);
  return {
    ...(Object.fromEntries(methods) as Operations),
    events: (wanted = {}) => followEvents(options, wanted),
  };
}

type Request = Readonly<Record<string, unknown>>;

/** In a query or a header there are texts, numbers and switches only. */
const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

async function send(
  { url, headers: own = {}, timeoutMs = 30_000 }: ClientOptions,
  operation: keyof Operations,
  request: Request,
): Promise<unknown> {
  const { method, path, query, headers, body } = routes[operation];
  const target = new URL(
    url.replace(/\/$/, '') + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inPath(request, name)),
  );
  for (const name of query) {
    const value = request[name];
    if (value !== undefined) target.searchParams.set(name, plain(value));
  }
  const sent = new Headers({ accept: 'application/json', ...own });
  for (const name of headers) {
    const value = request[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) sent.set(name, plain(value));
  }
  const json = body && request['body'] !== undefined;
  if (json) sent.set('content-type', 'application/json');
  const response = await fetch(target, {
    method,
    headers: sent,
    signal: AbortSignal.timeout(timeoutMs),
    ...(json ? { body: JSON.stringify(request['body']) } : {}),
  });
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function inPath(request: Request, name: string): string {
  const value = request[name];
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new TypeError(`the request needs ${name}`);
  }
  if (/^\.{0,2}$/.test(String(value))) {
    throw new TypeError(`${name} "${value}" is no id: it would lead to another address`);
  }
  return encodeURIComponent(value);
}
