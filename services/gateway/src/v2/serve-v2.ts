import type { FastifyInstance } from 'fastify';
import type { Backends } from '../application/backends.js';
import { EventFeed } from './events/event-feed.js';
import { serveRoutes } from './route.js';
import { eventRoutes } from './routes/events.routes.js';
import { runRoutes } from './routes/runs.routes.js';

/** Carillon's own API. Streams end before the server closes, which waits for every answer. */
export function serveV2(fastify: FastifyInstance, { registry, framework, history }: Backends): void {
  const feed = new EventFeed(history);
  fastify.addHook('preClose', () => feed.close());
  serveRoutes(fastify, [...runRoutes, ...eventRoutes], {
    backends: { registry, framework, history },
    feed,
  });
}
