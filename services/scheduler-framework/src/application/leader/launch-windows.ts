import {
  afterIdle,
  afterOverload,
  afterStart,
  type LaunchWindow,
  openWindow,
  type WindowLimits,
} from '../../domain/offers/launch-window.js';

interface AgentLoad {
  window: LaunchWindow;
  /** Tasks that were launched and not heard of, with the instant of their launch. */
  readonly starting: Map<string, number>;
  /** When something was launched, when there was no room for more, and when something was heard, last. */
  launchedAt: number;
  fullAt: number;
  heardAt: number;
}

/** A task that was silent for this long is no longer being started: reconciliation asks for it. */
const SILENT_MS = 60_000;
/** An agent that has nothing to start for longer than launching takes has not enough to do. */
const IDLE_MS = 100;

/** Whoever runs something each day is not forgotten; agents that were scaled away are. */
const UNUSED_MS = 2 * 24 * 3_600_000;

/** What each agent is busy starting, and how much of it it can take. One for each launch path. */
export class LaunchWindows {
  readonly #limits: WindowLimits;
  /** Those longest unused first. */
  readonly #agents = new Map<string, AgentLoad>();
  readonly #agentOf = new Map<string, string>();

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  /** How many more tasks may be launched on the agent. */
  room(agentId: string, now: number): number {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) return openWindow(this.#limits).size;
    for (const [taskId, launchedAt] of agent.starting) {
      if (launchedAt > now - SILENT_MS) break;
      this.#forget(agent, taskId);
    }
    return Math.max(0, agent.window.size - agent.starting.size);
  }

  launched(agentId: string, taskId: string, launchedAt: number): void {
    const agent = this.#agents.get(agentId) ?? {
      ...{ window: openWindow(this.#limits), starting: new Map<string, number>() },
      ...{ launchedAt, fullAt: 0, heardAt: 0 },
    };
    this.#agents.delete(agentId);
    this.#agents.set(agentId, agent);
    this.#forgetUnused(launchedAt);
    agent.launchedAt = launchedAt;
    if (agent.starting.size === 0 && launchedAt - agent.heardAt > IDLE_MS) {
      agent.window = afterIdle(agent.window, launchedAt);
    }
    agent.starting.set(taskId, launchedAt);
    if (agent.starting.size >= agent.window.size) agent.fullAt = launchedAt;
    this.#agentOf.set(taskId, agentId);
  }

  /** The first word of the task's executor; further ones change nothing. */
  heard(taskId: string, now: number): void {
    this.#ended(taskId, (agent, launchedAt) => {
      if (agent.starting.size >= agent.window.size) agent.fullAt = now;
      agent.heardAt = now;
      return afterStart(agent.window, { launchedAt, now, full: agent.fullAt >= launchedAt }, this.#limits);
    });
  }

  /** It did not come up. `overload`: because the agent could not cope. */
  failed(taskId: string, now: number, overload: boolean): void {
    this.#ended(taskId, ({ window }) => (overload ? afterOverload(window, now, this.#limits) : window));
  }

  #ended(taskId: string, change: (agent: AgentLoad, launchedAt: number) => LaunchWindow): void {
    const agent = this.#agents.get(this.#agentOf.get(taskId) ?? '');
    const launchedAt = agent?.starting.get(taskId);
    if (agent === undefined || launchedAt === undefined) return;
    agent.window = change(agent, launchedAt);
    this.#forget(agent, taskId);
  }

  #forgetUnused(now: number): void {
    for (const [agentId, { launchedAt, starting }] of this.#agents) {
      if (launchedAt > now - UNUSED_MS) return;
      for (const taskId of starting.keys()) this.#agentOf.delete(taskId);
      this.#agents.delete(agentId);
    }
  }

  #forget(agent: AgentLoad, taskId: string): void {
    agent.starting.delete(taskId);
    this.#agentOf.delete(taskId);
  }
}
