import { describe, expect, test } from 'vitest';
import { previewSchedule } from './preview.js';

const changes = (cron: string, timezone: string, after: string, count: number) =>
  previewSchedule({ cron, timezone }, { after: Date.parse(after), count }).instants.map(
    ({ at, local, shift }) => [new Date(at).toISOString(), local, shift ?? null],
  );

describe('previews', () => {
  test('mark what a gap moves and what an overlap would repeat', () => {
    expect(changes('30 2 * * *', 'America/New_York', '2024-03-09T12:00:00Z', 2)).toEqual([
      ['2024-03-10T07:00:00.000Z', '2024-03-10T03:00:00-04:00', 'gap'],
      ['2024-03-11T06:30:00.000Z', '2024-03-11T02:30:00-04:00', null],
    ]);
    expect(changes('30 1 * * *', 'America/New_York', '2024-11-02T12:00:00Z', 2)).toEqual([
      ['2024-11-03T05:30:00.000Z', '2024-11-03T01:30:00-04:00', 'overlap'],
      ['2024-11-04T06:30:00.000Z', '2024-11-04T01:30:00-05:00', null],
    ]);
  });
  test('say the kind, the normal form and the rule in words', () => {
    const preview = previewSchedule(
      { at: Date.UTC(2030, 0), timezone: 'UTC' },
      { after: Date.UTC(2029, 0), count: 5 },
    );
    expect(preview).toMatchObject({ kind: 'at', description: expect.any(String) });
    expect(preview.instants.map(({ at }) => at)).toEqual([Date.UTC(2030, 0)]);
  });
});
