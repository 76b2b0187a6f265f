import type { RunOutcome } from '@carillon/contracts';
import type { TaskState, TaskStatusReason } from '@carillon/mesos';

/**
 * What a task state means for the attempt:
 *
 * - `alive`: it is on its way or being killed; `running`: it executes.
 * - `absent`: nobody can say now; it may come back, so it is waited for.
 * - `neverStarted`: it certainly did not execute; another attempt is due whatever the restart policy.
 * - `vanished`: it ended without a trace, with that outcome, unless Mesos never said a word about it: then it never
 *   began, because executors say TASK_STARTING first, and updates are kept and repeated until we acknowledge them.
 * - `ended`: with that outcome; `final`: another attempt would end the same way.
 */
export type Verdict =
  | { readonly kind: 'alive' | 'running' | 'absent' | 'neverStarted' }
  | { readonly kind: 'vanished'; readonly outcome: RunOutcome }
  | { readonly kind: 'ended'; readonly outcome: RunOutcome; readonly final?: true };

const alive: Verdict = { kind: 'alive' };
const absent: Verdict = { kind: 'absent' };
const neverStarted: Verdict = { kind: 'neverStarted' };
const vanished: Verdict = { kind: 'vanished', outcome: 'lost' };
const failed: Verdict = { kind: 'ended', outcome: 'failed' };
const refused: Verdict = { kind: 'ended', outcome: 'failed', final: true };
const lost: Verdict = { kind: 'ended', outcome: 'lost' };

interface Row {
  readonly verdict: Verdict;
  readonly reasons?: Readonly<Partial<Record<TaskStatusReason, Verdict>>>;
}

/** Every TaskState of Mesos 1.11, and the reasons that change what it means. */
const VERDICTS: Readonly<Record<TaskState, Row>> = {
  TASK_STAGING: { verdict: alive },
  TASK_STARTING: { verdict: alive },
  TASK_RUNNING: { verdict: { kind: 'running' } },
  TASK_KILLING: { verdict: alive },
  TASK_FINISHED: { verdict: { kind: 'ended', outcome: 'succeeded' } },
  TASK_FAILED: {
    verdict: failed,
    reasons: {
      REASON_MAX_COMPLETION_TIME_REACHED: { kind: 'ended', outcome: 'timedOut' },
      // The executor gets its task when it registers: it never had it.
      REASON_EXECUTOR_REGISTRATION_TIMEOUT: neverStarted,
      // Of an agent that restarted before the executor had registered, too.
      REASON_EXECUTOR_TERMINATED: { kind: 'vanished', outcome: 'failed' },
      // The agent or master took it away, nothing that the task did.
      REASON_AGENT_DRAINING: lost,
      REASON_CONTAINER_PREEMPTED: lost,
      REASON_EXECUTOR_REREGISTRATION_TIMEOUT: lost,
      REASON_FRAMEWORK_REMOVED: lost,
      REASON_AGENT_RESTARTED: lost,
    },
  },
  // Not by us, or the run would say so: an operator, a drained or preempting agent. Metronome restarts these too.
  TASK_KILLED: {
    verdict: { kind: 'ended', outcome: 'killed' },
    reasons: { REASON_AGENT_DRAINING: lost, REASON_CONTAINER_PREEMPTED: lost },
  },
  // The master or agent refused the description. It does not get better by asking again, except where the cluster
  // and not the description was the reason.
  TASK_ERROR: {
    verdict: refused,
    reasons: { REASON_RESOURCES_UNKNOWN: neverStarted, REASON_INVALID_OFFERS: neverStarted },
  },
  // Only for frameworks without PARTITION_AWARE, but an old agent may still say so.
  TASK_LOST: {
    verdict: lost,
    reasons: {
      REASON_INVALID_OFFERS: neverStarted,
      REASON_RESOURCES_UNKNOWN: neverStarted,
      REASON_RECONCILIATION: vanished,
    },
  },
  TASK_DROPPED: { verdict: neverStarted },
  TASK_UNREACHABLE: { verdict: absent },
  TASK_GONE: { verdict: lost, reasons: { REASON_RECONCILIATION: vanished } },
  TASK_GONE_BY_OPERATOR: { verdict: lost },
  // A master that lost its registry says this of agents that are about to register again.
  TASK_UNKNOWN: { verdict: absent },
};

/** A reason that is not in the table, of a later Mesos too, changes nothing. */
export function verdictOf(state: TaskState, reason: string | undefined): Verdict {
  const row = VERDICTS[state];
  return row.reasons?.[reason as TaskStatusReason] ?? row.verdict;
}

/** Whether this is a state of Mesos 1.11. */
export const isTaskState = (state: string): state is TaskState => Object.hasOwn(VERDICTS, state);

/** Whether Mesos forgets the task once this is acknowledged. */
export const isTerminal = (state: TaskState): boolean =>
  ['ended', 'neverStarted', 'vanished'].includes(verdictOf(state, undefined).kind);
