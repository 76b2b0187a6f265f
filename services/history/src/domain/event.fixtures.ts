import type { PublicEvent, PublicEventType, PublicEventTypes } from '@carillon/contracts';

let events = 0;

const SOURCES: Readonly<Record<string, string>> = {
  JobDefined: 'job-registry',
  JobRemoved: 'job-registry',
  RunDue: 'timer',
  DueInstantsMissed: 'timer',
};

/** A public event as a consumer reads it; each call makes another event. */
export function event<Type extends PublicEventType>(
  type: Type,
  data: PublicEventTypes[Type],
): PublicEvent<Type> & PublicEvent {
  events += 1;
  return {
    type,
    data,
    id: `event-${events}`,
    time: 1_000 + events,
    source: SOURCES[type] ?? 'scheduler-framework',
    trace: {},
  } as PublicEvent<Type> & PublicEvent;
}

interface RunStory {
  readonly uid?: string;
  readonly runId: string;
  readonly dueAt?: number;
  readonly outcome?: 'succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost';
}

/** The whole life of a scheduled run, in the order in which it happens: what timer says, then what framework says. */
export function runStory({
  uid = 'u1',
  runId,
  dueAt = 1_000,
  outcome = 'succeeded',
}: RunStory): PublicEvent[] {
  const run = { jobId: 'prod.dump', uid, runId };
  const scheduled = { ...run, revision: 2, scheduleId: 'nightly', dueAt };
  const attempt = { ...run, attempt: 1, taskId: `${runId}-1` };
  const failed = outcome !== 'succeeded';
  return [
    event('RunDue', { ...scheduled, decidedAt: dueAt + 5, trigger: 'schedule' }),
    event('RunQueued', { ...scheduled, trigger: 'schedule', queuedAt: dueAt + 9 }),
    event('AttemptLaunched', { ...attempt, agentId: 'a1', hostname: 'agent-1', launchedAt: dueAt + 20 }),
    event('AttemptStarted', { ...attempt, startedAt: dueAt + 50, sandbox: '/sandbox' }),
    event('AttemptEnded', {
      ...attempt,
      state: failed ? 'TASK_FAILED' : 'TASK_FINISHED',
      exitCode: failed ? 1 : 0,
      endedAt: dueAt + 900,
    }),
    event('RunEnded', {
      ...run,
      outcome,
      endedAt: dueAt + 901,
      ...(failed ? { reason: 'exit code 1', exitCode: 1 } : {}),
    }),
  ];
}
