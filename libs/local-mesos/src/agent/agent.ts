import type { TaskState, TaskStatus, TaskStatusReason, TaskStatusSource } from '@carillon/mesos';
import { LongTimeout } from '../long-timeout.js';
import type { LaunchedTask } from '../state/records.js';
import type { StateLog } from '../state/state-log.js';
import { impossible } from './command.js';
import { describeWaitStatus, succeeded } from './exit-status.js';
import type { StatusUpdates } from './status-updates.js';
import { isTerminal, type KillState, type Task, taskIdOf } from './task.js';
import type { Outcome, TaskRunner, TaskRunnerEvents } from './task-runner.js';

export interface AgentOptions {
  readonly ip: string;
  readonly log: StateLog;
  readonly updates: StatusUpdates;
  createRunner(events: TaskRunnerEvents): TaskRunner;
  /** The task uses no resources any more. */
  onEnded(task: Task): void;
  /** Of groups; all of its tasks have ended, and what was told of them has been written. */
  onExecutorEnded(last: Task): void;
}

interface Change {
  readonly message?: string;
  readonly reason?: TaskStatusReason;
  readonly source?: TaskStatusSource;
}

/** What Mesos's agent and command executor do: the life of tasks, told in status updates. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #tasks = new Map<string, Task>();
  readonly #pids = new Map<string, number>();
  readonly #timeLimits = new Map<string, LongTimeout>();
  readonly #escalations = new Map<string, Escalation>();
  readonly #runner: TaskRunner;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#runner = options.createRunner({
      onPrepared: (containerId) => this.#onPrepared(containerId),
      onStarted: (containerId, pid, at) => this.#onStarted(containerId, pid, at),
      onEnded: (containerId, outcome) => this.#onEnded(containerId, outcome),
    });
  }

  assignLauncher(containerId: string): number {
    return this.#runner.assignLauncher(containerId);
  }

  /** The caller has put the launch into the state log; the command starts when that is written. */
  launch(task: Task): void {
    this.#tasks.set(task.launched.containerId, task);
    const why = impossible(task.launched.info);
    if (why === undefined) this.#runner.run(task.launched);
    else this.#end(task, 'TASK_FAILED', { ...why, source: 'SOURCE_AGENT' });
  }

  /** The launcher that had it never began it: it goes to another. */
  relaunched(containerId: string, launcher: number): void {
    const task = this.#tasks.get(containerId);
    if (task !== undefined) task.launched = { ...task.launched, launcher };
    this.#options.log.append({ type: 'relaunched', containerId, launcher });
  }

  /** A task of before, as the state log has it; ended ones only wait for their acknowledgements. */
  adopt(task: Task): void {
    if (isTerminal(task.latest.state)) return;
    this.#tasks.set(task.launched.containerId, task);
    this.#runner.adopt(task.launched);
    if (task.kill !== undefined) this.#signal(task, task.kill);
  }

  recover(): void {
    this.#runner.recover();
  }

  kill(task: Task, kill: KillState, tellKilling: boolean): void {
    if (isTerminal(task.latest.state)) return;
    const { containerId } = task.launched;
    if (task.kill !== undefined) {
      this.#shorten(task, kill.graceMs);
      return;
    }
    task.kill = kill;
    this.#options.log.append({ type: 'killRequested', containerId, ...kill });
    if (tellKilling) this.#update(task, 'TASK_KILLING', reasonOf(kill));
    this.#options.log.whenWritten(() => this.#signal(task, kill));
  }

  /** Ends all that runs, without a word to the framework. */
  abandon(task: Task): void {
    this.#runner.signal(task.launched.containerId, 'SIGKILL');
  }

  get running(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  /** Those that run, and did so at that instant (epoch milliseconds). */
  runningSince(instant: number): readonly Task[] {
    return this.running.filter(({ latest: { state, timestamp = 0 } }) => {
      return state !== 'TASK_STAGING' && state !== 'TASK_STARTING' && timestamp * 1_000 <= instant;
    });
  }

  async stop(): Promise<void> {
    for (const timer of this.#timeLimits.values()) timer.cancel();
    for (const { timer } of this.#escalations.values()) timer.cancel();
    await this.#runner.stop();
  }

  #signal(task: Task, { graceMs }: KillState): void {
    const { containerId } = task.launched;
    if (!this.#tasks.has(containerId)) return;
    this.#runner.signal(containerId, 'SIGTERM');
    const since = performance.now();
    this.#escalate(containerId, since, since + graceMs);
  }

  /**
   * A further KILL, as Mesos's executors take it: the default executor not at all; for a command the grace period
   * counts from the first, and can only become shorter.
   */
  #shorten({ launched: { containerId, group } }: Task, graceMs: number): void {
    const planned = this.#escalations.get(containerId);
    if (group !== undefined || planned === undefined || planned.since + graceMs >= planned.at) return;
    planned.timer.cancel();
    this.#escalate(containerId, planned.since, planned.since + graceMs);
  }

  #escalate(containerId: string, since: number, at: number): void {
    const end = (): void => this.#runner.signal(containerId, 'SIGKILL');
    const timer = new LongTimeout(end, at - performance.now());
    this.#escalations.set(containerId, { since, at, timer });
  }

  #onPrepared(containerId: string): void {
    const task = this.#tasks.get(containerId);
    if (task?.latest.state === 'TASK_STAGING') this.#update(task, 'TASK_STARTING', {});
  }

  #onStarted(containerId: string, pid: number, at: number): void {
    const task = this.#tasks.get(containerId);
    if (task === undefined) return;
    this.#pids.set(containerId, pid);
    const limit = task.launched.info.maxCompletionTime;
    if (limit !== undefined) {
      const leftMs = task.launched.launchedAt + limit.nanoseconds / 1e6 - Date.now();
      const end = (): void => this.kill(task, { cause: 'maxCompletionTime', graceMs: 0 }, false);
      this.#timeLimits.set(containerId, new LongTimeout(end, leftMs));
    }
    const told = task.latest.state === 'TASK_RUNNING' || task.kill !== undefined;
    if (!told) this.#update(task, 'TASK_RUNNING', {}, at);
  }

  #onEnded(containerId: string, outcome: Outcome): void {
    const task = this.#tasks.get(containerId);
    if (task === undefined) return;
    const [state, change] = endOf(task, outcome);
    this.#end(task, state, change, outcome.at);
    const { group } = task.launched;
    if (group === undefined) return;
    if (state !== 'TASK_FINISHED') this.#endGroup(group);
    if (this.running.some((other) => haveSameExecutor(task, other))) return;
    this.#options.log.whenWritten(() => this.#options.onExecutorEnded(task));
  }

  // As Mesos's default executor: one that fails or is killed ends its group.
  #endGroup({ id, tellKilling }: NonNullable<LaunchedTask['group']>): void {
    for (const task of this.running) {
      if (task.launched.group?.id !== id) continue;
      this.kill(task, { cause: 'group', graceMs: DEFAULT_GRACE_MS }, tellKilling);
    }
  }

  #end(task: Task, state: TaskState, change: Change, at = Date.now()): void {
    const { containerId } = task.launched;
    this.#tasks.delete(containerId);
    this.#timeLimits.get(containerId)?.cancel();
    this.#timeLimits.delete(containerId);
    this.#escalations.get(containerId)?.timer.cancel();
    this.#escalations.delete(containerId);
    this.#update(task, state, change, at);
    this.#pids.delete(containerId);
    this.#options.onEnded(task);
  }

  #update(task: Task, state: TaskState, change: Change, at = Date.now()): void {
    const since = task.latest.timestamp ?? task.launched.launchedAt / 1000;
    const timestamp = Math.max(at / 1000, since);
    this.#options.updates.add(task, { ...this.#status(task, state), timestamp, ...change });
  }

  #status(task: Task, state: TaskState): TaskStatus {
    const { containerId, group } = task.launched;
    const pid = this.#pids.get(containerId);
    return {
      taskId: { value: taskIdOf(task) },
      state,
      source: 'SOURCE_EXECUTOR',
      agentId: task.launched.info.agentId,
      executorId: { value: task.launched.info.executor?.executorId.value ?? taskIdOf(task) },
      containerStatus: {
        containerId: { value: containerId, ...(group === undefined ? {} : { parent: { value: group.id } }) },
        networkInfos: [{ ipAddresses: [{ protocol: 'IPv4', ipAddress: this.#options.ip }] }],
        ...(pid === undefined ? {} : { executorPid: pid }),
      },
    };
  }
}

/** When SIGKILL follows SIGTERM, on the monotonic clock. */
interface Escalation {
  readonly since: number;
  readonly at: number;
  readonly timer: LongTimeout;
}

function haveSameExecutor({ launched: a }: Task, { launched: b }: Task): boolean {
  return (
    a.info.executor?.executorId.value === b.info.executor?.executorId.value &&
    a.frameworkId === b.frameworkId &&
    a.info.agentId.value === b.info.agentId.value
  );
}

/** Of executors, where neither task nor KILL say; and always where an executor ends its tasks by itself. */
export const DEFAULT_GRACE_MS = 3_000;

export function killGraceMs(task: Task, ofCall: number | undefined): number {
  const policy = ofCall ?? task.launched.info.killPolicy?.gracePeriod?.nanoseconds;
  return policy === undefined ? DEFAULT_GRACE_MS : policy / 1e6;
}

function reasonOf({ cause }: KillState): Change {
  return cause === 'draining' ? { reason: 'REASON_AGENT_DRAINING' } : {};
}

// As Mesos's command executor decides: a kill wins over the exit status.
function endOf(task: Task, outcome: Outcome): [TaskState, Change] {
  switch (outcome.kind) {
    case 'notStarted':
      return [
        'TASK_FAILED',
        {
          message: `Failed to launch container: ${outcome.message}`,
          source: 'SOURCE_AGENT',
          reason: 'REASON_CONTAINER_LAUNCH_FAILED',
        },
      ];
    case 'unknown':
      return [
        'TASK_FAILED',
        {
          message: `Abnormal executor termination: ${outcome.message}`,
          source: 'SOURCE_AGENT',
          reason: 'REASON_EXECUTOR_TERMINATED',
        },
      ];
    case 'exited': {
      const message = describeWaitStatus(outcome.waitStatus);
      if (task.kill?.cause === 'maxCompletionTime') {
        return ['TASK_FAILED', { message, reason: 'REASON_MAX_COMPLETION_TIME_REACHED' }];
      }
      if (task.kill !== undefined) return ['TASK_KILLED', { message, ...reasonOf(task.kill) }];
      return [succeeded(outcome.waitStatus) ? 'TASK_FINISHED' : 'TASK_FAILED', { message }];
    }
  }
}
