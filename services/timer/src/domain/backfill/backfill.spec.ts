import { given as givenEvents, replay } from '@carillon/event-sourcing';
import { backfillRunId } from '@carillon/time';
import { describe, expect, test } from 'vitest';
import type { BackfillCommand } from './backfill.commands.js';
import { backfill } from './backfill.decide.js';
import type { BackfillEvent } from './backfill.events.js';

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
const said = {
  ...{ jobId: 'reports.hourly', uid: 'u1', backfillId: 'b1', scheduleId: 'hourly', revision: 3 },
  rule: { cron: '0 * * * *', timezone: 'UTC' },
  ...{ mayOverlap: true, from: at('01:00'), until: at('05:00'), concurrency: 2, total: 4 },
};
const start: BackfillCommand = { type: 'StartBackfill', ...said, now: 100 };
const started: BackfillEvent = { type: 'BackfillStarted', data: { ...said, startedAt: 100 } };
const idOf = (time: string) => backfillRunId({ uid: 'u1', backfillId: 'b1', dueAt: at(time) });
const due = (time: string, now = 100): BackfillEvent => ({
  type: 'RunDue',
  data: {
    ...{ jobId: 'reports.hourly', uid: 'u1', revision: 3, scheduleId: 'hourly', dueAt: at(time) },
    ...{
      backfillId: 'b1',
      runId: idOf(time),
      decidedAt: now,
      trigger: 'backfill',
      concurrencyPolicy: 'ALLOW',
    },
  },
});
const end = (
  time: string,
  outcome: 'succeeded' | 'failed' | 'skipped' = 'succeeded',
  jobRemoved = false,
): BackfillCommand => ({
  ...{ type: 'EndBackfillRun', runId: idOf(time), outcome, jobRemoved, now: 200 },
});
const ended = (time: string, outcome: 'succeeded' | 'failed' | 'skipped' = 'succeeded'): BackfillEvent => ({
  type: 'BackfillRunEnded',
  data: { runId: idOf(time), outcome, at: 200 },
});
const given = (...events: BackfillEvent[]) => givenEvents(backfill, events);
const begun = [started, due('01:00'), due('02:00')];

describe('a backfill', () => {
  test('starts as many runs as it may have at once, oldest first', () => {
    given().when(start).then(begun);
  });

  test('starts the next one when one has ended, however it ended', () => {
    given(...begun)
      .when(end('02:00', 'failed'))
      .then([ended('02:00', 'failed'), due('03:00', 200)]);
    given(...begun)
      .when(end('01:00', 'skipped'))
      .then([ended('01:00', 'skipped'), due('03:00', 200)]);
  });

  test('hears of an end once, and of no other run', () => {
    given(...begun, ended('01:00'), due('03:00', 200))
      .when(end('01:00'))
      .then([]);
    given(...begun)
      .when(end('04:00'))
      .then([]);
  });

  test('ends with its last run, and knows how all ended', () => {
    const last = [
      ...begun,
      ended('01:00'),
      due('03:00', 200),
      ended('02:00', 'failed'),
      due('04:00', 200),
      ended('03:00'),
    ];
    given(...last)
      .when(end('04:00', 'skipped'))
      .then([ended('04:00', 'skipped'), { type: 'BackfillEnded', data: { at: 200 } }]);
    expect(replay(backfill, [...last, ended('04:00', 'skipped')])).toMatchObject({
      ...{ triggered: 4, active: [], succeeded: 2, failed: 1, skipped: 1 },
    });
  });

  test('of nothing ends at once', () => {
    given()
      .when({ ...start, total: 0, from: at('01:30'), until: at('01:40') })
      .then([
        {
          type: 'BackfillStarted',
          data: { ...said, total: 0, from: at('01:30'), until: at('01:40'), startedAt: 100 },
        },
        { type: 'BackfillEnded', data: { at: 100 } },
      ]);
  });

  test('once cancelled starts no further run, and ends with those under way', () => {
    const cancelled: BackfillEvent = { type: 'BackfillCancelled', data: { at: 150, reason: 'asked' } };
    given(...begun)
      .when({ type: 'CancelBackfill', now: 150 })
      .then([cancelled]);
    given(...begun, cancelled)
      .when({ type: 'CancelBackfill', now: 160 })
      .then([]);
    given(...begun, cancelled, ended('01:00'))
      .when(end('02:00'))
      .then([ended('02:00'), { type: 'BackfillEnded', data: { at: 200 } }]);
  });

  test('whose instants cannot be computed here starts none, hears of its runs, and can be cancelled', () => {
    const rule = { cron: '0 * * * *', timezone: 'Mars/Olympus' };
    const lost = [{ ...started, data: { ...started.data, rule } } as BackfillEvent, ...begun.slice(1)];
    given(...lost)
      .when(end('01:00'))
      .then([ended('01:00')]);
    given(...lost, ended('01:00'), ended('02:00'))
      .when({ type: 'CancelBackfill', now: 150 })
      .then([
        { type: 'BackfillCancelled', data: { at: 150, reason: 'asked' } },
        { type: 'BackfillEnded', data: { at: 150 } },
      ]);
  });

  test('of a removed job is cancelled', () => {
    given(...begun)
      .when(end('01:00', 'skipped', true))
      .then([
        ended('01:00', 'skipped'),
        { type: 'BackfillCancelled', data: { at: 200, reason: 'jobRemoved' } },
      ]);
  });

  test('asked for again is the same one, and something else under its id is refused', () => {
    given(...begun)
      .when({ ...start, now: 500, revision: 4 })
      .then([]);
    given(...begun)
      .when({ ...start, until: at('06:00') })
      .thenRefused('backfillExists');
  });

  test('of a schedule that forbids overlap waits for other runs instead of being skipped', () => {
    const [, first, ...more] = backfill.decide({ ...start, mayOverlap: false }, { status: 'none' });
    expect(first).toMatchObject({ type: 'RunDue', data: { concurrencyPolicy: 'QUEUE' } });
    expect(more).toEqual([]); // whatever its concurrency: they wait for each other, too
  });
});
