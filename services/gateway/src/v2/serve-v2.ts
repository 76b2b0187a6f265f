import type { FastifyInstance } from 'fastify';
import type { Backends } from '../application/backends.js';
import type { GatewayLimits } from '../gateway.limits.js';
import { answerError } from '../http/error.filter.js';
import { ClientError } from '../metronome/client-error.js';
import { documentPage, PAGE_HEADERS } from './document-page.js';
import { EventFeed } from './events/event-feed.js';
import { openApi } from './openapi.js';
import { type Route, serveRoutes } from './route.js';
import { eventRoutes } from './routes/events.routes.js';
import { deadLetterRoutes } from './routes/dead-letters.routes.js';
import { applyRoutes } from './routes/apply.routes.js';
import { jobChangeRoutes } from './routes/job-changes.routes.js';
import { jobRoutes } from './routes/jobs.routes.js';
import { runRoutes } from './routes/runs.routes.js';
import { scheduleRoutes } from './routes/schedules.routes.js';
import { timerRoutes } from './routes/timer.routes.js';

export const v2Routes: readonly Route[] = [
  ...jobRoutes,
  ...jobChangeRoutes,
  ...applyRoutes,
  ...scheduleRoutes,
  ...runRoutes,
  ...timerRoutes,
  ...eventRoutes,
  ...deadLetterRoutes,
];

/** OpenAPI 3.1 of everything below /v2. */
export const v2Document = openApi(v2Routes);

/** Carillon's own API. Streams end before the server closes, which waits for every answer. */
export function serveV2(fastify: FastifyInstance, backends: Backends, limits: GatewayLimits): void {
  const feed = new EventFeed(backends.history);
  fastify.addHook('preClose', () => feed.close());
  const document = JSON.stringify(v2Document);
  fastify.get('/v2/openapi.json', (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(document),
  );
  const page = documentPage(v2Document);
  fastify.get('/v2/', (_request, reply) =>
    reply.headers({ ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' }).send(page),
  );
  fastify.get('/v2', (_request, reply) => reply.redirect('/v2/'));
  // The address that is shown at start, opened in a browser. For programs there is nothing, as with Metronome.
  fastify.get('/', (request, reply) => {
    if (request.headers.accept?.includes('text/html')) return reply.redirect('/v2/');
    answerError(new ClientError(404, 'Unknown route.'), request, reply);
    return reply;
  });
  serveRoutes(fastify, v2Routes, { backends, limits, feed });
}
