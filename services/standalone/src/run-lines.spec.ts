import type { PublicEvent } from '@carillon/contracts';
import { expect, it } from 'vitest';
import { RunLines } from './run-lines.js';

const run = { jobId: 'a.b', uid: 'u', runId: '20261123010000abcde' };
const dueAt = Date.UTC(2026, 10, 23, 1);
const envelope = { id: 'e', time: 0, source: 's', trace: {} };

function linesOf(...events: readonly { type: string; data: object }[]): string[] {
  const lines: string[] = [];
  const runLines = new RunLines((line) => lines.push(line));
  for (const event of events) runLines.see({ ...envelope, ...event } as unknown as PublicEvent);
  return lines;
}

it('prints one line for a run: job, due, lag, outcome', () => {
  const lines = linesOf(
    { type: 'RunQueued', data: { ...run, trigger: 'schedule', dueAt } },
    { type: 'AttemptStarted', data: { ...run, startedAt: dueAt + 12 } },
    {
      type: 'RunEnded',
      data: { ...run, outcome: 'failed', exitCode: 3, reason: 'x', endedAt: dueAt + 11_512 },
    },
  );
  expect(lines).toEqual(['✗ a.b  due 2026-11-23T01:00:00Z  lag 12 ms  took 11.5 s  failed: exit code 3, x']);
});

it.each([
  ['a backfill from when it was queued', { trigger: 'backfill', queuedAt: dueAt + 86_400_000 }, 86_400_012],
  [
    'jitter from its end',
    { trigger: 'schedule', startAt: dueAt + 300_000, queuedAt: dueAt + 300_001 },
    300_012,
  ],
])('counts the lag of a run with %s', (_name, fields, after) => {
  const [line] = linesOf(
    { type: 'RunQueued', data: { ...run, dueAt, ...fields } },
    { type: 'AttemptStarted', data: { ...run, startedAt: dueAt + after } },
    { type: 'RunEnded', data: { ...run, outcome: 'succeeded', endedAt: dueAt + after + 5 } },
  );
  expect(line).toBe('✓ a.b  due 2026-11-23T01:00:00Z  lag 12 ms  took 5 ms  succeeded');
});

it('says an exit code once', () => {
  const [line] = linesOf({
    type: 'RunEnded',
    data: { ...run, outcome: 'failed', exitCode: 1, reason: 'Command exited with status 1', endedAt: dueAt },
  });
  expect(line).toBe(`✗ a.b  run ${run.runId}  failed: exit code 1`);
});

it('prints one line whatever a task says, and nothing that steers the terminal', () => {
  const reason = 'first\r\nsecond \u001b[2J';
  const [line] = linesOf({ type: 'RunEnded', data: { ...run, outcome: 'failed', reason, endedAt: dueAt } });
  expect(line).toBe(`✗ a.b  run ${run.runId}  failed: first second  [2J`);
});

it('prints skipped and missed due instants with their reason', () => {
  const lines = linesOf(
    { type: 'RunSkipped', data: { ...run, dueAt, reason: 'overlapForbidden' } },
    {
      type: 'DueInstantsMissed',
      data: {
        ...run,
        firstDueAt: dueAt,
        lastDueAt: dueAt + 60_000,
        count: 2,
        reason: 'startingDeadlineExceeded',
      },
    },
  );
  expect(lines).toEqual([
    '- a.b  due 2026-11-23T01:00:00Z  skipped: overlapForbidden',
    '- a.b  due 2026-11-23T01:00:00Z to 2026-11-23T01:01:00Z (2)  missed: startingDeadlineExceeded',
  ]);
});
