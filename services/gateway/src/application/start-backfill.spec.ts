import type { Backfill, Job, StartBackfillRequest } from '@carillon/contracts';
import { domainError } from '@carillon/event-sourcing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { startBackfill } from './start-backfill.js';

const range = { from: 0, until: 1 };
const backends = (start: (request: StartBackfillRequest) => Promise<Backfill>) =>
  someBackends({
    registry: { getJob: () => Promise.resolve({ uid: 'u1' } as Job) },
    timer: { startBackfill: start },
  });
const echo = backends(({ jobId, uid, backfillId = '', from, until }) =>
  Promise.resolve({
    ...{ jobId, uid, backfillId, from, until, scheduleId: 's', revision: 1, concurrency: 1, startedAt: 0 },
    ...{ total: 0, triggered: 0, active: 0, succeeded: 0, failed: 0, skipped: 0 },
  }),
);
const idOf = async (idempotencyKey?: string) =>
  (await startBackfill(echo, 'a', { ...range, idempotencyKey })).backfillId;

/** As the timer has it. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const keys = fc.oneof(
  fc.stringMatching(/^[!-~]{1,200}$/),
  fc.constantFrom('night:1', '_x', '.', 'a'.repeat(63), 'a'.repeat(64), '0'.repeat(200)),
);

describe('the id of a backfill', () => {
  test('is its key where that can be one', async () => {
    expect(await idOf('winter-2026.1')).toBe('winter-2026.1');
  });
  test('is one for every key, the same for the same and another for another', async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, async (one, other) => {
        const [id, again, others] = await Promise.all([idOf(one), idOf(one), idOf(other)]);
        expect(id).toMatch(ID);
        expect(again).toBe(id);
        expect(others === id).toBe(other === one);
      }),
    );
  });
  test('is a new one without a key', async () => {
    const [one, other] = await Promise.all([idOf(), idOf()]);
    expect(one).toMatch(ID);
    expect(one).not.toBe(other);
  });
});

test('a key that was used for another backfill is refused as one', async () => {
  const other = backends(() => Promise.reject(domainError('backfillExists', 'another has the id')));
  await expect(startBackfill(other, 'a', { ...range, idempotencyKey: 'k' })).rejects.toMatchObject({
    ...{ kind: 'invalid', code: 'idempotencyKeyUsed', details: { backfillId: 'k' } },
    message: 'This Idempotency-Key was used for another request, which made the backfill k',
  });
});
