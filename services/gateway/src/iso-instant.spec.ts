import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoInstant } from './iso-instant.js';

const LAST = 8_640_000_000_000_000;

describe('isoInstant', () => {
  it('writes what Date writes, of any instant there is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: -LAST, max: LAST }),
          fc.integer({ min: 0, max: 4_102_444_800_000 }),
          fc.integer({ min: -30_000, max: 30_000 }).map((day) => day * 86_400_000),
        ),
        (at) => {
          for (const one of [at, at + 1, at - 1]) {
            if (Math.abs(one) <= LAST) expect(isoInstant(one)).toBe(new Date(one).toISOString());
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('refuses what is no instant', () => {
    for (const at of [Number.NaN, Infinity, LAST + 86_400_000, -LAST - 1]) {
      expect(() => isoInstant(at)).toThrow(RangeError);
    }
  });
});
