import { describe, expect, test } from 'vitest';
import { readOptions } from './options.js';

describe('the options of npm run chaos', () => {
  test('are numbers', () => {
    expect(readOptions(['--seeds', '2', '--first', '7', '--jobs', '10', '--at-once', '1'])).toEqual({
      ...{ seeds: [7, 8], jobs: 10, atOnce: 1 },
    });
    expect(readOptions([])).toMatchObject({ jobs: 200, atOnce: 4 });
  });

  test.each([
    [['--seeds', 'x'], '--seeds is x, expected 1 to 1000000'],
    [['--at-once', '0'], '--at-once is 0, expected 1 to 64'],
    [['--jobs', '1.5'], '--jobs is 1.5, expected 1 to 100000'],
    [['--sead', '1'], "Unknown option '--sead'"],
  ])('%j is refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  test('are told', () => {
    expect(readOptions(['--help'])).toContain('--at-once <n>');
  });
});
