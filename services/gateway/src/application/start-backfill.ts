import { hash, randomUUID } from 'node:crypto';
import type { Backfill, StartBackfillRequest } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import type { Backends } from './backends.js';
import { keyUsed } from './key-used.js';

export interface BackfillStart extends Omit<StartBackfillRequest, 'jobId' | 'uid' | 'backfillId'> {
  readonly idempotencyKey?: string | undefined;
}

/** Starts a backfill; the same key gives the same backfill, and is refused for another one. */
export async function startBackfill(
  { registry, timer }: Backends,
  jobId: string,
  { idempotencyKey, ...range }: BackfillStart,
): Promise<Backfill> {
  const { uid } = await registry.getJob({ jobId });
  const backfillId = idempotencyKey === undefined ? randomUUID() : backfillIdOf(idempotencyKey);
  return timer.startBackfill({ jobId, uid, backfillId, ...range }).catch((error: unknown) => {
    const used = isCarillonError(error) && error.code === 'backfillExists';
    throw used ? keyUsed('backfill', backfillId) : error;
  });
}

/** What the timer takes for the id of a backfill. */
const BACKFILL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The key itself where it can be an id; any other key has an id that is made of its hash. */
const backfillIdOf = (key: string): string =>
  BACKFILL_ID.test(key) ? key : `key-${hash('sha256', key, 'base64url')}`;
