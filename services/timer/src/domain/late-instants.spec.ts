import type { CatchUp } from '@carillon/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArmedSchedule, decideAt } from './armed-schedule.js';
import { verdictOf } from './late-instants.js';

const MINUTE = 60_000;
const catchUp = fc.constantFrom<CatchUp | undefined>(undefined, { policy: 'LAST' });

test('an instant is not decided before its jitter, and in time for so long after the longest', () => {
  const instants = fc.record({
    catchUp,
    jitterSeconds: fc.constantFrom(0, 1, 5, 600),
    startingDeadlineSeconds: fc.constantFrom(1, 60, 900),
    dueAt: fc.integer({ min: 0, max: 50 * MINUTE }),
    now: fc.integer({ min: 0, max: 50 * MINUTE }),
  });
  fc.assert(
    fc.property(instants, ({ dueAt, now, startingDeadlineSeconds, catchUp: policy, jitterSeconds }) => {
      const more = { jitterSeconds, ...(policy ? { catchUp: policy } : {}) };
      const rule = { cron: '* * * * * *', timezone: 'UTC', startingDeadlineSeconds, more };
      const schedule: ArmedSchedule = { ...rule, scheduleId: 's', revision: 1, decidedUpTo: -1 };
      const hasCome = decideAt(schedule, dueAt, { jobId: 'j' }) <= now;
      const ago = now - (dueAt + jitterSeconds * 1000);
      const inTime = ago <= (policy ? MINUTE : startingDeadlineSeconds * 1000);
      const late = policy ? 'catchUpPolicy' : 'startingDeadlineExceeded';
      const expected = !hasCome ? undefined : inTime ? 'run' : late;
      expect(verdictOf(schedule, dueAt, now, { jobId: 'j' })).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});
