import type { Restart, Retry, RunOverrides } from '@carillon/contracts';
import { given, replay } from '@carillon/event-sourcing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordTaskStatus, RunCommand } from './run.commands.js';
import { runDecider } from './run.decide.js';
import type { RunEvent } from './run.events.js';
import { retryDelayMs } from './retry-policy.js';
import { currentAttempt, type RunState } from './run.state.js';

const id = { jobId: 'a.b', uid: 'u1', runId: 'r1' };
const never: Restart = { policy: 'NEVER' };
const onFailure: Restart = { policy: 'ON_FAILURE' };
const queued = (restart: Restart = never, startDeadlineAt?: number): RunEvent => ({
  type: 'RunQueued',
  data: {
    ...id,
    revision: 1,
    trigger: 'schedule',
    scheduleId: 'default',
    dueAt: 1_000,
    queuedAt: 1_010,
    restart,
    ...(startDeadlineAt === undefined ? {} : { startDeadlineAt }),
  },
});
const launched = (attempt = 1, launchedAt = 1_020): RunEvent => ({
  type: 'AttemptLaunched',
  data: { ...id, attempt, taskId: `t${attempt}`, agentId: 'a1', hostname: 'h1', launchedAt },
});
const started = (attempt = 1): RunEvent => ({
  type: 'AttemptStarted',
  data: { ...id, attempt, taskId: `t${attempt}`, startedAt: 1_100 },
});
const reported = (
  state: 'TASK_STARTING' | 'TASK_UNREACHABLE' | 'TASK_UNKNOWN' | 'TASK_RUNNING',
  at = 1_200,
): RunEvent => ({
  type: 'TaskStateReported',
  data: { runId: 'r1', attempt: 1, taskId: 't1', state, reportedAt: at },
});
const stopRequested: RunEvent = { type: 'RunStopRequested', data: { ...id, requestedAt: 1_500 } };
const status = (
  state: RecordTaskStatus['state'],
  change: Partial<RecordTaskStatus> = {},
): RecordTaskStatus => ({
  type: 'RecordTaskStatus',
  taskId: 't1',
  state,
  now: 2_000,
  ...change,
});
const attemptEnded = (state: string, more: object = {}, attempt = 1): RunEvent => ({
  type: 'AttemptEnded',
  data: { ...id, attempt, taskId: `t${attempt}`, state, endedAt: 2_000, ...more },
});
const ended = (
  outcome: 'succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost',
  reason?: string,
  more: object = {},
): RunEvent => ({
  type: 'RunEnded',
  data: { ...id, outcome, endedAt: 2_000, ...(reason === undefined ? {} : { reason }), ...more },
});
const underway = [queued(), launched(), started()];

describe('a run on its way', () => {
  it('is queued once', () => {
    const command = {
      type: 'QueueRun',
      ...id,
      revision: 1,
      trigger: 'manual',
      dueAt: 5,
      restart: never,
      now: 6,
    } as const;
    given(runDecider, [queued()]).when(command).then([]);
    given(runDecider, [])
      .when(command)
      .then([
        {
          type: 'RunQueued',
          data: { ...id, revision: 1, trigger: 'manual', dueAt: 5, restart: never, queuedAt: 6 },
        },
      ]);
  });

  const launch = {
    type: 'LaunchAttempt',
    attempt: 1,
    taskId: 't1',
    agentId: 'a1',
    hostname: 'h1',
    now: 1_020,
  } as const;
  it('is launched', () => given(runDecider, [queued()]).when(launch).then([launched()]));
  it('is not launched twice', () => given(runDecider, [queued(), launched()]).when(launch).then([]));
  it('is not launched after it was stopped', () =>
    given(runDecider, [queued(), stopRequested, ended('killed')])
      .when(launch)
      .then([]));
  it('waits before it is launched again', () => {
    const failed = [queued(onFailure), launched(), attemptEnded('TASK_FAILED', { retryAt: 2_250 })];
    given(runDecider, failed)
      .when({ ...launch, attempt: 2, taskId: 't2', now: 2_249 })
      .then([]);
    given(runDecider, failed)
      .when({ ...launch, attempt: 2, taskId: 't2', now: 2_250 })
      .then([launched(2, 2_250)]);
  });

  it('starts', () =>
    given(runDecider, [queued(), launched()])
      .when(status('TASK_RUNNING', { now: 1_100 }))
      .then([started()]));
  it('starts once, and does not step back', () => {
    given(runDecider, underway).when(status('TASK_RUNNING')).then([]);
    given(runDecider, underway).when(status('TASK_STARTING')).then([]);
  });
  it('remembers that the executor came up', () => {
    given(runDecider, [queued(), launched()])
      .when(status('TASK_STARTING', { now: 1_200 }))
      .then([reported('TASK_STARTING')]);
    given(runDecider, [queued(), launched(), reported('TASK_STARTING')])
      .when(status('TASK_STARTING'))
      .then([]);
  });
});

