import type { CatchUp } from '@carillon/contracts';
import { replay } from '@carillon/event-sourcing';
import { jitterMs } from '@carillon/time';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClockCommand, ScheduleRule } from './clock.commands.js';
import { play } from '../test/play-clock.js';
import { clock } from './clock.decide.js';
import type { ClockEvent } from './clock.events.js';

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
const job = { jobId: 'reports.nightly', uid: 'u1' };
const hourly: ScheduleRule = {
  ...{ id: 'hourly', cron: '0 * * * *', timezone: 'UTC', startingDeadlineSeconds: 900, enabled: true },
};
const revise = (revision: number, definedAt: string, ...schedules: ScheduleRule[]): ClockCommand => ({
  ...{ type: 'ReviseSchedules', ...job, revision, definedAt: at(definedAt), schedules },
});
const fire = (now: string): ClockCommand => ({ type: 'Fire', now: at(now) });
const pause = (pausedAt: string, until?: string): ClockCommand => ({
  ...{ type: 'PauseClock', ...job, pausedAt: at(pausedAt) },
  ...(until === undefined ? {} : { until: at(until) }),
});
const resume = (resumedAt: string): ClockCommand => ({ type: 'ResumeClock', resumedAt: at(resumedAt) });
const remove = (removedAt: string): ClockCommand => ({ type: 'StopClock', removedAt: at(removedAt) });

function tell(...commands: ClockCommand[]) {
  const events: ClockEvent[] = [];
  for (const command of commands) {
    for (;;) {
      const decided = clock.decide(command, replay(clock, events));
      events.push(...decided);
      if (command.type !== 'Fire' || decided.length === 0) break;
    }
  }
  return events;
}

const hour = (instant: number) => new Date(instant).toISOString().slice(11, 16);
/** `14:00` for a run, `paused 10:00-12:00 (3)` for what was missed. */
const said = (events: readonly ClockEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.type === 'RunDue') return [hour(event.data.dueAt)];
    if (event.type !== 'DueInstantsMissed') return [];
    const { reason, firstDueAt, lastDueAt, count } = event.data;
    return [`${reason} ${hour(firstDueAt)}-${hour(lastDueAt)} (${count})`];
  });
const nextDecision = (events: readonly ClockEvent[]) => {
  const state = replay(clock, events);
  return state.status === 'set' && state.nextDueAt !== undefined ? hour(state.nextDueAt) : undefined;
};

describe('a job that is edited while its instants wait', () => {
  const edited = (first: ScheduleRule, second: ScheduleRule, ...last: ClockCommand[]) =>
    said(tell(revise(1, '09:30', first), pause('09:45'), revise(2, '11:30', second), ...last));
  const with_ = (catchUp: CatchUp, fields: Partial<ScheduleRule> = {}) => ({ ...hourly, catchUp, ...fields });
  const last = with_({ policy: 'LAST' });

  test('makes one run by LAST, of the newest of all', () => {
    const other = { ...last, startingDeadlineSeconds: 60 };
    const older = 'paused 10:00-11:00 (2)';
    expect(edited(last, other, resume('13:10'), fire('13:10'))).toEqual([
      older,
      'paused 12:00-12:00 (1)',
      '13:00',
    ]);
    expect(edited(last, other, resume('13:10'), fire('14:00'))).toEqual([
      older,
      'paused 12:00-13:00 (2)',
      '14:00',
    ]);
    expect(edited(last, other, resume('11:40'), fire('11:40'))).toEqual(['paused 10:00-10:00 (1)', '11:00']);
  });

  test('makes one of the earlier revision where the later one makes none', () => {
    expect(edited(last, hourly, resume('13:10'), fire('13:10'))).toEqual([
      ...['paused 10:00-10:00 (1)', '11:00', 'paused 12:00-13:00 (2)'],
    ]);
    const another = { ...last, id: 'another' };
    expect(edited(last, another, resume('13:10'), fire('13:10'))).toEqual([
      ...['paused 10:00-10:00 (1)', '11:00', 'paused 12:00-12:00 (1)', '13:00'],
    ]);
  });

  test('makes so many of ALL in all', () => {
    const three = with_({ policy: 'ALL', limit: 3 });
    expect(edited(three, three, resume('13:10'), fire('13:10'))).toEqual([
      'paused 10:00-10:00 (1)',
      '11:00',
      '12:00',
      '13:00',
    ]);
    expect(edited(with_({ policy: 'ALL', limit: 2 }), three, resume('13:10'), fire('13:10'))).toEqual([
      ...['paused 10:00-11:00 (2)', '12:00', '13:00'],
    ]);
  });

  test.each(['00:10', '11:30'])(
    'makes one by LAST of a backlog that is decided in several parts, edited at %s',
    (edit) => {
      const often = with_({ policy: 'LAST' }, { cron: '* * * * * * *' });
      const backlog = [revise(1, '00:00', often), pause('00:00'), revise(2, edit, often), resume('12:00')];
      expect(said(tell(...backlog, fire('12:00:00'))).filter((one) => one.length === 5)).toEqual(['12:00']);
    },
  );
});

