import { readFileSync } from 'node:fs';
import type { TaskState } from '@carillon/mesos';
import { describe, expect, it } from 'vitest';
import { isTaskState, isTerminal, verdictOf } from './task-verdicts.js';

const proto = readFileSync(new URL('../../../../../libs/mesos/proto/mesos.proto', import.meta.url), 'utf8');
const namesOf = (enumeration: string, prefix: string) => {
  const [, body = ''] = new RegExp(`enum ${enumeration} \\{([^}]*${prefix}_[^}]*)\\}`).exec(proto) ?? [];
  return [
    ...new Set([...body.matchAll(new RegExp(`\\b(${prefix}_\\w+)\\s*=`, 'g'))].map(([, name]) => name)),
  ];
};
const states = namesOf('TaskState', 'TASK') as TaskState[];
const reasons = namesOf('Reason', 'REASON') as string[];

/** Written down once more, apart from the table: outcome, or what else it means. */
const meanings: Record<TaskState, string> = {
  TASK_STAGING: 'alive',
  TASK_STARTING: 'alive',
  TASK_RUNNING: 'running',
  TASK_KILLING: 'alive',
  TASK_FINISHED: 'succeeded',
  TASK_FAILED: 'failed',
  TASK_KILLED: 'killed',
  TASK_ERROR: 'failed for good',
  TASK_LOST: 'lost',
  TASK_DROPPED: 'neverStarted',
  TASK_UNREACHABLE: 'absent',
  TASK_GONE: 'lost',
  TASK_GONE_BY_OPERATOR: 'lost',
  TASK_UNKNOWN: 'absent',
};
const exceptions: Record<string, string> = {
  'TASK_FAILED REASON_MAX_COMPLETION_TIME_REACHED': 'timedOut',
  'TASK_FAILED REASON_EXECUTOR_REGISTRATION_TIMEOUT': 'neverStarted',
  'TASK_FAILED REASON_EXECUTOR_TERMINATED': 'vanished, failed',
  'TASK_FAILED REASON_AGENT_DRAINING': 'lost',
  'TASK_FAILED REASON_CONTAINER_PREEMPTED': 'lost',
  'TASK_FAILED REASON_EXECUTOR_REREGISTRATION_TIMEOUT': 'lost',
  'TASK_FAILED REASON_FRAMEWORK_REMOVED': 'lost',
  'TASK_FAILED REASON_AGENT_RESTARTED': 'lost',
  'TASK_KILLED REASON_AGENT_DRAINING': 'lost',
  'TASK_KILLED REASON_CONTAINER_PREEMPTED': 'lost',
  'TASK_ERROR REASON_RESOURCES_UNKNOWN': 'neverStarted',
  'TASK_ERROR REASON_INVALID_OFFERS': 'neverStarted',
  'TASK_LOST REASON_RESOURCES_UNKNOWN': 'neverStarted',
  'TASK_LOST REASON_INVALID_OFFERS': 'neverStarted',
  'TASK_LOST REASON_RECONCILIATION': 'vanished, lost',
  'TASK_GONE REASON_RECONCILIATION': 'vanished, lost',
};

const meaningOf = (state: TaskState, reason?: string) => {
  const verdict = verdictOf(state, reason);
  if (verdict.kind === 'vanished') return `vanished, ${verdict.outcome}`;
  if (verdict.kind !== 'ended') return verdict.kind;
  return verdict.final ? `${verdict.outcome} for good` : verdict.outcome;
};

describe('what Mesos 1.11 says of a task', () => {
  it('is known in full', () => {
    expect(states).toHaveLength(14);
    expect(reasons.length).toBeGreaterThanOrEqual(35);
    expect([...states].sort()).toEqual(Object.keys(meanings).sort());
    for (const exception of Object.keys(exceptions)) expect(reasons).toContain(exception.split(' ')[1]);
  });

  it.each(states)('%s, with each reason and without', (state) => {
    expect(meaningOf(state)).toBe(meanings[state]);
    for (const reason of [...reasons, 'REASON_OF_A_LATER_MESOS']) {
      const expected = exceptions[`${state} ${reason}`] ?? meanings[state];
      expect([reason, meaningOf(state, reason)]).toEqual([reason, expected]);
    }
  });

  it('is over for Mesos exactly where the attempt is', () => {
    const over = ['succeeded', 'failed', 'killed', 'failed for good', 'lost', 'neverStarted'];
    for (const state of states) expect(isTerminal(state)).toBe(over.includes(meanings[state]));
    expect(isTaskState('TASK_OF_A_LATER_MESOS')).toBe(false);
  });
});
