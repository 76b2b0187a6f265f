import { given as givenEvents, replay } from '@carillon/event-sourcing';
import { runIdOf } from '@carillon/time';
import { describe, expect, test } from 'vitest';
import type { ClockCommand, ReviseSchedules, ScheduleRule } from './clock.commands.js';
import { clock } from './clock.decide.js';
import type { ClockEvent } from './clock.events.js';

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
const job = { jobId: 'reports.nightly', uid: 'u1' };
const hourly: ScheduleRule = {
  id: 'hourly',
  cron: '0 * * * *',
  timezone: 'UTC',
  startingDeadlineSeconds: 900,
  enabled: true,
};

const revise = (revision: number, definedAt: string, ...schedules: ScheduleRule[]): ReviseSchedules => ({
  type: 'ReviseSchedules',
  ...job,
  revision,
  definedAt: at(definedAt),
  schedules,
});
const fire = (now: string): ClockCommand => ({ type: 'Fire', now: at(now) });
const stop = (removedAt: string): ClockCommand => ({ type: 'StopClock', removedAt: at(removedAt) });

const armed = (revision: number, from: string, rule = hourly, decided: number[] = []): ClockEvent => {
  const { cron, timezone, startingDeadlineSeconds } = rule;
  const data = { ...job, revision, scheduleId: rule.id, cron, timezone, startingDeadlineSeconds };
  return { type: 'ScheduleArmed', data: { ...data, from: at(from), decided } };
};
const disarmed = (revision: number, until: string, lastDueAt?: string, ahead: number[] = []): ClockEvent => ({
  type: 'ScheduleDisarmed',
  data: {
    revision,
    scheduleId: 'hourly',
    until: at(until),
    reason: 'jobRevised',
    ...(lastDueAt === undefined ? {} : { lastDueAt: at(lastDueAt) }),
    ...(ahead.length === 0 ? {} : { decidedAhead: ahead }),
  },
});
const removed = (revision: number, until: string, lastDueAt?: string): ClockEvent => {
  const event = disarmed(revision, until, lastDueAt);
  return { ...event, data: { ...event.data, reason: 'jobRemoved' } } as ClockEvent;
};
const due = (revision: number, dueAt: string, decidedAt: string, scheduleId = 'hourly'): ClockEvent => {
  const runId = runIdOf({ uid: job.uid, scheduleId, dueAt: at(dueAt) });
  return {
    type: 'RunDue',
    data: {
      ...job,
      revision,
      runId,
      scheduleId,
      dueAt: at(dueAt),
      decidedAt: at(decidedAt),
      trigger: 'schedule',
    },
  };
};
const missed = (
  revision: number,
  first: string,
  last: string,
  count: number,
  decidedAt: string,
): ClockEvent => ({
  type: 'DueInstantsMissed',
  data: {
    ...job,
    revision,
    scheduleId: 'hourly',
    firstDueAt: at(first),
    lastDueAt: at(last),
    count,
    decidedAt: at(decidedAt),
    reason: 'startingDeadlineExceeded',
  },
});

const given = (...events: ClockEvent[]) => givenEvents(clock, events);
const nextAfter = (...events: ClockEvent[]) => {
  const state = replay(clock, events);
  return state.status === 'set' ? state.nextDueAt : undefined;
};

describe('a revision', () => {
  test('arms its enabled schedules', () => {
    given()
      .when(revise(1, '09:30', hourly, { ...hourly, id: 'off', enabled: false }))
      .then([armed(1, '09:30')]);
    expect(nextAfter(armed(1, '09:30'))).toBe(at('10:00'));
  });

  test('is due at the very instant it is defined, and not before', () => {
    expect(nextAfter(armed(1, '10:00'))).toBe(at('10:00'));
    expect(nextAfter(armed(1, '10:00:00.001'))).toBe(at('11:00'));
  });

  test('without schedules leaves no trace', () => {
    given().when(revise(1, '09:30')).then([]);
    given().when(stop('09:40')).then([]);
    given().when(fire('09:40')).then([]);
  });

  test('that was seen already changes nothing', () => {
    given(armed(1, '09:30'))
      .when(revise(1, '09:30', hourly))
      .then([]);
    given(armed(1, '09:30'), disarmed(1, '09:40'), armed(2, '09:40'))
      .when(revise(1, '09:30', hourly))
      .then([]);
  });
});