describe('after a downtime', () => {
  const found = (catchUp: CatchUp | undefined, now: string) =>
    said(tell(revise(1, '09:30', { ...hourly, ...(catchUp ? { catchUp } : {}) }), fire(now)));

  test.each<[string, CatchUp | undefined, string[]]>([
    [
      'without a policy: what is within its deadline',
      undefined,
      ['startingDeadlineExceeded 10:00-12:00 (3)', '13:00'],
    ],
    ['NONE: nothing', { policy: 'NONE' }, ['catchUpPolicy 10:00-13:00 (4)']],
    ['LAST: the newest', { policy: 'LAST' }, ['catchUpPolicy 10:00-12:00 (3)', '13:00']],
    ['ALL: all, oldest first', { policy: 'ALL' }, ['10:00', '11:00', '12:00', '13:00']],
    [
      'ALL up to 2: the two newest',
      { policy: 'ALL', limit: 2 },
      ['catchUpPolicy 10:00-11:00 (2)', '12:00', '13:00'],
    ],
  ])('%s', (_name, catchUp, expected) => {
    expect(found(catchUp, '13:10')).toEqual(expected);
  });

  test('what is found within a minute is in time, whatever the policy', () => {
    expect(found({ policy: 'NONE' }, '13:01')).toEqual(['catchUpPolicy 10:00-12:00 (3)', '13:00']);
    expect(found({ policy: 'LAST' }, '13:01')).toEqual(['catchUpPolicy 10:00-12:00 (3)', '13:00']);
    expect(found({ policy: 'ALL', limit: 1 }, '13:01')).toEqual([
      'catchUpPolicy 10:00-11:00 (2)',
      '12:00',
      '13:00',
    ]);
  });

  test('of more than fits one go, the newest run', () => {
    const minutely = { ...hourly, cron: '* * * * *', catchUp: { policy: 'ALL', limit: 150 } } as const;
    const events = tell(revise(1, '09:30', minutely), fire('13:10:30'));
    expect(said(events).slice(0, 2)).toEqual(['catchUpPolicy 09:30-10:39 (70)', '10:40']);
    expect(said(events)).toHaveLength(152); // one in time besides
  });

  const days = 86_400_000;
  const longAgo = (schedule: ScheduleRule): ClockCommand => ({
    ...{ type: 'ReviseSchedules', ...job, revision: 1, definedAt: at('00:00') - 200 * days },
    schedules: [schedule],
  });

  test.each<[string, Partial<ScheduleRule>]>([
    ['without a policy', {}],
    ['NONE', { catchUp: { policy: 'NONE' } }],
    ['ALL, the most', { catchUp: { policy: 'ALL' } }],
  ])(
    'of %s, so many are looked at in one go that it is short, and all come to be decided',
    (_name, fields) => {
      const revised = longAgo({ ...hourly, cron: '* * * * *', ...fields });
      const events = play([revised, fire('13:10:30')]).decided.flat();
      const counts = events.flatMap((event) =>
        event.type === 'DueInstantsMissed' ? [event.data.count] : [],
      );
      expect(Math.max(...counts)).toBeLessThanOrEqual(20_000);
      const runs = events.filter(({ type }) => type === 'RunDue');
      expect(counts.reduce((a, b) => a + b) + runs.length).toBe(200 * 1440 + 13 * 60 + 11);
    },
  );

  test('of more than can be looked at in one go, none but the newest run', () => {
    const minutely = { ...hourly, cron: '* * * * *', catchUp: { policy: 'LAST' } } as const;
    const events = tell(longAgo(minutely), fire('13:10:30'));
    const runs = events.filter(({ type }) => type === 'RunDue');
    expect(runs).toHaveLength(1);
    const missed = events.flatMap((event) => (event.type === 'DueInstantsMissed' ? [event.data.count] : []));
    expect(missed.reduce((a, b) => a + b)).toBe(200 * 1440 + 13 * 60 + 10);
  });
});

