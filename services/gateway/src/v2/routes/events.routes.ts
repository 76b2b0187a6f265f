import { z } from 'zod';
import { jobId, runId, whole } from '../parameters.js';
import { presentEvent } from '../events/event.presenter.js';
import { type Route, route } from '../route.js';
import { eventsSchema } from '../schemas.js';

const MAX_EVENTS = 1000;
const position = whole(0, Number.MAX_SAFE_INTEGER);

export const eventRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/events',
    operationId: 'listEvents',
    summary:
      'Public events in the one order in which history recorded them: a page of JSON, or with Accept: text/event-stream the pages and then each as it happens. Resume with Last-Event-ID, or after',
    query: z.object({
      after: position
        .optional()
        .describe('A position; 0 for the beginning, one beyond the last event for the end'),
      limit: whole(1, MAX_EVENTS)
        .optional()
        .describe('Of a page of JSON, which has fewer where they are large; 100 unless told'),
      jobId: jobId.optional(),
      runId: runId.optional().describe('With jobId, or the runs of that id of all jobs'),
      type: z
        .string()
        .max(500)
        .regex(/^[\w.,]+$/)
        .optional()
        .describe('Types separated by commas, such as carillon.RunEnded'),
    }),
    headers: z.object({
      accept: z.string().optional(),
      'last-event-id': position.optional().describe('Goes before after'),
    }),
    answers: {
      200: {
        description: 'Events, ascending',
        schema: eventsSchema,
        also: { 'text/event-stream': { type: 'string' } },
      },
    },
    async handle({ query, headers, reply }, { backends, feed }) {
      const types = query.type === undefined ? undefined : new Set(query.type.split(','));
      const filter = { types, jobId: query.jobId, runId: query.runId };
      const after = headers['last-event-id'] ?? query.after ?? 0;
      if (headers.accept?.includes('text/event-stream')) {
        await feed.stream(reply, after, filter);
        return undefined;
      }
      const { events, end = after } = await backends.history.listEvents({
        after,
        limit: query.limit ?? 100,
        ...(query.jobId === undefined ? {} : { jobId: query.jobId }),
        ...(query.runId === undefined ? {} : { runId: query.runId }),
      });
      const wanted = types ? events.filter(({ type }) => types.has(type)) : events;
      const next = events.at(-1)?.position ?? (end < after ? end : null);
      return { body: { events: wanted.map(presentEvent), next } };
    },
  }),
];