it('carries what it belongs to, and its overrides', () => {
  const overrides: RunOverrides = { cmd: 'x', args: [], env: {}, constraints: [] };
  const whole = {
    ...{ ...id, revision: 1, dueAt: 5, restart: never },
    trigger: 'dependency',
    ...{ workflowRunId: 'w1', backfillId: 'b1', overrides, timeoutSeconds: 9 },
    overlap: 'QUEUE',
  } as const;
  given(runDecider, [])
    .when({ type: 'QueueRun', ...whole, now: 6 })
    .then([{ type: 'RunQueued', data: { ...whole, queuedAt: 6 } }]);
  given(runDecider, [{ type: 'RunQueued', data: { ...whole, queuedAt: 6 } }])
    .when({ type: 'RejectRun', reason: 'x', now: 2_000 })
    .then([ended('failed', 'x', { workflowRunId: 'w1', backfillId: 'b1' })]);
});

describe('the end of an attempt', () => {
  it('is the end of the run when it succeeded, even if it was never seen running', () => {
    const end = [
      attemptEnded('TASK_FINISHED', { exitCode: 0 }),
      ended('succeeded', undefined, { exitCode: 0 }),
    ];
    given(runDecider, underway)
      .when(status('TASK_FINISHED', { exitCode: 0 }))
      .then(end);
    given(runDecider, [queued(onFailure), launched()])
      .when(status('TASK_FINISHED', { exitCode: 0 }))
      .then(end);
  });

  it('fails the run without a restart policy', () =>
    given(runDecider, underway)
      .when(status('TASK_FAILED', { message: 'Command exited with status 3', exitCode: 3 }))
      .then([
        attemptEnded('TASK_FAILED', { message: 'Command exited with status 3', exitCode: 3 }),
        ended('failed', 'Command exited with status 3', { exitCode: 3 }),
      ]));

  it('is followed by another attempt on failure, where the policy says so', () =>
    given(runDecider, [queued(onFailure), launched(), started()])
      .when(status('TASK_FAILED'))
      .then([attemptEnded('TASK_FAILED', { retryAt: 2_250 })]));

  it('is not followed by another once the active deadline has passed', () =>
    given(runDecider, [queued({ policy: 'ON_FAILURE', activeDeadlineSeconds: 0 }), launched(), started()])
      .when(status('TASK_FAILED'))
      .then([attemptEnded('TASK_FAILED'), ended('failed', 'TASK_FAILED')]));

  it('does not repeat what Mesos refuses', () =>
    given(runDecider, [queued(onFailure), launched()])
      .when(status('TASK_ERROR', { reason: 'REASON_TASK_INVALID' }))
      .then([
        attemptEnded('TASK_ERROR', { reason: 'REASON_TASK_INVALID' }),
        ended('failed', 'REASON_TASK_INVALID'),
      ]));

  it('is followed by another attempt whatever the policy when it never started', () => {
    const again = { neverStarted: true, retryAt: 2_250 };
    given(runDecider, [queued(), launched()])
      .when(status('TASK_DROPPED'))
      .then([attemptEnded('TASK_DROPPED', again)]);
    given(runDecider, [queued(), launched()])
      .when(status('TASK_GONE', { reason: 'REASON_RECONCILIATION' }))
      .then([attemptEnded('TASK_GONE', { reason: 'REASON_RECONCILIATION', ...again })]);
  });

  it('is a failure when the executor of a task that was heard of ended', () => {
    const reason = 'REASON_EXECUTOR_TERMINATED';
    given(runDecider, [queued(), launched(), reported('TASK_STARTING')])
      .when(status('TASK_FAILED', { reason }))
      .then([attemptEnded('TASK_FAILED', { reason }), ended('failed', reason)]);
    given(runDecider, [queued(), launched()])
      .when(status('TASK_FAILED', { reason }))
      .then([attemptEnded('TASK_FAILED', { reason, neverStarted: true, retryAt: 2_250 })]);
  });

  it('is a loss when a task that was heard of is gone', () =>
    given(runDecider, [queued(), launched(), reported('TASK_STARTING')])
      .when(status('TASK_GONE', { reason: 'REASON_RECONCILIATION' }))
      .then([
        attemptEnded('TASK_GONE', { reason: 'REASON_RECONCILIATION' }),
        ended('lost', 'REASON_RECONCILIATION'),
      ]));

  it('ignores a status of an earlier attempt, and repeated ones', () => {
    const second = [
      queued(onFailure),
      launched(),
      attemptEnded('TASK_FAILED', { retryAt: 2_250 }),
      launched(2, 2_250),
    ];
    given(runDecider, second).when(status('TASK_RUNNING')).then([]);
    given(runDecider, second).when(status('TASK_FAILED')).then([]);
    given(runDecider, [...underway, attemptEnded('TASK_FINISHED'), ended('succeeded')])
      .when(status('TASK_FINISHED'))
      .then([]);
  });

  it('times out where the task had a completion time', () =>
    given(runDecider, underway)
      .when(status('TASK_FAILED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' }))
      .then([
        attemptEnded('TASK_FAILED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' }),
        ended('timedOut', 'REASON_MAX_COMPLETION_TIME_REACHED'),
      ]));
});

