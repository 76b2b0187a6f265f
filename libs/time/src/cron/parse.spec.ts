import { isCarillonError } from '@carillon/event-sourcing';
import { describe, expect, test } from 'vitest';
import { cronRuleOf } from './compile-cron.js';

const normal = (text: string) => cronRuleOf(text, undefined).normal;

describe('normal form', () => {
  test.each([
    ['*/1 * * * *', '* * * * *'],
    ['*/5 * * * *', '*/5 * * * *'],
    ['  5   4 \t* * *  ', '5 4 * * *'],
    ['05 04 * jan mon-FRI', '5 4 * 1 1-5'],
    ['0 0 * * 7', '0 0 * * 0'],
    ['0 0 * * 6-7', '0 0 * * 6-7'],
    ['0 0 * * 7-7', '0 0 * * 0-0'],
    ['0 0 * * FRI-SUN', '0 0 * * 5-0'],
    ['0 0 l * *', '0 0 L * *'],
    ['0 0 lw,15w * *', '0 0 LW,15W * *'],
    ['0 0 * * fri#2,5l', '0 0 * * 5#2,5L'],
    ['0 0 1-31/1 * *', '0 0 1-31 * *'],
    ['5/15 0 * * *', '5/15 0 * * *'],
    ['0 0 1 1 * 2030-2032', '0 0 1 1 * 2030-2032'],
    ['0 0 29 2 *', '0 0 29 2 *'],
    ['0 0 31 2-3 *', '0 0 31 2-3 *'],
    ['0 0 31 1 *', '0 0 31 1 *'],
    ['0 0 1 1 * 1999', '0 0 1 1 * 1999'],
  ])('%s is %s', (text, expected) => {
    expect(normal(text)).toBe(expected);
    expect(normal(expected)).toBe(expected);
  });
});

describe('refused', () => {
  test.each([
    ['', 'five fields'],
    ['* * * *', 'five fields'],
    ['* * * * * * * *', 'five fields'],
    ['60 * * * * * *', 'second'],
    ['60 * * * *', 'minute'],
    ['* 24 * * *', 'hour'],
    ['* * 0 * *', 'day of month'],
    ['* * 32 * *', 'day of month'],
    ['* * * 13 *', 'month'],
    ['* * * foo *', 'month'],
    ['* * * * 8', 'day of week'],
    ['* * * * * 1969', 'year'],
    ['0 * * * * 30', 'year'],
    ['* * ? * *', 'day of month'],
    ['* * * * ?', 'day of week'],
    ['@fortnightly', 'nicknames'],
    ['*/0 * * * *', 'step'],
    ['*/61 * * * *', 'step'],
    ['30-10 * * * *', 'smaller'],
    ['1,,2 * * * *', 'minute'],
    ['1-2-3 * * * *', 'minute'],
    ['*5 * * * *', 'minute'],
    ['-5 * * * *', 'minute'],
    ['1.5 * * * *', 'minute'],
    ['H * * * *', 'id of the job'],
    ['0 ~ * * *', 'id of the job'],
    ['* * * * * H', 'id of the job'],
    ['L * * * *', 'minute'],
    ['* * * * L', 'day of week'],
    ['* * * * 5#6', 'n from 1 to 5'],
    ['* * 5#2 * *', 'day of month'],
    ['* * * * 3W', 'day of week'],
    ['0 0 31 2 *', 'must exist'],
    ['0 0 30-31 2 *', 'must exist'],
    ['0 0 30,31 2 *', 'must exist'],
    ['0 0 31 2,4,6,9,11 *', 'must exist'],
    ['0 0 29 2 * 2027', 'must exist'],
    ['0 0 31 * 1#1', 'must exist'],
    [`${'1,'.repeat(600)}1 * * * *`, '1024'],
  ])('%s', (text, reason) => {
    try {
      normal(text);
    } catch (error) {
      expect(isCarillonError(error, 'invalid') && error.code).toBe('cronInvalid');
      expect((error as Error).message).toContain(reason);
      return;
    }
    expect.unreachable(`${text} was accepted`);
  });
});
