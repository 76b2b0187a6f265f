import { expect, test } from 'vitest';
import { backfillRunId, dependencyRunId, manualRunId, runIdOf, workflowRunIdOf } from './run-id.js';

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
    dependencyRunId({ ...due, workflowRunId: 'nightly' }),
    dependencyRunId({ ...due, workflowRunId: 'nightly2' }),
    backfillRunId({ ...due, backfillId: 'nightly' }),
    backfillRunId({ ...due, backfillId: 'nightly', dueAt: due.dueAt + 1 }),
    workflowRunIdOf({ uid: 'u1', runId: runIdOf(due) }),
    workflowRunIdOf({ uid: 'u2', runId: runIdOf(due) }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
