import type { Job, RequestKey } from '@carillon/contracts';
import { domainError, invalid, isCarillonError } from '@carillon/event-sourcing';
import type { Transaction } from '@carillon/event-store';
import type { AnsweredRequests } from './answered-requests.js';

/** Records the answer together with the change; throws when a request with the same key was faster. */
export type Record = (tx: Transaction, answer: Job) => Promise<void>;

/**
 * Does `work` once per key: a request that comes again has the answer it had before, and one that asks for something else
 * under the same key is refused with `idempotencyKeyUsed`. What failed was not done, so it may be tried again.
 */
export async function once(
  answered: AnsweredRequests,
  request: RequestKey,
  work: (record: Record) => Promise<Job>,
): Promise<Job> {
  const known = await answerTo(answered, request);
  if (known) return known;
  try {
    return await work(async (tx, answer) => {
      if (await answered.record(tx, request, answer)) return;
      throw domainError('requestRepeated', 'The same request was sent twice at once');
    });
  } catch (error) {
    // The other one of two at once: what it met may be what the first has done.
    const faster = isCarillonError(error) ? await answerTo(answered, request) : undefined;
    if (faster) return faster;
    throw error;
  }
}

async function answerTo(answered: AnsweredRequests, request: RequestKey): Promise<Job | undefined> {
  const known = await answered.find(request.key);
  if (known === undefined || known.fingerprint === request.fingerprint) return known?.answer;
  throw invalid(
    'idempotencyKeyUsed',
    'This Idempotency-Key was used for another request: a key belongs to one request and its repetitions',
  );
}