describe('a pause', () => {
  test('holds back what is due in it, and records it at its end', () => {
    const paused = tell(revise(1, '09:30', hourly), pause('09:45'), fire('12:10'));
    expect(said(paused)).toEqual([]);
    expect(nextDecision(paused)).toBeUndefined();
    const resumed = tell(revise(1, '09:30', hourly), pause('09:45'), resume('12:10'));
    expect(nextDecision(resumed)).toBe('12:10');
    expect(said(tell(revise(1, '09:30', hourly), pause('09:45'), resume('12:10'), fire('13:00')))).toEqual([
      'paused 10:00-12:00 (3)',
      '13:00',
    ]);
  });

  test('with expiry ends by itself', () => {
    const paused = tell(revise(1, '09:30', hourly), pause('09:45', '11:30'));
    expect(nextDecision(paused)).toBe('11:30');
    expect(said(tell(revise(1, '09:30', hourly), pause('09:45', '11:30'), fire('12:00')))).toEqual([
      'paused 10:00-11:00 (2)',
      '12:00',
    ]);
  });

  test('begins after what was due before it, however late it is heard of', () => {
    expect(said(tell(revise(1, '09:30', hourly), pause('10:05'), fire('10:10')))).toEqual(['10:00']);
    expect(said(tell(revise(1, '09:30', hourly), fire('10:00'), pause('09:59'), fire('11:00')))).toEqual([
      '10:00',
    ]);
  });

  test.each<[string, CatchUp, string[]]>([
    ['NONE', { policy: 'NONE' }, ['paused 10:00-12:00 (3)']],
    ['LAST', { policy: 'LAST' }, ['paused 10:00-11:00 (2)', '12:00']],
    ['ALL', { policy: 'ALL' }, ['10:00', '11:00', '12:00']],
  ])('is caught up with at its end by %s', (_name, catchUp, expected) => {
    const events = tell(
      revise(1, '09:30', { ...hourly, catchUp }),
      pause('09:45'),
      resume('12:10'),
      fire('12:10'),
    );
    expect(said(events)).toEqual(expected);
  });

  test('holds for a schedule that is added in it, also of a job that had none', () => {
    expect(said(tell(pause('09:00', '11:30'), revise(1, '09:30', hourly), fire('12:00')))).toEqual([
      'paused 10:00-11:00 (2)',
      '12:00',
    ]);
  });

  test('can be made longer or shorter, and is heard of once', () => {
    const longer = [
      revise(1, '09:30', hourly),
      pause('09:45', '10:30'),
      pause('10:15', '11:30'),
      fire('12:00'),
    ];
    expect(said(tell(...longer))).toEqual(['paused 10:00-11:00 (2)', '12:00']);
    const shorter = [revise(1, '09:30', hourly), pause('09:45'), pause('10:15', '10:30'), fire('11:00')];
    expect(said(tell(...shorter))).toEqual(['paused 10:00-10:00 (1)', '11:00']);
    expect(tell(pause('09:45'), pause('09:45'))).toHaveLength(1);
    expect(tell(pause('09:45', '10:00'), resume('10:30'))).toHaveLength(1);
  });

  // The registry answers requests that come together at one instant of its clock.
  test('counts as told last, also when several things were told of it at one instant', () => {
    const shortened = [
      revise(1, '09:30', hourly),
      pause('09:45'),
      pause('09:45', '10:30'),
      fire('10:30'),
      fire('11:00'),
    ];
    expect(said(tell(...shortened))).toEqual(['paused 10:00-10:00 (1)', '11:00']);
    const resumed = [revise(1, '09:30', hourly), pause('09:45'), resume('09:45'), fire('10:00')];
    expect(said(tell(...resumed))).toEqual(['10:00']);
    const pausedAgain = [...resumed.slice(0, 3), pause('09:45', '10:30'), fire('10:30')];
    expect(said(tell(...pausedAgain))).toEqual(['paused 10:00-10:00 (1)']);
  });

  test.each<[string, ClockCommand[], string[]]>([
    ['to another end', [pause('12:10', '20:00')], ['paused 10:00-19:00 (10)', '20:00']],
    [
      'again and again',
      Array.from({ length: 60 }, (_, index) => pause(`11:${index < 10 ? '0' : ''}${index}`, '20:00')),
      ['paused 10:00-19:00 (10)', '20:00'],
    ],
    ['and ended', [pause('12:10', '20:00'), resume('14:30')], ['paused 10:00-14:00 (5)']],
  ])('that is changed %s holds back what was due in it before', (_name, changes, expected) => {
    const paused = [revise(1, '09:30', hourly), pause('09:45'), ...changes];
    expect(said(tell(...paused, fire('14:29')))).toEqual([]);
    expect(said(tell(...paused, fire('14:30'), fire('20:00'))).slice(0, expected.length)).toEqual(expected);
    const all = [revise(1, '09:30', { ...hourly, catchUp: { policy: 'ALL' } }), ...paused.slice(1)];
    expect(said(tell(...all, fire('14:29')))).toEqual([]);
    expect(said(tell(...all, fire('20:00'))).slice(0, 3)).toEqual(['10:00', '11:00', '12:00']);
  });

  test('ends with the job', () => {
    const events = tell(revise(1, '09:30', hourly), pause('09:45'), remove('11:30'), fire('11:30'));
    expect(said(events)).toEqual(['paused 10:00-11:00 (2)']);
    expect(nextDecision(events)).toBeUndefined();
  });
});

