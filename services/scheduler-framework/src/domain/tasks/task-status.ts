import type { TaskStatus } from '@carillon/mesos';
import type { RecordTaskStatus } from '../run/run.commands.js';
import { isTaskState } from '../run/task-verdicts.js';

/** Of a message: it is stored and published with the end of an attempt and of its run, and anybody may write it. */
const MOST_CHARACTERS = 10_000;

/** What a status says, for the run's decider; a state that Mesos 1.11 does not have says nothing. */
export function readTaskStatus(
  status: TaskStatus,
  frameworkId: string,
  now: number,
): RecordTaskStatus | undefined {
  const { taskId, state, reason, message, timestamp } = status;
  if (!isTaskState(state)) return undefined;
  const exitCode = exitCodeOf(state, message);
  const sandbox = sandboxOf(status, frameworkId);
  return {
    type: 'RecordTaskStatus',
    taskId: taskId.value,
    state,
    now,
    ...(timestamp === undefined ? {} : { at: Math.round(timestamp * 1_000) }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined || message === '' ? {} : { message: shortened(asText(message)) }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

/** PostgreSQL takes nothing out of a state that has a NUL or half of a surrogate pair anywhere: both become U+FFFD. */
const asText = (message: string) => message.toWellFormed().replaceAll('\0', '\ufffd');

/** A longer one ends in an ellipsis, never in half of a surrogate pair. */
const shortened = (message: string) =>
  message.length <= MOST_CHARACTERS
    ? message
    : `${message.slice(0, MOST_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Mesos tells it in words only: `Command exited with status 3`, `Command terminated with signal Killed`. */
function exitCodeOf(state: string, message: string | undefined): number | undefined {
  const told = /exited with status (\d+)/.exec(message ?? '')?.[1];
  if (told !== undefined) return Number(told);
  return state === 'TASK_FINISHED' ? 0 : undefined;
}

/** The agent's virtual path below its work directory; a command task's executor is named like the task. */
function sandboxOf(status: TaskStatus, frameworkId: string): string | undefined {
  if (status.agentId === undefined) return undefined;
  const executor = status.executorId?.value ?? status.taskId.value;
  const container = status.containerStatus?.containerId?.value ?? 'latest';
  return `/slaves/${status.agentId.value}/frameworks/${frameworkId}/executors/${executor}/runs/${container}`;
}
