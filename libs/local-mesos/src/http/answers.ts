import type { IncomingMessage, ServerResponse } from 'node:http';

export const MAX_CALL_BYTES = 64 * 1024 * 1024;

/** As Mesos answers: an empty body has no content type. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): void {
  const type = body.length === 0 ? {} : { 'content-type': 'text/plain; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

export function answerJson(response: ServerResponse, value: unknown): void {
  answer(response, 200, JSON.stringify(value), { 'content-type': 'application/json' });
}

/** The whole body; answers 413 by itself when it is too long. */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  then: (body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_CALL_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (length > MAX_CALL_BYTES) answer(response, 413, 'The call is too long');
    else then(Buffer.concat(chunks));
  });
}
