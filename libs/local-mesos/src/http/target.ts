import type { IncomingMessage } from 'node:http';
import { HOST } from '../defaults.js';

export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What is asked for; undefined: nothing that could be here, such as `*` or a path that is not well encoded. */
export function targetOf({ url = '/' }: IncomingMessage): Target | undefined {
  const parsed = url.startsWith('/') ? URL.parse(`http://${HOST}${url}`) : null;
  if (parsed === null) return undefined;
  try {
    return { path: decodeURIComponent(parsed.pathname), query: parsed.searchParams };
  } catch {
    return undefined;
  }
}
