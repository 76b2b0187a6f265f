import { randomFillSync, randomUUID } from 'node:crypto';

/** It puts each id together from small strings, 0.5 kB of them: in a burst some 3 kB a run. */
const NODES_OWN = randomUUID;

const BYTES = 16;
const pool = Buffer.allocUnsafeSlow(BYTES * 256);
let used = pool.length;

const DIGITS = Buffer.from('0123456789abcdef');
/** Of each byte, in the text of a UUID. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const VERSION_AT = 14;
const VARIANT_AT = 19;
const uuid = Buffer.from('xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx');
const traceparent = Buffer.from(`00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`);
const TRACE_AT = 3;
const SPAN_AT = 36;

/** A random UUID (RFC 9562, version 4). Whoever has put another in the place of Node's, as simulations do, is asked for it. */
export function randomUuid(): string {
  if (randomUUID !== NODES_OWN) return randomUUID();
  const from = take();
  for (let index = 0; index < BYTES; index++)
    write(uuid, PLACES[index] as number, pool[from + index] as number);
  uuid[VERSION_AT] = DIGITS[4] as number;
  uuid[VARIANT_AT] = DIGITS[8 + ((pool[from + 8] as number) & 0b11)] as number;
  return uuid.toString('latin1');
}

/** The `traceparent` of a new trace that is not sampled (W3C Trace Context). */
export function randomTraceparent(): string {
  const trace = take();
  for (let index = 0; index < BYTES; index++) {
    write(traceparent, TRACE_AT + 2 * index, pool[trace + index] as number);
  }
  const span = take();
  for (let index = 0; index < BYTES / 2; index++) {
    write(traceparent, SPAN_AT + 2 * index, pool[span + index] as number);
  }
  // Neither may be zero.
  traceparent[TRACE_AT] = traceparent[SPAN_AT] = DIGITS[1] as number;
  return traceparent.toString('latin1');
}

/** Where the next random bytes begin in the pool. */
function take(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES;
  return used - BYTES;
}

function write(text: Buffer, at: number, byte: number): void {
  text[at] = DIGITS[byte >> 4] as number;
  text[at + 1] = DIGITS[byte & 15] as number;
}
