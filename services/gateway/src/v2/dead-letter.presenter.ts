import { decodeEvent, type DeadLetter } from '@carillon/contracts';
import type { ConsumingService } from '../application/backends.js';
import { isoInstant } from '../iso-instant.js';

/** What a list shows; `id` is of all services. */
export const presentDeadLetter = (service: ConsumingService, letter: DeadLetter) => ({
  id: `${service}-${letter.id}`,
  service,
  consumer: letter.consumer,
  failedAt: isoInstant(letter.failedAt),
  reason: letter.reason,
  topic: letter.topic,
  partition: letter.partition,
  offset: letter.offset ?? null,
  source: letter.source,
  jobId: letter.key,
  type: letter.headers['ce_type'] ?? null,
  eventId: letter.headers['ce_id'] ?? null,
});

/** One with its content: what it says where it can be read, and the bytes. */
export const presentDeadLetterInFull = (service: ConsumingService, letter: DeadLetter) => ({
  ...presentDeadLetter(service, letter),
  headers: letter.headers,
  data: dataOf(letter),
  value: Buffer.from(letter.value ?? []).toString('base64'),
});

function dataOf({ headers, value = new Uint8Array() }: DeadLetter): object | null {
  try {
    return decodeEvent({ headers, value })?.data ?? null;
  } catch {
    return null; // that is why it is here
  }
}
