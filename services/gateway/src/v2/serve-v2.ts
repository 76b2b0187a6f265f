import type { FastifyInstance } from 'fastify';
import type { Backends } from '../application/backends.js';
import { EventFeed } from './events/event-feed.js';
import { openApi } from './openapi.js';
import { type Route, serveRoutes } from './route.js';
import { eventRoutes } from './routes/events.routes.js';
import { jobRoutes } from './routes/jobs.routes.js';
import { runRoutes } from './routes/runs.routes.js';
import { scheduleRoutes } from './routes/schedules.routes.js';

export const v2Routes: readonly Route[] = [...jobRoutes, ...scheduleRoutes, ...runRoutes, ...eventRoutes];

/** Carillon's own API. Streams end before the server closes, which waits for every answer. */
export function serveV2(fastify: FastifyInstance, { registry, framework, history }: Backends): void {
  const feed = new EventFeed(history);
  fastify.addHook('preClose', () => feed.close());
  const document = openApi(v2Routes);
  fastify.get('/v2/openapi.json', (_request, reply) => reply.send(document));
  serveRoutes(fastify, v2Routes, { backends: { registry, framework, history }, feed });
}
