import {
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
}

/** A task that was silent for this long is no longer being started: reconciliation asks for it. */
const SILENT_MS = 60_000;

/** What each agent is busy starting, and how much of it it can take. One for each launch path. */
export class LaunchWindows {
  readonly #limits: WindowLimits;
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
    let agent = this.#agents.get(agentId);
    if (agent === undefined) {
      agent = { window: openWindow(this.#limits), starting: new Map() };
      this.#agents.set(agentId, agent);
    }
    agent.starting.set(taskId, launchedAt);
    this.#agentOf.set(taskId, agentId);
  }

  /** The first word of the task's executor; further ones change nothing. */
  heard(taskId: string, now: number): void {
    this.#ended(taskId, (agent, launchedAt) =>
      afterStart(agent.window, { launchedAt, now, inFlight: agent.starting.size }, this.#limits),
    );
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

  #forget(agent: AgentLoad, taskId: string): void {
    agent.starting.delete(taskId);
    this.#agentOf.delete(taskId);
  }
}
