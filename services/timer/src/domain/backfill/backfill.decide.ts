import { assertNever, type Decider, domainError } from '@carillon/event-sourcing';
import { backfillRunId } from '@carillon/time';
import { compiledHere } from '../armed-schedule.js';
import type { BackfillCommand, StartBackfill } from './backfill.commands.js';
import type { BackfillEvent } from './backfill.events.js';
import { type BackfillState, evolveBackfill, noBackfill, type StartedBackfill } from './backfill.state.js';

/** Keeps as many runs going as its concurrency allows, oldest first, until the range is through or it is cancelled. */
export const backfill: Decider<BackfillState, BackfillCommand, BackfillEvent> = {
  initialState: () => noBackfill,
  evolve: evolveBackfill,
  decide(command, state) {
    const happened = firstOf(command, state);
    if (happened.length === 0) return [];
    const after = happened.reduce<BackfillState>(evolveBackfill, state);
    return after.status === 'underway' ? [...happened, ...next(after, command.now)] : happened;
  },
};

function firstOf(command: BackfillCommand, state: BackfillState): BackfillEvent[] {
  if (command.type === 'StartBackfill') return start(command, state);
  if (state.status !== 'underway') return [];
  switch (command.type) {
    case 'EndBackfillRun': {
      const { runId, outcome, jobRemoved = false, now } = command;
      if (!state.active.includes(runId)) return [];
      const ended: BackfillEvent = { type: 'BackfillRunEnded', data: { runId, outcome, at: now } };
      if (!jobRemoved || state.cancelledAt !== undefined) return [ended];
      return [ended, { type: 'BackfillCancelled', data: { at: now, reason: 'jobRemoved' } }];
    }
    case 'CancelBackfill':
      if (state.cancelledAt !== undefined) return [];
      return [{ type: 'BackfillCancelled', data: { at: command.now, reason: 'asked' } }];
    default:
      return assertNever(command, 'command');
  }
}

function start({ now, ...command }: StartBackfill, state: BackfillState): BackfillEvent[] {
  const { jobId, uid, backfillId, scheduleId, revision, rule, mayOverlap } = command;
  const { from, until, concurrency, total } = command;
  const data = {
    ...{ jobId, uid, backfillId, scheduleId, revision, rule, mayOverlap },
    ...{ from, until, concurrency, total },
  };
  if (state.status === 'none') return [{ type: 'BackfillStarted', data: { ...data, startedAt: now } }];
  const same = (['jobId', 'scheduleId', 'from', 'until', 'concurrency'] as const).every(
    (field) => state[field] === data[field],
  );
  if (same) return [];
  throw domainError('backfillExists', `Another backfill of the job has the id ${backfillId}`, {
    uid,
    backfillId,
  });
}

/** The runs that there is room for now; the end when there is nothing more to come. */
function next(state: StartedBackfill, now: number): BackfillEvent[] {
  const { jobId, rule, until, active, cancelledAt, triggered, total } = state;
  // Where one run waits for the other, more of them only stand before those that are due meanwhile.
  const concurrency = state.mayOverlap ? state.concurrency : 1;
  const isThrough = cancelledAt !== undefined || triggered >= total;
  const schedule = isThrough ? undefined : compiledHere(rule, jobId);
  if (!isThrough && schedule === undefined) return []; // it stays underway, to be cancelled
  const events: BackfillEvent[] = [];
  let dueAt = schedule?.next(state.decidedUpTo);
  while (dueAt !== undefined && dueAt < until && active.length + events.length < concurrency) {
    events.push(due(state, dueAt, now));
    dueAt = schedule?.next(dueAt);
  }
  const over = active.length + events.length === 0;
  return over ? [{ type: 'BackfillEnded', data: { at: now } }] : events;
}

function due(
  { jobId, uid, backfillId, scheduleId, revision, mayOverlap }: StartedBackfill,
  dueAt: number,
  now: number,
): BackfillEvent {
  const data = {
    ...{ jobId, uid, revision, scheduleId, dueAt, backfillId },
    runId: backfillRunId({ uid, backfillId, dueAt }),
    decidedAt: now,
    trigger: 'backfill',
    concurrencyPolicy: mayOverlap ? 'ALLOW' : 'QUEUE',
  } as const;
  return { type: 'RunDue', data };
}
