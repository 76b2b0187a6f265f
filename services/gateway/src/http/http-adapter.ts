import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { GatewayLimits } from '../gateway.limits.js';
import { answerError } from './error.filter.js';
import { limitRequests } from './limit-requests.js';
import { observeRequests } from './observed-requests.js';

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Fastify as the gateway needs it: bodies stay bytes until a controller reads them, ids in paths may be long. */
export function httpAdapter(limits: GatewayLimits, measured: boolean): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytes,
    requestTimeout: 30_000,
    // The longest query that is allowed, every character of it escaped.
    http: { maxHeaderSize: 128 * 1024 },
    routerOptions: { maxParamLength: 1024 },
    requestIdHeader: false,
    genReqId: requestId,
    frameworkErrors: answerError,
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  observeRequests(fastify, measured);
  limitRequests(fastify, limits);
  return adapter;
}

function requestId({ headers }: IncomingMessage | Http2ServerRequest): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