describe('firing', () => {
  test('decides what is due, once', () => {
    const before = [armed(1, '09:30')];
    given(...before)
      .when(fire('09:59:59.999'))
      .then([]);
    given(...before)
      .when(fire('10:00'))
      .then([due(1, '10:00', '10:00')]);
    given(...before, due(1, '10:00', '10:00'))
      .when(fire('10:00'))
      .then([]);
    expect(nextAfter(...before, due(1, '10:00', '10:00'))).toBe(at('11:00'));
  });

  test('computes the next instant from the one before, however late it is', () => {
    given(armed(1, '09:30', { ...hourly, startingDeadlineSeconds: 86_400 }))
      .when(fire('12:34'))
      .then([due(1, '10:00', '12:34'), due(1, '11:00', '12:34'), due(1, '12:00', '12:34')]);
  });

  test('after a downtime records what is past its starting deadline as missed, all of it', () => {
    given(armed(1, '09:30'))
      .when(fire('13:15'))
      .then([missed(1, '10:00', '12:00', 3, '13:15'), due(1, '13:00', '13:15')]);
    given(armed(1, '09:30'))
      .when(fire('13:15:00.001'))
      .then([missed(1, '10:00', '13:00', 4, '13:15:00.001')]);
  });

  test('is bounded, and goes on where it stopped', () => {
    const minutely = { ...hourly, cron: '* * * * *', startingDeadlineSeconds: 86_400 };
    const first = clock.decide(fire('12:00'), replay(clock, [armed(1, '09:30', minutely)]));
    expect(first).toHaveLength(100);
    const second = clock.decide(fire('12:00'), replay(clock, [armed(1, '09:30', minutely), ...first]));
    expect(second).toHaveLength(51);
    expect(second[0]).toEqual(due(1, '11:10', '12:00'));
  });

  test('decides several schedules of a job', () => {
    const half = { ...hourly, id: 'half', cron: '50 * * * *' };
    given(armed(1, '09:15'), armed(1, '09:15', half))
      .when(fire('10:00'))
      .then([due(1, '10:00', '10:00'), due(1, '09:50', '10:00', 'half')]);
  });

  test('ends with the last year of the expression', () => {
    const once = { ...hourly, cron: '0 10 2 3 * 2026' };
    expect(nextAfter(armed(1, '09:30', once))).toBe(at('10:00'));
    expect(nextAfter(armed(1, '09:30', once), due(1, '10:00', '10:00'))).toBeUndefined();
  });
});

describe('an edit', () => {
  test('moves the schedule to the new revision', () => {
    given(armed(1, '09:30'))
      .when(revise(2, '09:45', hourly))
      .then([disarmed(1, '09:45'), armed(2, '09:45')]);
  });

  test('that arrives before an instant of the old revision is decided leaves that instant to it', () => {
    const edited = [armed(1, '09:30'), disarmed(1, '10:00:00.500', '10:00'), armed(2, '10:00:00.500')];
    given(armed(1, '09:30'))
      .when(revise(2, '10:00:00.500', hourly))
      .then(edited.slice(1));
    expect(nextAfter(...edited)).toBe(at('10:00'));
    given(...edited)
      .when(fire('10:00:01'))
      .then([due(1, '10:00', '10:00:01')]);
    expect(nextAfter(...edited, due(1, '10:00', '10:00:01'))).toBe(at('11:00'));
    given(...edited, due(1, '10:00', '10:00:01'))
      .when(fire('11:00'))
      .then([due(2, '11:00', '11:00')]);
  });

  test('at the very instant takes the instant with it', () => {
    const edited = [armed(1, '09:30'), disarmed(1, '10:00'), armed(2, '10:00')];
    given(armed(1, '09:30'))
      .when(revise(2, '10:00', hourly))
      .then(edited.slice(1));
    given(...edited)
      .when(fire('10:00'))
      .then([due(2, '10:00', '10:00')]);
  });

  test('that arrives after an instant is decided does not decide it again', () => {
    const fired = [armed(1, '09:30'), due(1, '10:00', '10:00')];
    const ahead = [at('10:00')];
    const edited = [disarmed(1, '09:59:59.900', undefined, ahead), armed(2, '09:59:59.900', hourly, ahead)];
    given(...fired)
      .when(revise(2, '09:59:59.900', hourly))
      .then(edited);
    given(...fired, ...edited)
      .when(fire('10:00:01'))
      .then([]);
    given(...fired, ...edited)
      .when(fire('11:00'))
      .then([due(2, '11:00', '11:00')]);
  });

  test('to another rule still decides what the old one did not have', () => {
    const quarter = { ...hourly, cron: '*/15 * * * *', startingDeadlineSeconds: 3600 };
    const fired = [armed(1, '09:30'), due(1, '10:00', '10:00')];
    const ahead = [at('10:00')];
    const edited = [disarmed(1, '09:40', undefined, ahead), armed(2, '09:40', quarter, ahead)];
    given(...fired)
      .when(revise(2, '09:40', quarter))
      .then(edited);
    given(...fired, ...edited)
      .when(fire('10:00:05'))
      .then([due(2, '09:45', '10:00:05')]);
    given(...fired, ...edited, due(2, '09:45', '10:00:05'))
      .when(fire('10:15'))
      .then([due(2, '10:15', '10:15')]);
  });

  test('twice before the first is heard of keeps what was decided ahead', () => {
    const fired = [armed(1, '09:30'), due(1, '10:00', '10:00')];
    const ahead = [at('10:00')];
    const once = [disarmed(1, '09:58', undefined, ahead), armed(2, '09:58', hourly, ahead)];
    given(...fired, ...once)
      .when(revise(3, '09:59', hourly))
      .then([disarmed(2, '09:59', undefined, ahead), armed(3, '09:59', hourly, ahead)]);
  });

  test('that takes the schedule away, and another that brings it back, do not decide an instant again', () => {
    const fired = [armed(1, '09:30'), due(1, '10:00', '10:00')];
    const gone: ClockEvent = {
      type: 'ScheduleDisarmed',
      data: {
        ...{ revision: 1, scheduleId: 'hourly', until: at('09:50'), reason: 'jobRevised' },
        decidedAhead: [at('10:00')],
      },
    };
    given(...fired)
      .when(revise(2, '09:50'))
      .then([gone]);
    given(...fired, gone)
      .when(revise(3, '09:55', hourly))
      .then([armed(3, '09:55', hourly, [at('10:00')])]);
  });

  test('that disables the schedule ends it', () => {
    given(armed(1, '09:30'))
      .when(revise(2, '09:45', { ...hourly, enabled: false }))
      .then([disarmed(1, '09:45')]);
    expect(nextAfter(armed(1, '09:30'), disarmed(1, '09:45'))).toBeUndefined();
  });
});

