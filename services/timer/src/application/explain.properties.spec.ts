import type { DueInstant, Job, Schedule } from '@carillon/contracts';
import { notFound } from '@carillon/event-sourcing';
import type { StoredEvent } from '@carillon/event-store';
import { compileSchedule, jitterMs } from '@carillon/time';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Heard, play, revisionsHeard } from '../test/play-clock.js';
import { Explain } from './explain.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TICK = 10 * SECOND;
const BEGIN = Date.UTC(2026, 2, 28, 22);
const HOURS = 4;
const END = BEGIN + HOURS * 60 * MINUTE;

const instant = fc.integer({ min: 0, max: HOURS * 3_600 }).map((seconds) => BEGIN + seconds * SECOND);
const schedule: fc.Arbitrary<Schedule> = fc.record(
  {
    id: fc.constantFrom('a', 'b', 'c'),
    cron: fc.constantFrom('* * * * *', '*/7 * * * *', '0 * * * *', '*/20 * * * * * *', '15 2 * * *'),
    timezone: fc.constantFrom('UTC', 'Europe/Rome'),
    startingDeadlineSeconds: fc.constantFrom(60, 900, 86_400),
    concurrencyPolicy: fc.constant('ALLOW' as const),
    enabled: fc.constant(true),
    catchUp: fc.constantFrom({ policy: 'NONE' }, { policy: 'LAST' }, { policy: 'ALL', limit: 5 }),
    jitterSeconds: fc.constantFrom(20, 600),
  },
  {
    requiredKeys: [
      ...(['id', 'cron', 'timezone', 'startingDeadlineSeconds', 'concurrencyPolicy', 'enabled'] as const),
    ],
  },
);
const revision = fc.record({
  definedAt: instant,
  delayMs: fc.constantFrom(0, 0, SECOND, 9 * MINUTE),
  schedules: fc.uniqueArray(schedule, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
});
const pause = fc.record({ at: instant, minutes: fc.integer({ min: 1, max: 90 }) });
const story = fc.record({
  revisions: fc
    .array(revision, { minLength: 1, maxLength: 3 })
    .map((list) => list.sort((a, b) => a.definedAt - b.definedAt)),
  /** The timer is away in between. */
  fires: fc.array(instant, { maxLength: 6 }),
  /** Nothing is late from here on. */
  steadyFrom: instant,
  pauses: fc.array(pause, { maxLength: 2 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** What the clock hears, and when. */
function heard({ revisions, fires, steadyFrom, pauses }: Story): Heard[] {
  const paused = pauses.map(({ at, minutes }): Heard => {
    const until = at + minutes * MINUTE;
    return { at, command: { type: 'PauseClock', jobId: 'j', uid: 'u', pausedAt: at, until } };
  });
  const steady = Array.from({ length: (END - steadyFrom) / TICK }, (_, tick) => steadyFrom + tick * TICK);
  const fired = [...fires, ...steady].map((at): Heard => ({ at, command: { type: 'Fire', now: at } }));
  return [...revisionsHeard(revisions), ...paused, ...fired].sort((a, b) => a.at - b.at);
}

/** The clock's stream after all that, and its state. */
function played(told: Story) {
  const commands = heard(told);
  const { decided, state } = play(commands.map(({ command }) => command));
  const recorded = decided.flatMap((events, index) =>
    events.map((event) => ({ ...event, recordedAt: commands[index]?.at ?? Number.NaN })),
  );
  const events = recorded.map((event, index): StoredEvent => {
    const version = index + 1;
    const place = { stream: 'clock-u', version, position: String(version), schemaVersion: 1 };
    return { ...event, ...place, metadata: { eventId: `e${version}` } };
  });
  return { events, state };
}

/** Explains what was played, reading so many events at once. */
function explaining(told: Story, { events, state }: ReturnType<typeof played>, page: number) {
  const explain = new Explain({
    log: {
      async *clockEvents(_uid, from) {
        const read = events.filter(({ recordedAt }) => recordedAt >= from);
        for (let at = 0; at < read.length; at += page) yield await Promise.resolve(read.slice(at, at + page));
      },
      otherEvents: () => Promise.resolve([]),
    },
    clockOf: () => Promise.resolve(state),
    registry: {
      getRevision({ revision: number }) {
        const found = told.revisions[number - 1];
        if (!found) return Promise.reject(notFound('revisionNotFound', 'no such revision'));
        return Promise.resolve({ spec: { schedules: found.schedules } } as unknown as Job);
      },
    },
  });
  return (from: number, to: number, limit: number) =>
    explain.explain({ jobId: 'j', uid: 'u', from, to, limit });
}

/** Without what an edit superseded: it is told only where the edit is not long before what is asked for. */
const comparable = (instants: readonly DueInstant[]) =>
  instants
    .filter(({ verdict }) => verdict !== 'superseded')
    .map((each) => JSON.stringify(each))
    .sort();

test('explain tells of every due instant once, whatever the size of its pages', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        told: story,
        range: fc.tuple(instant, instant).filter(([from, to]) => from !== to),
        limit: fc.integer({ min: 1, max: 40 }),
        page: fc.integer({ min: 1, max: 30 }),
      }),
      async ({ told, range, limit, page }) => {
        const [from, to] = range.toSorted((a, b) => a - b) as [number, number];
        const after = played(told);
        const { instants: whole, moreFrom } = await explaining(told, after, Infinity)(from, to, 10_000);
        expect(moreFrom).toBeUndefined();
        const keys = whole.map(({ dueAt, scheduleId }) => `${dueAt} ${scheduleId}`);
        expect(new Set(keys).size).toBe(keys.length);
        told.revisions.forEach(({ definedAt, schedules }, index) => {
          const end = Math.min(told.revisions[index + 1]?.definedAt ?? to, to);
          for (const { id, cron, timezone } of schedules) {
            const rule = compileSchedule({ cron, timezone });
            const first = rule.next(Math.max(definedAt, from) - 1);
            for (let dueAt = first; dueAt !== undefined && dueAt < end; dueAt = rule.next(dueAt))
              expect(keys).toContain(`${dueAt} ${id}`);
          }
        });
        const paged: DueInstant[] = [];
        const some = explaining(told, after, page);
        for (let next: number | undefined = from; next !== undefined; ) {
          const { instants, moreFrom: more } = await some(next, to, limit);
          if (more !== undefined) expect(more).toBeGreaterThan(next);
          paged.push(...instants);
          next = more;
        }
        expect(comparable(paged)).toEqual(comparable(whole));
      },
    ),
    { numRuns: 150 },
  );
});

test('a run that only its jitter delayed is not late', async () => {
  const schedules: Schedule[] = [
    {
      ...{ id: 'a', cron: '*/5 * * * *', timezone: 'UTC', startingDeadlineSeconds: 900 },
      ...{ concurrencyPolicy: 'ALLOW', enabled: true, jitterSeconds: 240 },
    },
  ];
  const due = [BEGIN, BEGIN + 5 * MINUTE];
  const onTime = due.map((dueAt) => dueAt + jitterMs('j', dueAt, 240));
  const told = (fires: number[]): Story => ({
    ...{ revisions: [{ definedAt: BEGIN, delayMs: 0, schedules }], fires, steadyFrom: END, pauses: [] },
  });
  const verdicts = async (story: Story) => {
    const { instants } = await explaining(story, played(story), Infinity)(BEGIN, BEGIN + 6 * MINUTE, 10);
    return instants.map(({ verdict }) => verdict);
  };
  expect(await verdicts(told(onTime))).toEqual(['ran', 'ran']);
  expect(await verdicts(told(onTime.map((at) => at + 2 * SECOND)))).toEqual(['late', 'late']);
});
