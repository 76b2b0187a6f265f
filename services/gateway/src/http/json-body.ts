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

/** One JSON value to a line, as a list; blank lines do not count, and a body that has no other is no list. */
export function jsonLines<T>(request: FastifyRequest, reader: Reader<T>): T {
  const { body } = request;
  const lines = Buffer.isBuffer(body) ? linesOf(body) : [];
  const values = lines.flatMap((line, index) => (isBlank(line) ? [] : [parse(line, index + 1)]));
  if (values.length === 0) throw noContent('; the empty list is [] as application/json');
  return read(reader, values);
}

/** Split as bytes, since they are not known to be UTF-8 yet: in UTF-8 no other character has the byte of a line feed. */
function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let end = body.indexOf(LF); end !== -1; end = body.indexOf(LF, from)) {
    lines.push(body.subarray(from, end));
    from = end + 1;
  }
  return [...lines, body.subarray(from)];
}

const LF = 0x0a;
/** The white space of JSON (RFC 8259, 2). */
const BLANKS = [0x20, 0x09, 0x0d, LF];
const isBlank = (line: Buffer) => line.every((byte) => BLANKS.includes(byte));

export const mediaTypeOf = ({ headers }: FastifyRequest) =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();

function parse(body: unknown, line?: number): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw noContent();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    const where = line === undefined ? '' : `line ${line}: `;
    const said = error instanceof Error ? error.message : String(error);
    throw new ClientError(400, `Invalid Json: ${where}${said}`);
  }
}

const noContent = (wayOut = '') =>
  new ClientError(400, `Invalid Json: No content to map due to end-of-input${wayOut}`);
