import { describe, expect, it } from 'vitest';
import type { EndedRun, RunState } from '../../domain/run/run.state.js';
import { RunBook, type RunSeen } from './run-book.js';

const facts: Omit<EndedRun, 'status' | 'outcome' | 'endedAt'> = {
  ...{ jobId: 'test.a', uid: 'a', runId: 'a1', revision: 1, trigger: 'manual', dueAt: 0, queuedAt: 0 },
  ...{ attempts: [], attemptCount: 0, consumed: false, countedAttempts: 0, restart: { policy: 'NEVER' } },
};
const queued: RunState = { ...facts, status: 'queued', notBefore: 0 };
const ended: RunState = { ...facts, status: 'ended', outcome: 'killed', endedAt: 1 };
const at = (version: number, run: RunState): RunSeen => ({
  ...{ ref: { uid: 'a', runId: 'a1' }, run, version, trace: {} },
});
const statuses = (book: RunBook) => [...book.all()].map(({ run }) => run.status);

describe('a run that ends while states are read', () => {
  it.each([
    ['was known', [at(1, queued)]],
    ['was not known', []],
  ])('does not come back by an older one of them, where it %s', async (_, before) => {
    const book = new RunBook();
    before.forEach((seen) => book.see(seen));
    const other = Promise.withResolvers<readonly RunSeen[]>();
    const alsoReading = book.reading(() => other.promise);
    await book.reading(() => {
      book.see(at(2, ended));
      return Promise.resolve([at(1, queued)]);
    });
    expect(statuses(book)).toEqual([]);
    other.resolve([at(1, queued)]);
    await alsoReading;
    expect(statuses(book)).toEqual([]);
    expect([...book.queues()]).toEqual([]);
  });

  it('is forgotten once nobody reads', async () => {
    const book = new RunBook();
    await expect(
      book.reading(() => {
        book.see(at(2, ended));
        return Promise.reject(new Error('away'));
      }),
    ).rejects.toThrow('away');
    book.see(at(1, queued)); // of a database that was restored
    expect(statuses(book)).toEqual(['queued']);
  });
});
