import type { FastifyRequest } from 'fastify';
import { ClientError } from '../metronome/client-error.js';
import { type Reader, read } from '../metronome/readers.js';

/** The body of a request, read as JSON of a known form: first its media type, then its syntax, then its members. */
export function jsonBody<T>(request: FastifyRequest, reader: Reader<T>): T {
  const mediaType = mediaTypeOf(request);
  if (mediaType !== 'application/json' && mediaType !== 'text/json') {
    throw new ClientError(415, 'Expecting text/json or application/json body');
  }
  return read(reader, parse(request.body));
}

/** As `jsonBody`; no body at all is an empty object. */
export function optionalJsonBody<T>(request: FastifyRequest, reader: Reader<T>): T {
  const { body } = request;
  const none = body === undefined || body === null || (Buffer.isBuffer(body) && body.length === 0);
  return none ? read(reader, {}) : jsonBody(request, reader);
}

/** One JSON value to a line, as a list; blank lines do not count. */
export function jsonLines<T>(request: FastifyRequest, reader: Reader<T>): T {
  const { body } = request;
  const lines = Buffer.isBuffer(body) ? body.toString('utf8').split('\n') : [];
  return read(
    reader,
    lines.flatMap((line, index) => (line.trim() === '' ? [] : [parse(Buffer.from(line), index + 1)])),
  );
}

export const mediaTypeOf = ({ headers }: FastifyRequest) =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();

function parse(body: unknown, line?: number): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new ClientError(400, 'Invalid Json: No content to map due to end-of-input');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    const where = line === undefined ? '' : `line ${line}: `;
    const said = error instanceof Error ? error.message : String(error);
    throw new ClientError(400, `Invalid Json: ${where}${said}`);
  }
}
