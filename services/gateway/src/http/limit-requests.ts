import type { FastifyInstance } from 'fastify';
import type { GatewayLimits } from '../gateway.limits.js';
import { ClientError } from '../metronome/client-error.js';
import { answerError } from './error.filter.js';
import { principalOf } from './principal.js';
import { RequestRate } from './request-rate.js';

/** Answers 429 to a principal that asks too often. Health checks are always answered. */
export function limitRequests(fastify: FastifyInstance, limits: GatewayLimits): void {
  if (limits.requestsPerSecond === 0) return;
  const rate = new RequestRate(limits.requestsPerSecond);
  fastify.addHook('onRequest', (request, reply, done) => {
    const wait = request.url === '/ping' ? undefined : rate.take(principalOf(request, limits), Date.now());
    if (wait === undefined) {
      done();
      return;
    }
    void reply.header('retry-after', String(wait));
    answerError(new ClientError(429, 'Too many requests'), request, reply);
  });
}
