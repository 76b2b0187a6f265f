import type { TaskStatus } from '@carillon/mesos';
import type { Agent } from './agent/agent.js';
import type { AgentNode } from './agent/agent-node.js';
import { StatusUpdates } from './agent/status-updates.js';
import { isTerminal, type KillState, type Task } from './agent/task.js';
import { Tasks } from './master/tasks.js';
import type { StateLog } from './state/state-log.js';

/** What the agents tell the leading master. */
export interface LeaderLink {
  onUpdate(task: Task, status: TaskStatus): void;
  /** The task uses no resources any more. */
  onEnded(task: Task): void;
  /** The executor of the group of this task, the last of it. */
  onExecutorEnded(last: Task): void;
  /** Its terminal update has been acknowledged. */
  onForgotten(task: Task): void;
}

export interface ClusterOptions {
  readonly log: StateLog;
  readonly statusRetryMs: number;
  readonly nodes: readonly AgentNode[];
  /** Runs the tasks of all nodes. */
  createAgent(updates: StatusUpdates, toMaster: Pick<LeaderLink, 'onEnded' | 'onExecutorEnded'>): Agent;
  onForgotten(task: Task): void;
}

/** As Mesos's max_completed_tasks_per_framework, for all frameworks together. */
const MAX_COMPLETED = 1_000;

/**
 * The agents with their tasks: what outlives a master. Whoever leads attaches itself; messages either way take
 * the node's delay, and are lost when its link is not up.
 */
export class Cluster {
  readonly tasks = new Tasks();
  readonly updates: StatusUpdates;
  readonly agent: Agent;
  /** The last that are over, oldest first. */
  readonly completed: Task[] = [];
  readonly #options: ClusterOptions;
  readonly #nodes: ReadonlyMap<string, AgentNode>;
  readonly #lostLaunches = new Set<Task>();
  /** Asked for while the agent could not be reached; as long as the master leads that was asked. */
  readonly #lostKills = new Map<Task, () => void>();
  readonly #delayed = new Set<NodeJS.Timeout>();
  #leader: LeaderLink | undefined;
  #retry: NodeJS.Timeout;

  constructor(options: ClusterOptions) {
    const { log, statusRetryMs } = options;
    this.#options = options;
    this.#nodes = new Map(options.nodes.map((node) => [node.id, node]));
    this.updates = new StatusUpdates({
      log,
      retryMinMs: statusRetryMs,
      deliver: (task, status) => this.#toMaster(task, () => this.#leader?.onUpdate(task, status)),
      onForgotten: (task) => this.forget(task),
    });
    this.agent = options.createAgent(this.updates, {
      onEnded: (task) => this.#leader?.onEnded(task),
      onExecutorEnded: (last) => this.#toMaster(last, () => this.#leader?.onExecutorEnded(last)),
    });
    const resend = (): void => this.updates.resendOverdue(performance.now());
    this.#retry = setInterval(resend, Math.min(1_000, statusRetryMs));
  }

  get nodes(): readonly AgentNode[] {
    return this.#options.nodes;
  }

  node(id: string): AgentNode | undefined {
    return this.#nodes.get(id);
  }

  attach(leader: LeaderLink | undefined): void {
    this.#lostKills.clear();
    this.#leader = leader;
  }

  /** A task of before, as the state log has it. */
  adopt(task: Task): void {
    this.tasks.add(task);
    this.updates.restore(task);
    this.agent.adopt(task);
  }

  /** The caller has put the launch into the state log. */
  launch(task: Task): void {
    const node = this.#nodeOf(task);
    if (node?.link === 'up' && node.delayMs === 0) this.agent.launch(task);
    else if (node?.link === 'up') this.#after(node.delayMs, () => this.agent.launch(task));
    else this.#lostLaunches.add(task);
  }

  kill(task: Task, kill: KillState, tellKilling: boolean): void {
    const tell = (): void => this.agent.kill(task, kill, tellKilling);
    if (this.#nodeOf(task)?.link === 'up') this.#toAgent(task, tell);
    else this.#lostKills.set(task, tell);
  }

  /** What did not reach the agent of the task, which is back. */
  killAgain(task: Task): void {
    const tell = this.#lostKills.get(task);
    if (this.#lostKills.delete(task) && tell !== undefined) this.#toAgent(task, tell);
  }

  acknowledge(task: Task, uuid: Uint8Array): void {
    this.#toAgent(task, () => this.updates.acknowledge(task, uuid));
  }

  /** A launch that never reached its agent; true once. */
  takeLostLaunch(task: Task): boolean {
    return this.#lostLaunches.delete(task);
  }

  /** Without another word: its framework is gone, or its agent. */
  abandon(task: Task): void {
    this.updates.forget(task);
    this.#lostLaunches.delete(task);
    this.#lostKills.delete(task);
    if (!isTerminal(task.latest.state)) this.agent.abandon(task);
  }

  /** All tasks of a framework that is gone. */
  abandonTasksOf(frameworkId: string): void {
    for (const task of this.tasks.of(frameworkId)) {
      this.abandon(task);
      if (isTerminal(task.latest.state)) this.forget(task);
    }
  }

  forget(task: Task): void {
    this.tasks.remove(task);
    this.#lostKills.delete(task);
    this.completed.push(task);
    if (this.completed.length > 2 * MAX_COMPLETED) this.completed.splice(0, MAX_COMPLETED);
    this.#options.log.append({ type: 'forgotten', containerId: task.launched.containerId });
    this.#leader?.onForgotten(task);
    this.#options.onForgotten(task);
  }

  async stop(): Promise<void> {
    clearInterval(this.#retry);
    for (const timer of this.#delayed) clearTimeout(timer);
    await this.agent.stop();
  }

  #nodeOf(task: Task): AgentNode | undefined {
    return this.#nodes.get(task.launched.info.agentId.value);
  }

  #toAgent(task: Task, act: () => void): void {
    const node = this.#nodeOf(task);
    if (node?.link !== 'up') return;
    if (node.delayMs === 0) act();
    else this.#after(node.delayMs, act);
  }

  #toMaster(task: Task, tell: () => void): void {
    this.#toAgent(task, tell);
  }

  #after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      act();
    }, delayMs);
    this.#delayed.add(timer);
  }
}