describe.each([
  ['whose zone is not known here', { timezone: 'Mars/Olympus' }, 'timezoneUnknown'],
  ['with a rule that is refused here', { cron: '0 0 31 2 *' }, 'cronInvalid'],
])('a schedule %s', (_, unknown, code) => {
  const lost = { ...hourly, id: 'lost', ...unknown };
  const gone = (reason: 'jobRevised' | 'jobRemoved'): ClockEvent => ({
    type: 'ScheduleDisarmed',
    data: { revision: 1, scheduleId: 'lost', until: at('09:45'), reason },
  });

  test('is armed, what it had decided as well, and the old one is due no longer', () => {
    given(armed(1, '09:30', { ...hourly, id: 'lost' }))
      .when(revise(2, '09:45', lost, hourly))
      .then([gone('jobRevised'), armed(2, '09:45', lost), armed(2, '09:45')]);
    const known = [armed(1, '09:30', { ...hourly, id: 'lost' }), due(1, '10:00', '10:00', 'lost')];
    given(...known)
      .when(revise(2, '09:45', lost))
      .then([
        {
          ...gone('jobRevised'),
          data: { ...gone('jobRevised').data, decidedAhead: [at('10:00')] },
        } as ClockEvent,
        armed(2, '09:45', lost, [at('10:00')]),
      ]);
  });

  test('can be mended', () => {
    const mended = { ...hourly, id: 'lost' };
    given(armed(1, '09:30', lost))
      .when(revise(2, '09:45', mended))
      .then([gone('jobRevised'), armed(2, '09:45', mended)]);
  });

  test('can be removed', () => {
    given(armed(1, '09:30', lost))
      .when(stop('09:45'))
      .then([gone('jobRemoved')]);
  });

  test('does not stop the others of the job, and is refused when they have nothing to decide', () => {
    const both = [armed(1, '09:30', lost), armed(1, '09:30')];
    given(...both)
      .when(fire('10:00'))
      .then([due(1, '10:00', '10:00')]);
    given(...both, due(1, '10:00', '10:00'))
      .when(fire('10:00'))
      .thenRefused(code);
  });
});

describe('a removal', () => {
  test('ends every schedule, after what was due before it', () => {
    given(armed(1, '09:30'))
      .when(stop('09:45'))
      .then([removed(1, '09:45')]);
    const late = [armed(1, '09:30'), removed(1, '10:00:30', '10:00')];
    given(armed(1, '09:30')).when(stop('10:00:30')).then(late.slice(1));
    given(...late)
      .when(fire('10:01'))
      .then([due(1, '10:00', '10:01')]);
    expect(nextAfter(...late, due(1, '10:00', '10:01'))).toBeUndefined();
  });

  test('twice changes nothing', () => {
    given(armed(1, '09:30'), removed(1, '09:45')).when(stop('09:45')).then([]);
    given(armed(1, '09:30'), removed(1, '10:30', '10:00'))
      .when(stop('10:40'))
      .then([]);
  });
});
