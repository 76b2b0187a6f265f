import { expect, test } from 'vitest';
import { manualRunId, runIdOf } from './run-id.js';

const due = { uid: '7b0d', scheduleId: 'nightly', dueAt: Date.parse('2026-02-03T04:05:06Z') };

test('has Metronome’s shape', () => {
  expect(runIdOf(due)).toMatch(/^20260203040506[0-9A-Za-z]{5}$/);
  expect(manualRunId({ uid: '7b0d', key: 'k', createdAt: due.dueAt })).toMatch(
    /^20260203040506[0-9A-Za-z]{5}$/,
  );
});

test('never changes: ids are compared across versions', () => {
  expect(runIdOf(due)).toBe('20260203040506ckHxF');
});

test('differs with each part', () => {
  const ids = [
    runIdOf(due),
    runIdOf({ ...due, uid: '7b0e' }),
    runIdOf({ ...due, scheduleId: 'nightly2' }),
    runIdOf({ ...due, dueAt: due.dueAt + 1 }),
    manualRunId({ uid: due.uid, key: due.scheduleId, createdAt: due.dueAt }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
