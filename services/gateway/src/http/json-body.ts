import type { FastifyRequest } from 'fastify';
import { ClientError } from '../metronome/client-error.js';
import { type Reader, read } from '../metronome/readers.js';

/** Of a request; Metronome takes no more. */
export const MAX_BODY_BYTES = 100 * 1024;

/** The body of a request, read as JSON of a known form: first its media type, then its syntax, then its members. */
export function jsonBody<T>(request: FastifyRequest, reader: Reader<T>): T {
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json' && mediaType !== 'text/json') {
    throw new ClientError(415, 'Expecting text/json or application/json body');
  }
  return read(reader, parse(request.body));
}

function parse(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new ClientError(400, 'Invalid Json: No content to map due to end-of-input');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    throw new ClientError(400, `Invalid Json: ${error instanceof Error ? error.message : String(error)}`);
  }
}