describe('a retry policy', () => {
  const retry: Retry = { limit: 2, delaySeconds: 10, backoffFactor: 3, jitter: 0, on: [] };
  const first = (change: Partial<Retry> = {}, restart = never): RunEvent[] => {
    const event = queued(restart);
    if (event.type !== 'RunQueued') throw new Error('not queued');
    return [
      { type: 'RunQueued', data: { ...event.data, retry: { ...retry, ...change } } },
      launched(),
      started(),
    ];
  };
  const again = (attempt: number, retryAt: number) => attemptEnded('TASK_FAILED', { retryAt }, attempt);
  const second = (events: RunEvent[]) => [...events, again(1, 12_000), launched(2, 12_000), started(2)];

  it('says how often, after which growing delay', () => {
    given(runDecider, first())
      .when(status('TASK_FAILED'))
      .then([again(1, 12_000)]);
    given(runDecider, second(first()))
      .when(status('TASK_FAILED', { taskId: 't2' }))
      .then([again(2, 32_000)]);
    const third = [...second(first()), again(2, 32_000), launched(3, 32_000), started(3)];
    given(runDecider, third)
      .when(status('TASK_FAILED', { taskId: 't3' }))
      .then([attemptEnded('TASK_FAILED', {}, 3), ended('failed', 'TASK_FAILED')]);
  });

  it('bounds the delay', () =>
    given(runDecider, second(first({ maxDelaySeconds: 15 })))
      .when(status('TASK_FAILED', { taskId: 't2' }))
      .then([again(2, 17_000)]));

  it('replaces the restart policy', () =>
    given(runDecider, first({ limit: 0 }, onFailure))
      .when(status('TASK_FAILED'))
      .then([attemptEnded('TASK_FAILED'), ended('failed', 'TASK_FAILED')]));

  it('says which outcomes', () => {
    const lost = { message: 'gone' };
    given(runDecider, first({ on: ['lost'] }))
      .when(status('TASK_FAILED'))
      .then([attemptEnded('TASK_FAILED'), ended('failed', 'TASK_FAILED')]);
    given(runDecider, first({ on: ['lost'] }))
      .when(status('TASK_GONE_BY_OPERATOR', lost))
      .then([attemptEnded('TASK_GONE_BY_OPERATOR', { ...lost, retryAt: 12_000 })]);
    given(runDecider, first({ on: ['lost'] }))
      .when(status('TASK_KILLED'))
      .then([attemptEnded('TASK_KILLED', { retryAt: 12_000 })]);
    given(runDecider, first({ on: ['timedOut'] }))
      .when(status('TASK_FAILED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' }))
      .then([attemptEnded('TASK_FAILED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED', retryAt: 12_000 })]);
  });

  it('does not count attempts that never executed', () => {
    const dropped = attemptEnded('TASK_DROPPED', { neverStarted: true, retryAt: 1_000 });
    const [begin] = first();
    if (!begin) throw new Error('no beginning');
    given(runDecider, [begin, launched(), dropped, launched(2), started(2)])
      .when(status('TASK_FAILED', { taskId: 't2' }))
      .then([again(2, 12_000)]);
  });

  it('spreads by its jitter, the same for the same attempt', () => {
    const delays = Array.from({ length: 200 }, (_, index) =>
      retryDelayMs({ ...retry, jitter: 0.5 }, 1, `u1/r1/${index}`),
    );
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(10_000);
    expect(new Set(delays).size).toBeGreaterThan(150);
    expect(delays.reduce((sum, delay) => sum + delay, 0) / 200).toBeCloseTo(7_500, -3);
    expect(retryDelayMs({ ...retry, jitter: 0.5 }, 1, 'u1/r1/7')).toBe(delays[7]);
  });
});

