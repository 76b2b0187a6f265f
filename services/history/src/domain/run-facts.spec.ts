import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attemptFactsOf } from './attempt-facts.js';
import { event, runStory } from './event.fixtures.js';
import { runFactsOf } from './run-facts.js';

const run = { jobId: 'prod.dump', uid: 'u1', runId: 'r1' };

test('a run is the sum of what its events say', () => {
  expect(runFactsOf(runStory({ runId: 'r1' }))).toEqual([
    {
      ...run,
      revision: 2,
      trigger: 'schedule',
      scheduleId: 'nightly',
      dueAt: 1_000,
      decidedAt: 1_005,
      queuedAt: 1_009,
      launchedAt: 1_020,
      startedAt: 1_050,
      outcome: 'succeeded',
      endedAt: 1_901,
    },
  ]);
});

test('topics arrive independently: any order of the events gives the same facts', () => {
  const events = [
    ...runStory({ runId: 'r1', outcome: 'failed' }),
    event('AttemptLaunched', {
      ...run,
      attempt: 2,
      taskId: 't2',
      agentId: 'a2',
      hostname: 'h2',
      launchedAt: 3_000,
    }),
    event('AttemptStarted', { ...run, attempt: 2, taskId: 't2', startedAt: 3_100 }),
    event('RunStopRequested', { ...run, requestedAt: 3_050 }),
  ];
  const inOrder = runFactsOf(events)[0];
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
      expect(runFactsOf(shuffled)[0]).toEqual(inOrder);
    }),
  );
  expect(inOrder).toMatchObject({ launchedAt: 1_020, startedAt: 1_050, stopRequestedAt: 3_050 });
});

test('runs of the same id are told apart by the uid of their job', () => {
  const [first, second] = runFactsOf([
    ...runStory({ runId: 'r1', uid: 'u1' }),
    ...runStory({ runId: 'r1', uid: 'u2', outcome: 'killed' }),
  ]);
  expect([first?.outcome, second?.outcome]).toEqual(['succeeded', 'killed']);
});

test('a skipped run has the reason of its skip', () => {
  const skipped = { ...run, revision: 1, trigger: 'schedule' as const, dueAt: 5 };
  const events = [event('RunSkipped', { ...skipped, skippedAt: 6, reason: 'overlapForbidden' })];
  expect(runFactsOf(events)).toEqual([{ ...skipped, skippedAt: 6, skipReason: 'overlapForbidden' }]);
});

test('an attempt is the sum of what its events say', () => {
  expect(attemptFactsOf(runStory({ runId: 'r1', outcome: 'failed' }))).toEqual([
    {
      ...run,
      attempt: 1,
      taskId: 'r1-1',
      agentId: 'a1',
      hostname: 'agent-1',
      launchedAt: 1_020,
      startedAt: 1_050,
      sandbox: '/sandbox',
      state: 'TASK_FAILED',
      exitCode: 1,
      endedAt: 1_900,
    },
  ]);
});
