import { readFileSync } from 'node:fs';
import type { WireFormat } from './codec.js';
import { RecordDecoder } from './record-io.js';

const folder = new URL('../../fixtures/', import.meta.url);

/** Exact bytes of a session with a real Mesos 1.11: the head of an HTTP message and, de-chunked, its body. */
export function recorded(format: WireFormat, name: string): { head: string; body: Buffer } {
  const bytes = readFileSync(new URL(`${format}/${name}.bin`, folder));
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, end);
  const body = bytes.subarray(end + 4);
  return { head, body: head.includes('Transfer-Encoding: chunked') ? dechunked(body) : body };
}

export function recordedEvents(format: WireFormat, name: string): Uint8Array[] {
  return new RecordDecoder(1_000_000).push(recorded(format, name).body);
}

function dechunked(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? 0 : Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