describe('a schedule', () => {
  test('of a limited number decides so many instants, missed ones included', () => {
    const thrice = { ...hourly, maxRuns: 3 };
    expect(said(tell(revise(1, '09:30', thrice), fire('11:10'), fire('15:00')))).toEqual([
      'startingDeadlineExceeded 10:00-10:00 (1)',
      '11:00',
      'startingDeadlineExceeded 12:00-12:00 (1)',
    ]);
    expect(nextDecision(tell(revise(1, '09:30', thrice), fire('12:00')))).toBeUndefined();
  });

  test('keeps its count when the job is edited, not when its rule is', () => {
    const twice = { ...hourly, maxRuns: 2 };
    const begin = [revise(1, '09:30', twice), fire('10:00')];
    expect(said(tell(...begin, revise(2, '10:30', twice), fire('11:00'), fire('12:00')))).toEqual([
      '10:00',
      '11:00',
    ]);
    // Heard of late: 11:00 is still the old revision's to decide, and counts.
    expect(said(tell(...begin, revise(2, '11:05', twice), fire('11:10'), fire('12:00')))).toEqual([
      '10:00',
      '11:00',
    ]);
    const other = { ...twice, cron: '30 * * * *' };
    expect(
      said(tell(...begin, revise(2, '10:10', other), fire('10:30'), fire('11:30'), fire('12:30'))),
    ).toEqual(['10:00', '10:30', '11:30']);
  });

  test('keeps its count while it is disabled or gone, also of what was due before that', () => {
    const twice = { ...hourly, maxRuns: 2 };
    const off = { ...twice, enabled: false };
    const begin = [revise(1, '09:30', twice), fire('10:00')];
    for (const away of [[off], []]) {
      const back = [revise(2, '10:10', ...away), revise(3, '10:20', twice), fire('11:00'), fire('12:00')];
      expect(said(tell(...begin, ...back))).toEqual(['10:00', '11:00']);
      // Heard of late: 11:00 is still to be decided, by the revision that was in force.
      const late = [revise(2, '11:05', ...away), revise(3, '11:08', twice), fire('11:10'), fire('12:00')];
      expect(said(tell(...begin, ...late))).toEqual(['10:00', '11:00']);
    }
    const again = [revise(2, '10:10', off), revise(3, '10:20', twice), revise(4, '10:30', off)];
    const events = tell(...begin, ...again, revise(5, '10:40', twice), fire('11:00'), fire('12:00'));
    expect(said(events)).toEqual(['10:00', '11:00']);
    const other = { ...twice, cron: '30 * * * *' };
    const changed = [revise(2, '10:10', off), revise(3, '10:20', other), fire('10:30'), fire('11:30')];
    expect(said(tell(...begin, ...changed))).toEqual(['10:00', '10:30', '11:30']);
  });

  test('with jitter is decided that much later, its instant as it was', () => {
    const jittered = { ...hourly, jitterSeconds: 600 };
    const delay = jitterMs(job.jobId, at('10:00'), 600);
    const events = tell(revise(1, '09:30', jittered));
    const due = at('10:00') + delay;
    expect(clock.decide({ type: 'Fire', now: due - 1 }, replay(clock, events))).toEqual([]);
    expect(said(clock.decide({ type: 'Fire', now: due }, replay(clock, events)))).toEqual(['10:00']);
    // Its starting deadline is counted from then.
    expect(said(clock.decide({ type: 'Fire', now: due + 900_000 }, replay(clock, events)))).toEqual([
      '10:00',
    ]);
  });

  test.each<[string, Partial<ScheduleRule>]>([
    ['', { startingDeadlineSeconds: 60 }],
    [' with a catch-up policy', { catchUp: { policy: 'NONE' } }],
  ])('misses nothing by a jitter that is longer than its interval%s', (_name, fields) => {
    const events = tell(revise(1, '09:30', { ...hourly, cron: '* * * * *', jitterSeconds: 1800, ...fields }));
    for (let now = 0; now < at('14:00'); ) {
      const state = replay(clock, events);
      now = (state.status === 'set' ? state.nextDueAt : undefined) ?? Infinity;
      events.push(...clock.decide({ type: 'Fire', now }, state));
    }
    expect(events.filter(({ type }) => type === 'DueInstantsMissed')).toEqual([]);
  });

  test('says when jitter lets it start: its own, or that of an instant for which it waits', () => {
    const events = tell(revise(1, '09:30', { ...hourly, cron: '* * * * *', jitterSeconds: 600 }));
    for (let now = 0; now < at('14:00'); ) {
      const state = replay(clock, events);
      now = (state.status === 'set' ? state.nextDueAt : undefined) ?? Infinity;
      events.push(...clock.decide({ type: 'Fire', now }, state));
    }
    const runs = events.flatMap((event) => (event.type === 'RunDue' ? [event.data] : []));
    expect(runs.map(({ dueAt, startAt = dueAt }) => startAt)).toEqual(runs.map(({ decidedAt }) => decidedAt));
  });

  test.each<[string, Partial<ScheduleRule>, string[]]>([
    ['an interval', { cron: '', interval: 'R3/2026-03-02T10:10:00Z/PT1H' }, ['10:10', '11:10', '12:10']],
    [
      'an RRULE',
      { cron: '', rrule: 'DTSTART:20260302T101500Z\nRRULE:FREQ=HOURLY;COUNT=2' },
      ['10:15', '11:15'],
    ],
    ['one instant', { cron: '', at: at('10:20') }, ['10:20']],
    ['a window', { from: at('11:00'), until: at('13:00') }, ['11:00', '12:00']],
  ])('may be %s', (_name, fields, expected) => {
    const events = tell(
      revise(1, '09:30', { ...hourly, ...fields, startingDeadlineSeconds: 86_400 }),
      fire('14:59'),
    );
    expect(said(events)).toEqual(expected);
  });

  test('passes over what a calendar excludes', () => {
    const excludedCalendar = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTART:20260302T105000Z',
      'DTEND:20260302T121000Z',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const events = tell(
      revise(1, '09:30', { ...hourly, excludedCalendar, startingDeadlineSeconds: 86_400 }),
      fire('14:00'),
    );
    expect(said(events)).toEqual(['10:00', '13:00', '14:00']);
  });
});

