import { describe, expect, test } from 'vitest';
import { booleanParameter, embedParameter, jobIdParameter } from './parameters.js';

describe('a job id in a path', () => {
  test.each([
    ['a.b', 'a.b'],
    ['a..b.', 'a.b'],
    ['a--a', 'a--a'],
  ])('%s is %s', (text, id) => expect(jobIdParameter(text)).toBe(id));
  test.each(['A', 'a_b', '-a', 'a/b', '.', ''])('%s is none', (text) => {
    expect(() => jobIdParameter(text)).toThrow(`Not a valid id: ${text}`);
  });
});

describe('embed', () => {
  test('is repeated, separated by commas, or both', () => {
    expect([...embedParameter(['activeRuns,history', 'schedules'])]).toEqual([
      'activeRuns',
      'history',
      'schedules',
    ]);
    expect(embedParameter(undefined).size).toBe(0);
  });
  test.each(['ACTIVERUNS', '', 'history,'])('%s is none', (raw) => {
    expect(() => embedParameter(raw)).toThrow(
      'Unknown embed options. Valid options are: activeRuns, schedules, history, historySummary',
    );
  });
});

test('switches are true, false, 1 and 0', () => {
  expect([undefined, 'true', '1', 'false', '0'].map((raw) => booleanParameter('x', raw))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  expect(() => booleanParameter('x', 'yes')).toThrow('Cannot parse parameter x as Boolean');
});
