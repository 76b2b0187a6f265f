import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../metronome/problems.js';
import { instantParameter } from '../parameters.js';
import { instant } from './readers.js';

const readInstant = (value: unknown) => {
  const problems: Problem[] = [];
  return { at: instant(value, ['until'], problems), problems };
};

describe('an instant', () => {
  test.each([
    ['2027-02-29T09:00:00Z', 'must be an instant such as 2026-03-29T02:30:00Z'],
    ['2027-02-30T09:00:00+01:00', 'must be an instant such as 2026-03-29T02:30:00Z'],
    ['2026-06-31T00:00:00Z', 'must be an instant such as 2026-03-29T02:30:00Z'],
    ['2026-06-30T24:00:00Z', 'must be an instant such as 2026-03-29T02:30:00Z'],
    ['9999-12-31T23:59:59-23:59', 'must be of a year from 0000 to 9999 in UTC'],
    ['0000-01-01T00:00:00+00:01', 'must be of a year from 0000 to 9999 in UTC'],
  ])('is not %s: it %s, in a body as in a query', (text, rule) => {
    expect(readInstant(text)).toEqual({
      at: null,
      problems: [{ path: ['until'], message: `'${text}' ${rule}.` }],
    });
    expect(instantParameter.safeParse(text).error?.issues).toMatchObject([{ message: rule }]);
  });

  test('is taken as it is written, or not at all', () => {
    const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
    const upTo = (max: number) => fc.integer({ min: 0, max }).map((value) => pad(value));
    const texts = fc
      .tuple(fc.integer({ min: 0, max: 9999 }), upTo(13), upTo(32), upTo(25), upTo(60), upTo(60))
      .map(([year, month, day, h, m, s]) => `${pad(year, 4)}-${month}-${day}T${h}:${m}:${s}.000Z`);
    fc.assert(
      fc.property(texts, (text) => {
        const written = new Date(text);
        const exists = Number.isFinite(written.getTime()) && written.toISOString() === text;
        expect(readInstant(text).at).toBe(exists ? written.getTime() : null);
      }),
      { numRuns: 1_000, examples: [['2028-02-29T00:00:00.000Z'], ['2027-02-29T00:00:00.000Z']] },
    );
  });
});
