import type { DeadLetter, DeadLettersApi } from '@carillon/contracts';
import { z } from 'zod';
import { CONSUMING, type ConsumingService } from '../../application/backends.js';
import { presentDeadLetter, presentDeadLetterInFull } from '../dead-letter.presenter.js';
import { pageSize } from '../parameters.js';
import { type Route, route, type V2Context } from '../route.js';
import { cursor, deadLetterInFullSchema, deadLetterSchema, list } from '../schemas.js';

const ID = new RegExp(`^(${CONSUMING.join('|')})-([1-9]\\d{0,17})$`);

/** A service, and the id that the message has there. */
interface Place {
  readonly service: ConsumingService;
  readonly id: string;
}

const deadLetterId = z
  .string()
  .regex(ID, `must be a service (${CONSUMING.join(', ')}) and a number, such as timer-17`)
  .transform((text): Place => {
    const [, service = '', id = ''] = ID.exec(text) ?? [];
    return { service: service as ConsumingService, id };
  })
  .meta({ type: 'string' });

const params = z.object({ deadLetterId });
const shown = { 200: { description: 'The message', schema: deadLetterInFullSchema } };

export const deadLetterRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/dead-letters',
    operationId: 'listDeadLetters',
    summary:
      'Messages that a service could not handle and put aside, service by service, the oldest first: all others went on',
    query: z.object({
      service: z.enum(CONSUMING).optional().describe('Of all unless told'),
      limit: pageSize,
      after: deadLetterId.optional().describe('The next of the page before'),
    }),
    answers: {
      200: { description: 'Dead letters', schema: list('deadLetters', deadLetterSchema, cursor) },
    },
    async handle({ query: { service, after, ...query } }, { backends, limits }) {
      const limit = Math.min(query.limit ?? 100, limits.page);
      const found: ReturnType<typeof presentDeadLetter>[] = [];
      const left = after ? CONSUMING.slice(CONSUMING.indexOf(after.service)) : CONSUMING;
      for (const one of service === undefined ? left : left.filter((name) => name === service)) {
        if (found.length === limit) break;
        const { deadLetters } = await backends.deadLetters[one].listDeadLetters({
          limit: limit - found.length,
          ...(after?.service === one ? { after: after.id } : {}),
        });
        for (const letter of deadLetters) found.push(presentDeadLetter(one, letter));
      }
      return { body: { deadLetters: found, next: (found.length === limit && found.at(-1)?.id) || null } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/dead-letters/{deadLetterId}',
    operationId: 'getDeadLetter',
    summary: 'One with its headers and its content',
    params,
    answers: shown,
    problems: [404],
    handle: ({ params: { deadLetterId: place } }, context) => answered(place, context, 'getDeadLetter'),
  }),
  route({
    method: 'POST',
    path: '/v2/dead-letters/{deadLetterId}/replay',
    operationId: 'replayDeadLetter',
    summary:
      'Has the service handle it again, after what came later, and forgets it; 409 deadLetterRefused where it still cannot, and nothing has changed',
    params,
    answers: shown,
    problems: [404, 409],
    handle: ({ params: { deadLetterId: place } }, context) => answered(place, context, 'replayDeadLetter'),
  }),
  route({
    method: 'DELETE',
    path: '/v2/dead-letters/{deadLetterId}',
    operationId: 'dropDeadLetter',
    summary: 'Forgets it unhandled; it is in the answer for the last time',
    params,
    answers: shown,
    problems: [404],
    handle: ({ params: { deadLetterId: place } }, context) => answered(place, context, 'dropDeadLetter'),
  }),
];

async function answered(
  { service, id }: Place,
  { backends }: V2Context,
  call: Exclude<keyof DeadLettersApi, 'listDeadLetters'>,
) {
  const letter: DeadLetter = await backends.deadLetters[service][call]({ id });
  return { body: presentDeadLetterInFull(service, letter) };
}
