import { isCarillonError } from '@carillon/event-sourcing';
import { createLogger, logLevelOf } from '@carillon/service-runtime';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientError } from '../metronome/client-error.js';
import { metronomeError } from '../metronome/error-bodies.js';
import { problemDetails } from '../v2/problem-details.js';

const log = createLogger('gateway');
const RETRY_AFTER_SECONDS = 1;

/** Says every failure in the form of the API that was asked: Metronome's, or RFC 9457 below /v2. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.url.split('?', 1)[0] ?? request.url;
  const error = clientErrorOf(thrown);
  const params = (request.params ?? {}) as Readonly<Record<string, string | undefined>>;
  const asked = { path, jobId: params['jobId'], scheduleId: params['scheduleId'], runId: params['runId'] };
  const ownApi = path.startsWith('/v2/');
  const { status, body } = ownApi ? problemDetails(error, asked) : metronomeError(error, asked);
  if (status >= 500) note(error, `${request.method} ${path} answered ${status}`);
  if (status === 503) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  const type = ownApi ? 'application/problem+json' : 'application/json';
  // As text: the framework has serializers of its own for what it takes for an error.
  void reply.status(status).header('content-type', `${type}; charset=utf-8`).send(JSON.stringify(body));
}

/** What the caller did wrong is the caller's to know; what we lack, and bugs, are for those who run us. */
function note(error: unknown, what: string): void {
  const expected = isCarillonError(error);
  const said = expected ? { code: error.code, reason: error.message } : { err: error };
  log[logLevelOf(error)](said, what);
}

/** What the router and the body parser refuse, in our words; anything else as it is. */
function clientErrorOf(thrown: unknown): unknown {
  if (thrown instanceof ClientError) return thrown;
  const status = statusOf(thrown);
  if (status === 404) return new ClientError(404, 'Unknown route.');
  if (status === 413) return new ClientError(413, 'Request Entity Too Large');
  if (status < 400 || status >= 500) return thrown;
  return new ClientError(status, thrown instanceof Error ? thrown.message : String(thrown));
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}
