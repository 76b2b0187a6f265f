import { expect, test } from 'vitest';
import { event, runStory } from './event.fixtures.js';
import { runKey } from './run-facts.js';
import { statisticsOf } from './statistics.js';

const missed = (count: number) =>
  event('DueInstantsMissed', {
    jobId: 'prod.dump',
    uid: 'u1',
    revision: 1,
    scheduleId: 'nightly',
    firstDueAt: 1,
    lastDueAt: 60,
    count,
    reason: 'startingDeadlineExceeded',
    decidedAt: 100,
  });

test('success is counted apart from every other outcome, with the latest instants', () => {
  const events = [
    ...runStory({ runId: 'r3', dueAt: 3_000 }),
    ...runStory({ runId: 'r1', dueAt: 1_000 }),
    ...(['failed', 'killed', 'timedOut', 'lost'] as const).flatMap((outcome, index) =>
      runStory({ runId: outcome, outcome, dueAt: 5_000 + index }),
    ),
    missed(7),
    missed(2),
  ];
  expect(statisticsOf(events)).toEqual([
    {
      uid: 'u1',
      jobId: 'prod.dump',
      successes: 2,
      failures: 4,
      skipped: 0,
      missed: 9,
      lastSuccessAt: 3_901,
      lastFailureAt: 5_904,
      lastMissedAt: 60,
    },
  ]);
});

test('a run counts once, whether its end is told twice in a batch or was counted before', () => {
  const told = runStory({ runId: 'r1' });
  expect(statisticsOf([...told, ...runStory({ runId: 'r1' })])[0]?.successes).toBe(1);
  expect(statisticsOf(told, new Set([runKey({ uid: 'u1', runId: 'r1' })]))).toEqual([]);
});

test('jobs are told apart by uid', () => {
  const events = [...runStory({ runId: 'r1', uid: 'old' }), ...runStory({ runId: 'r2', uid: 'new' })];
  expect(statisticsOf(events).map(({ uid, successes }) => [uid, successes])).toEqual([
    ['old', 1],
    ['new', 1],
  ]);
});
