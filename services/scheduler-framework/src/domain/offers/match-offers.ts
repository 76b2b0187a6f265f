import type { Offer, Resource } from '@carillon/mesos';
import { type AgentOffers, groupByAgent } from './agent-offers.js';
import type { AgentRules } from './agent-rules.js';
import { suits } from './explain.js';
import type { PlacementNeed } from './placement-need.js';
import { fits } from './quantities.js';

/** A run that waits for a place. */
export interface WaitingRun {
  readonly key: string;
  readonly need: PlacementNeed;
}

/** The waiting runs of one job, in the order in which they are to start. */
export interface JobQueue {
  readonly uid: string;
  readonly runs: readonly WaitingRun[];
}

export interface MatchSettings extends AgentRules {
  /** How many more tasks may be launched on the agent now. */
  readonly room: (agentId: string) => number;
  /** Places at most so many; what else would fit is held for the next plan. */
  readonly limit: number;
}

export interface Placement {
  readonly key: string;
  readonly resources: readonly Resource[];
}

/** One ACCEPT: all of these offers are of one agent and role. */
export interface AgentPlan {
  readonly agentId: string;
  readonly hostname: string;
  readonly offerIds: readonly string[];
  readonly placements: readonly Placement[];
}

export interface Plan {
  readonly accepts: readonly AgentPlan[];
  /** Nothing that waits fits on these. */
  readonly declines: readonly string[];
  /** Something that waits fits, as soon as the agent may be given more to launch. */
  readonly holds: readonly string[];
  readonly placed: number;
  /** What was looked at, as it is after the placements: for explanations. */
  readonly looked: readonly AgentOffers[];
}

/**
 * Finds places: pure, no offer is used twice, none is over-committed, and each is accepted, declined or held exactly
 * once. Jobs take turns, one run each, in the order given; a run that fits nowhere does not keep others waiting. Runs
 * of one shape go round the agents that can take it; one that cannot any more is not looked at again for that shape,
 * so the cost is the number of runs plus shapes times offers.
 */
export function matchOffers(
  offers: readonly Offer[],
  queue: readonly JobQueue[],
  settings: MatchSettings,
): Plan {
  const agents = groupByAgent(offers, settings.room);
  const candidates = new Map<string, Candidates>();
  const placements = new Map<AgentOffers, Placement[]>();
  let placed = 0;

  let room = Math.min(
    settings.limit,
    agents.reduce((sum, agent) => sum + agent.room, 0),
  );
  const place = ({ key, need }: WaitingRun): void => {
    let shape = candidates.get(need.shape);
    if (shape === undefined) {
      shape = new Candidates(agents, (agent) => suits(agent, need, settings));
      candidates.set(need.shape, shape);
    }
    const agent = shape.next(need);
    if (agent === undefined || room <= 0) return;
    agent.room -= 1;
    room -= 1;
    placed += 1;
    const placement = { key, resources: agent.resources.take(need.quantities) };
    const there = placements.get(agent);
    if (there) there.push(placement);
    else placements.set(agent, [placement]);
  };

  let turn: { readonly runs: readonly WaitingRun[]; next: number }[] = queue.map(({ runs }) => ({
    runs,
    next: 0,
  }));
  while (turn.length > 0) {
    turn = turn.filter((job) => {
      const run = job.runs[job.next];
      // The runs of a job may differ by revision: one that fits nowhere does not end the turn of those behind it.
      if (run !== undefined) place(run);
      job.next += 1;
      return job.next < job.runs.length && room > 0;
    });
  }

  let needs: PlacementNeed[] | undefined;
  const isWanted = (agent: AgentOffers) => {
    needs ??= distinctNeeds(queue);
    return needs.some((need) => fits(need.quantities, agent.resources.free) && suits(agent, need, settings));
  };
  const accepts: AgentPlan[] = [];
  const declines: string[] = [];
  const holds: string[] = [];
  for (const agent of agents) {
    const launched = placements.get(agent);
    if (launched) accepts.push({ ...idOf(agent), offerIds: agent.offerIds, placements: launched });
    else if ((agent.room <= 0 || room <= 0) && isWanted(agent)) holds.push(...agent.offerIds);
    else declines.push(...agent.offerIds);
  }
  return { accepts, declines, holds, placed, looked: agents };
}

const idOf = ({ agentId, hostname }: AgentOffers) => ({ agentId, hostname });

function distinctNeeds(queue: readonly JobQueue[]): PlacementNeed[] {
  const needs = new Map<string, PlacementNeed>();
  for (const { runs } of queue) for (const { need } of runs) needs.set(need.shape, need);
  return [...needs.values()];
}

/** The agents that can still take one shape, in turn. */
class Candidates {
  readonly #agents: AgentOffers[];
  readonly #suits: (agent: AgentOffers) => boolean;
  readonly #known = new Set<AgentOffers>();
  #turn = 0;

  constructor(agents: readonly AgentOffers[], suits: (agent: AgentOffers) => boolean) {
    this.#agents = [...agents];
    this.#suits = suits;
  }

  next({ quantities }: PlacementNeed): AgentOffers | undefined {
    for (;;) {
      if (this.#turn >= this.#agents.length) this.#turn = 0;
      const agent = this.#agents[this.#turn];
      if (agent === undefined) return undefined;
      if (agent.room > 0 && fits(quantities, agent.resources.free) && this.#suitable(agent)) {
        this.#turn += 1;
        return agent;
      }
      const last = this.#agents.pop();
      if (last !== undefined && last !== agent) this.#agents[this.#turn] = last;
    }
  }

  #suitable(agent: AgentOffers): boolean {
    if (this.#known.has(agent)) return true;
    if (!this.#suits(agent)) return false;
    this.#known.add(agent);
    return true;
  }
}