describe('a timeout', () => {
  const event = queued(onFailure);
  if (event.type !== 'RunQueued') throw new Error('not queued');
  const limited: RunEvent = { type: 'RunQueued', data: { ...event.data, timeoutSeconds: 1 } };
  const expire = { type: 'ExpireTimeout', now: 2_020 } as const;
  const timedOut: RunEvent = { type: 'RunTimedOut', data: { runId: 'r1', timedOutAt: 2_000 } };

  it('counts from the first launch, over all attempts', () => {
    given(runDecider, [limited])
      .when({ ...expire, now: 1e12 })
      .then([]);
    given(runDecider, [limited, launched(), started()])
      .when({ ...expire, now: 2_019 })
      .then([]);
    const failedOnce = [limited, launched(), attemptEnded('TASK_FAILED', { retryAt: 1_500 })];
    given(runDecider, [...failedOnce, launched(2, 1_500), started(2)])
      .when(expire)
      .then([{ type: 'RunTimedOut', data: { runId: 'r1', timedOutAt: 2_020 } }]);
    given(runDecider, failedOnce)
      .when(expire)
      .then([
        {
          type: 'RunEnded',
          data: { ...id, outcome: 'timedOut', endedAt: 2_020, reason: 'took longer than 1 s' },
        },
      ]);
  });

  it('kills the attempt, and is not followed by another', () => {
    const late = [limited, launched(), started(), timedOut];
    given(runDecider, late).when(expire).then([]);
    for (const state of ['TASK_KILLED', 'TASK_FAILED', 'TASK_FINISHED', 'TASK_UNKNOWN'] as const) {
      given(runDecider, late)
        .when(status(state))
        .then([attemptEnded(state), ended('timedOut', 'took longer than 1 s')]);
    }
  });

  it('is none of a run without one, and of one that was stopped', () => {
    given(runDecider, underway)
      .when({ ...expire, now: 1e12 })
      .then([]);
    given(runDecider, [limited, launched(), started(), stopRequested]).when(expire).then([]);
  });
});