test('whatever the policy and the pauses, every instant is decided once, in order', () => {
  const minute = 60_000;
  const begin = at('00:00');
  const instant = fc.integer({ min: 0, max: 600 }).map((minutes) => begin + minutes * minute);
  const catchUp = fc.constantFrom<CatchUp | undefined>(
    undefined,
    { policy: 'NONE' },
    { policy: 'LAST' },
    { policy: 'ALL' },
    { policy: 'ALL', limit: 3 },
  );
  const command = fc.oneof(
    instant.map((now): ClockCommand => ({ type: 'Fire', now })),
    fc.tuple(instant, fc.option(fc.integer({ min: 1, max: 90 }))).map(
      ([pausedAt, minutes]): ClockCommand => ({
        ...{ type: 'PauseClock', ...job, pausedAt },
        ...(minutes === null ? {} : { until: pausedAt + minutes * minute }),
      }),
    ),
    instant.map((resumedAt): ClockCommand => ({ type: 'ResumeClock', resumedAt })),
  );
  const whenOf = (one: ClockCommand) =>
    one.type === 'Fire'
      ? one.now
      : one.type === 'PauseClock'
        ? one.pausedAt
        : one.type === 'ResumeClock'
          ? one.resumedAt
          : 0;
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 12 }),
      catchUp,
      fc.constantFrom(60, 900, 86_400),
      (commands, policy, startingDeadlineSeconds) => {
        const schedule = {
          ...hourly,
          cron: '*/7 * * * *',
          startingDeadlineSeconds,
          ...(policy ? { catchUp: policy } : {}),
        };
        const sorted = commands.toSorted((a, b) => whenOf(a) - whenOf(b));
        const last = begin + 700 * minute;
        const events = tell(
          { type: 'ReviseSchedules', ...job, revision: 1, definedAt: begin, schedules: [schedule] },
          ...sorted,
          { type: 'ResumeClock', resumedAt: last },
          { type: 'Fire', now: last },
        );
        let decided = begin - 1;
        let count = 0;
        for (const event of events) {
          if (event.type === 'RunDue') {
            expect(event.data.dueAt).toBeGreaterThan(decided);
            decided = event.data.dueAt;
            count++;
          } else if (event.type === 'DueInstantsMissed') {
            expect(event.data.firstDueAt).toBeGreaterThan(decided);
            decided = event.data.lastDueAt;
            count += event.data.count;
          }
        }
        let expected = 0;
        for (let dueAt = begin; dueAt <= last; dueAt += minute)
          if (new Date(dueAt).getUTCMinutes() % 7 === 0) expected++;
        expect(count).toBe(expected);
      },
    ),
    { numRuns: 400 },
  );
});
