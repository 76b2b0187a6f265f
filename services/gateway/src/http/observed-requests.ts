import { metrics, withSpan } from '@carillon/service-runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * One server span and one measurement per request; the caller's trace goes on. Every answer carries an X-Request-Id: the
 * caller's, or a new one. Without `measured`, no measurement.
 */
export function observeRequests(fastify: FastifyInstance, measured: boolean): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const startedAt = performance.now();
    void reply.header('x-request-id', request.id);
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'carillon.request_id': request.id,
    };
    const served = (span: { setAttribute(name: string, value: number): unknown }) =>
      new Promise<void>((resolve) => {
        reply.raw.once('close', () => {
          const status = reply.raw.statusCode;
          span.setAttribute('http.response.status_code', status);
          const seconds = (performance.now() - startedAt) / 1000;
          if (measured) {
            metrics.httpRequestDuration.record(seconds, { method: request.method, route, status });
          }
          resolve();
        });
        done();
      });
    const parent = traceContextOf(request);
    void withSpan(`${request.method} ${route}`, attributes, served, { kind: 'server', parent });
  });
}

function traceContextOf({ headers }: FastifyRequest) {
  const { traceparent, tracestate } = headers;
  return {
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
  };
}