describe('an unreachable agent', () => {
  const away = [...underway, reported('TASK_UNREACHABLE')];
  it('is waited for', () =>
    given(runDecider, underway)
      .when(status('TASK_UNREACHABLE', { now: 1_200 }))
      .then([reported('TASK_UNREACHABLE')]));
  it('may come back', () => {
    given(runDecider, away)
      .when(status('TASK_RUNNING', { now: 1_300 }))
      .then([reported('TASK_RUNNING', 1_300)]);
    const back = replay(runDecider, [...away, reported('TASK_RUNNING', 1_300)]);
    expect(currentAttempt(back)?.unreachableSince).toBeUndefined();
  });
  it('is given up when it is away for too long', () => {
    const giveUp = { type: 'GiveUpUnreachable', timeoutMs: 800, now: 2_000 } as const;
    given(runDecider, away)
      .when({ ...giveUp, now: 1_999 })
      .then([]);
    given(runDecider, underway).when(giveUp).then([]);
    const message = 'the agent did not come back in time';
    given(runDecider, away)
      .when(giveUp)
      .then([attemptEnded('TASK_UNREACHABLE', { message }), ended('lost', message)]);
  });
});

describe('stopping', () => {
  const stop = { type: 'RequestStop', now: 1_500 } as const;
  it('ends a queued run at once', () =>
    given(runDecider, [queued()])
      .when(stop)
      .then([
        stopRequested,
        { type: 'RunEnded', data: { ...id, outcome: 'killed', endedAt: 1_500, reason: 'stopped' } },
      ]));
  it('is requested once of a run that Mesos has', () => {
    given(runDecider, underway).when(stop).then([stopRequested]);
    given(runDecider, [...underway, stopRequested])
      .when(stop)
      .then([]);
  });
  it('may have a grace, and another one later', () => {
    const graced: RunEvent = {
      type: 'RunStopRequested',
      data: { ...id, requestedAt: 1_500, graceSeconds: 30 },
    };
    given(runDecider, underway)
      .when({ ...stop, graceSeconds: 30 })
      .then([graced]);
    given(runDecider, [...underway, graced])
      .when({ ...stop, graceSeconds: 30 })
      .then([]);
    given(runDecider, [...underway, graced])
      .when(stop)
      .then([]);
    given(runDecider, [...underway, graced])
      .when({ ...stop, now: 1_600, graceSeconds: 0 })
      .then([{ type: 'StopGraceChanged', data: { runId: 'r1', graceSeconds: 0, changedAt: 1_600 } }]);
  });
  it('says why', () => {
    const requested: RunEvent = {
      type: 'RunStopRequested',
      data: { ...id, requestedAt: 1_500, reason: 'replaced by run r2' },
    };
    given(runDecider, underway)
      .when({ ...stop, reason: 'replaced by run r2' })
      .then([requested]);
    given(runDecider, [...underway, requested])
      .when(status('TASK_KILLED'))
      .then([attemptEnded('TASK_KILLED'), ended('killed', 'replaced by run r2')]);
  });
  it.each(['TASK_KILLED', 'TASK_FINISHED', 'TASK_FAILED', 'TASK_UNKNOWN'] as const)(
    'ends killed by %s',
    (state) =>
      given(runDecider, [queued(onFailure), launched(), started(), stopRequested])
        .when(status(state))
        .then([attemptEnded(state), ended('killed', 'stopped')]),
  );
});

