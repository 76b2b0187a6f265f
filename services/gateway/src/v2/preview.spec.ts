import { expect, test } from 'vitest';
import { previewSchedule } from './preview.js';

const changes = (cron: string, timezone: string, after: number, count: number) =>
  previewSchedule({ cron, timezone }, after, count).instants.map(({ dueAt, change }) => [
    new Date(dueAt).toISOString().slice(0, 16),
    change,
  ]);

test('a time that New York skips is marked, and due right after the gap', () => {
  expect(changes('30 2 * * *', 'America/New_York', Date.UTC(2024, 2, 9), 3)).toEqual([
    ['2024-03-09T07:30', null],
    ['2024-03-10T07:00', 'gap'],
    ['2024-03-11T06:30', null],
  ]);
});

test('a time that New York repeats is marked, and due once', () => {
  expect(changes('30 1 * * *', 'America/New_York', Date.UTC(2024, 10, 2, 12), 2)).toEqual([
    ['2024-11-03T05:30', 'overlap'],
    ['2024-11-04T06:30', null],
  ]);
});

test('an expression is given back in normal form, and ends with its last year', () => {
  const preview = previewSchedule({ cron: '0 0 1 JAN * 2030', timezone: 'UTC' }, 0, 5);
  expect([preview.normal, preview.instants.length]).toEqual(['0 0 1 1 * 2030', 1]);
});
