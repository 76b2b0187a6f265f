import { replay } from '@carillon/event-sourcing';
import { compileSchedule } from '@carillon/time';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClockCommand } from './clock.commands.js';
import { clock } from './clock.decide.js';
import { type Heard, play, revisionsHeard } from '../test/play-clock.js';
import type { ClockEvent } from './clock.events.js';

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 2, 28, 22); // the night in which Rome goes to summer time
const END = BEGIN + 8 * 60 * MINUTE;
const WEEK = 7 * 86_400;

const crons = ['*/7 * * * *', '30 * * * *', '15 2 * * *', '0 1-5 * * *', '30 2,3 * * *', '* 3 * * *'];
const rule = fc.record({
  id: fc.constantFrom('a', 'b'),
  cron: fc.constantFrom(...crons),
  timezone: fc.constantFrom('UTC', 'Europe/Rome'),
  startingDeadlineSeconds: fc.constantFrom(60, 900, WEEK),
  enabled: fc.boolean(),
});
const instant = fc.integer({ min: 0, max: 8 * 60 * 60 }).map((seconds) => BEGIN + seconds * 1000);
const revisions = fc
  .array(
    fc.record({
      definedAt: instant,
      delayMs: fc.integer({ min: 0, max: 90 * MINUTE }),
      schedules: fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((list) => list.sort((a, b) => a.definedAt - b.definedAt));
const story = fc.record({
  revisions,
  fires: fc.array(instant, { maxLength: 12 }),
  removed: fc.option(fc.record({ at: instant, delayMs: fc.integer({ min: 0, max: 90 * MINUTE }) })),
});

/** What the clock hears and when: revisions in their order, however late, fires in between, and a last one. */
function commandsOf({
  revisions: list,
  fires,
  removed,
}: typeof story extends fc.Arbitrary<infer T> ? T : never) {
  const heard: Heard[] = revisionsHeard(list);
  const latest = heard.at(-1)?.at ?? 0;
  const removedAt = removed && Math.max(removed.at, list.at(-1)?.definedAt ?? 0);
  if (removed && removedAt !== null) {
    const at = Math.max(latest, removedAt + removed.delayMs);
    heard.push({ at, command: { type: 'StopClock', removedAt } });
  }
  for (const now of fires) heard.push({ at: now, command: { type: 'Fire', now } });
  heard.sort((a, b) => a.at - b.at);
  const last = Math.max(END, heard.at(-1)?.at ?? END);
  heard.push({ at: last, command: { type: 'Fire', now: last } });
  return { commands: heard.map(({ command }) => command), until: Math.min(removedAt ?? END, END) };
}

/** Everything that happens. */
function eventsOf(commands: readonly ClockCommand[]): ClockEvent[] {
  const { decided, state } = play(commands);
  const events = decided.flat();
  expect(replay(clock, events)).toEqual(state);
  return events;
}

test('every due instant of the revision in force is decided, once', () => {
  fc.assert(
    fc.property(story, (told) => {
      const { commands, until } = commandsOf(told);
      const events = eventsOf(commands);
      const runs = events.flatMap((event) => (event.type === 'RunDue' ? [event.data] : []));
      const ids = runs.map(({ runId }) => runId);
      expect(new Set(ids).size).toBe(ids.length);

      told.revisions.forEach(({ definedAt, schedules }, index) => {
        const end = Math.min(told.revisions[index + 1]?.definedAt ?? until, until);
        for (const { id, cron, timezone, enabled } of schedules) {
          const compiled = compileSchedule({ cron, timezone });
          for (
            let dueAt = compiled.next(definedAt - 1) ?? end;
            dueAt < end;
            dueAt = compiled.next(dueAt) ?? end
          ) {
            if (enabled)
              expect(decisions(events, id, dueAt), `${id} at ${new Date(dueAt).toISOString()}`).toBe(1);
          }
        }
      });
    }),
    { numRuns: 500 },
  );
});

/** How often an instant was decided: as a run, or within a range of missed ones. */
function decisions(events: readonly ClockEvent[], scheduleId: string, dueAt: number): number {
  return events.filter((event) => {
    if (event.type === 'RunDue') return event.data.scheduleId === scheduleId && event.data.dueAt === dueAt;
    if (event.type !== 'DueInstantsMissed' || event.data.scheduleId !== scheduleId) return false;
    const { firstDueAt, lastDueAt, revision } = event.data;
    return firstDueAt <= dueAt && dueAt <= lastDueAt && ownsInstant(events, scheduleId, revision, dueAt);
  }).length;
}

/** Whether the rule of that revision has the instant, so that a range around it means it. */
function ownsInstant(
  events: readonly ClockEvent[],
  scheduleId: string,
  revision: number,
  dueAt: number,
): boolean {
  return events.some((event) => {
    if (event.type !== 'ScheduleArmed') return false;
    const { data } = event;
    if (data.scheduleId !== scheduleId || data.revision !== revision || data.decided.includes(dueAt))
      return false;
    return compileSchedule(data).next(dueAt - 1) === dueAt;
  });
}