describe('the starting deadline', () => {
  const expire = { type: 'ExpireStartDeadline', now: 2_000 } as const;
  it('ends a run that found no place', () =>
    given(runDecider, [queued(never, 2_000)])
      .when(expire)
      .then([ended('failed', 'startingDeadlineExceeded')]));
  it('leaves others alone', () => {
    given(runDecider, [queued(never, 2_001)])
      .when(expire)
      .then([]);
    given(runDecider, [queued()]).when(expire).then([]);
    given(runDecider, [queued(never, 2_000), launched()])
      .when(expire)
      .then([]);
    const restarting = [
      queued(onFailure, 2_000),
      launched(),
      started(),
      attemptEnded('TASK_FAILED', { retryAt: 2_250 }),
    ];
    given(runDecider, restarting).when(expire).then([]);
  });
});

it('rejects what cannot be launched', () =>
  given(runDecider, [queued()])
    .when({ type: 'RejectRun', reason: 'secretsUnavailable', now: 2_000 })
    .then([ended('failed', 'secretsUnavailable')]));

describe('whatever comes in whatever order', () => {
  const state = fc.constantFrom(
    ...([
      'TASK_STAGING',
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_KILLING',
      'TASK_FINISHED',
      'TASK_FAILED',
      'TASK_KILLED',
    ] as const),
    ...([
      'TASK_ERROR',
      'TASK_LOST',
      'TASK_DROPPED',
      'TASK_UNREACHABLE',
      'TASK_GONE',
      'TASK_UNKNOWN',
    ] as const),
  );
  const command = fc.oneof(
    fc.record({ kind: fc.constant('status' as const), state, attempt: fc.integer({ min: 1, max: 4 }) }),
    fc.record({
      kind: fc.constantFrom(...(['launch', 'stop', 'expire', 'giveUp', 'timeOut'] as const)),
    }),
  );
  const policies = fc.constantFrom(never, onFailure);

  it('a run has one attempt at a time, ends once, and any prefix of its events rebuilds', () => {
    fc.assert(
      fc.property(policies, fc.array(command, { maxLength: 40 }), (restart, commands) => {
        let run: RunState = replay(runDecider, [queued(restart, 50_000)]);
        const events: RunEvent[] = [];
        commands.forEach((step, index) => {
          const now = 1_000_000 * (index + 1);
          const alive = currentAttempt(run);
          const produced = runDecider.decide(toCommand(step, run, now), run);
          if (alive) expect(produced.filter(({ type }) => type === 'AttemptLaunched')).toEqual([]);
          for (const event of produced) {
            events.push(event);
            run = runDecider.evolve(run, event);
          }
        });
        expect(events.filter(({ type }) => type === 'RunEnded').length).toBe(run.status === 'ended' ? 1 : 0);
        expect(replay(runDecider, [queued(restart, 50_000), ...events])).toEqual(run);
        expect(JSON.parse(JSON.stringify(run))).toEqual(run);
      }),
    );
  });

  function toCommand(
    step:
      | { kind: 'status'; state: RecordTaskStatus['state']; attempt: number }
      | { kind: 'launch' | 'stop' | 'expire' | 'giveUp' | 'timeOut' },
    run: RunState,
    now: number,
  ): RunCommand {
    switch (step.kind) {
      case 'status':
        return status(step.state, { taskId: `t${step.attempt}`, now });
      case 'launch': {
        const attempt = run.status === 'none' ? 1 : run.attemptCount + 1;
        return { type: 'LaunchAttempt', attempt, taskId: `t${attempt}`, agentId: 'a1', hostname: 'h1', now };
      }
      case 'stop':
        return { type: 'RequestStop', now };
      case 'expire':
        return { type: 'ExpireStartDeadline', now };
      case 'timeOut':
        return { type: 'ExpireTimeout', now };
      case 'giveUp':
        return { type: 'GiveUpUnreachable', timeoutMs: 1, now };
    }
  }
});
