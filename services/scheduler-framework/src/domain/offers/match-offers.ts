import type { Offer, Resource } from '@carillon/mesos';
import { type AgentOffers, groupByAgent } from './agent-offers.js';
import type { AgentRules } from './agent-rules.js';
import { Candidates, type Fitness } from './candidates.js';
import { attributeOf } from './constraints.js';
import { suits } from './explain.js';
import type { PlacementNeed } from './placement-need.js';
import { type Quantities, SCALARS } from './quantities.js';
import { JobSpread, type PlaceValues } from './spread.js';

/** A run that waits for a place. */
export interface WaitingRun {
  readonly key: string;
  readonly need: PlacementNeed;
}

/** The waiting runs of one job, in the order in which they are to start. */
export interface JobQueue {
  readonly uid: string;
  readonly runs: readonly WaitingRun[];
  /** Where its active runs are; asked only where a need has spread rules. */
  readonly placed?: () => Iterable<PlaceValues>;
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
  /** Persistent volumes among them that have to be reserved and created first. */
  readonly created?: readonly Resource[];
  /** Of the attributes that the run's spread rules name. */
  readonly values?: PlaceValues;
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
 * once. Runs of higher priority come first; among those of one priority jobs take turns, one run each, in the order
 * given; a run that fits nowhere does not keep others waiting. Runs of one shape go round the agents that can take it;
 * one that cannot any more is not looked at again for that shape, so the cost is the number of runs plus shapes times
 * offers.
 */
export function matchOffers(
  offers: readonly Offer[],
  queue: readonly JobQueue[],
  settings: MatchSettings,
): Plan {
  const agents = groupByAgent(offers, settings.room);
  const least = leastNeed(queue);
  const places = new Places(agents, settings, least);
  for (const jobs of byPriority(queue)) {
    let turn = jobs.map((job) => ({ job, next: 0 }));
    while (turn.length > 0 && places.room > 0) {
      turn = turn.filter((of) => {
        const run = of.job.runs[of.next];
        // The runs of a job may differ by revision: one that fits nowhere does not end the turn of those behind it.
        if (run !== undefined) places.place(run, of.job);
        of.next += 1;
        return of.next < of.job.runs.length;
      });
    }
  }

  const { byAgent, room, placed } = places;
  const isWanted = wantedBy(queue, settings);
  const accepts: AgentPlan[] = [];
  const declines: string[] = [];
  const holds: string[] = [];
  for (const agent of agents) {
    const { agentId, hostname, offerIds } = agent;
    const placements = byAgent.get(agent);
    if (placements) accepts.push({ agentId, hostname, offerIds, placements });
    else if ((agent.room <= 0 || room <= 0) && agent.resources.holds(least) && isWanted(agent)) {
      holds.push(...offerIds);
    } else declines.push(...offerIds);
  }
  return { accepts, declines, holds, placed, looked: agents };
}

interface ResourceNeed {
  readonly quantities: Quantities;
  readonly ports: number;
}

/** Who cannot give this can give nothing that waits what it needs. */
function leastNeed(queue: readonly JobQueue[]): ResourceNeed {
  const least = { cpus: Infinity, mem: Infinity, disk: Infinity, gpus: Infinity };
  let ports = Infinity;
  let seen: PlacementNeed | undefined;
  for (const { runs } of queue) {
    for (const { need } of runs) {
      if (need === seen) continue;
      seen = need;
      for (const name of SCALARS) least[name] = Math.min(least[name], need.quantities[name]);
      ports = Math.min(ports, need.ports);
    }
  }
  return { quantities: least, ports };
}

/** The queues once per priority, the highest first; in nearly all clusters that is once. */
function byPriority(queue: readonly JobQueue[]): JobQueue[][] {
  const priorities = new Set<number>();
  for (const { runs } of queue) for (const { need } of runs) priorities.add(need.priority);
  if (priorities.size <= 1) return [[...queue]];
  return [...priorities]
    .sort((one, other) => other - one)
    .map((priority) =>
      queue.flatMap((job) => {
        const runs = job.runs.filter(({ need }) => need.priority === priority);
        return runs.length > 0 ? [{ ...job, runs }] : [];
      }),
    );
}

/** What the plan has placed so far, and where the next run of each need may go. */
class Places {
  readonly byAgent = new Map<AgentOffers, Placement[]>();
  placed = 0;
  room: number;
  /** Those that may still take something: whoever looks for candidates begins with them. */
  #agents: readonly AgentOffers[];
  #full = 0;
  readonly #least: ResourceNeed;
  readonly #rules: AgentRules;
  readonly #candidates = new Map<string, Candidates>();
  readonly #spreads = new Map<string, JobSpread>();

  constructor(agents: readonly AgentOffers[], { limit, ...rules }: MatchSettings, least: ResourceNeed) {
    this.#agents = agents;
    this.#least = least;
    this.#rules = rules;
    this.room = Math.min(
      limit,
      agents.reduce((sum, agent) => sum + agent.room, 0),
    );
  }

  place({ key, need }: WaitingRun, job: JobQueue): void {
    if (this.room <= 0) return;
    const spread = need.spread.length > 0 ? this.#spreadOf(job) : undefined;
    const agent = this.#candidatesFor(need, job, spread).next();
    if (agent === undefined) return;
    agent.room -= 1;
    this.room -= 1;
    this.placed += 1;
    const { resources, created } = agent.resources.take(need);
    const values = spread && valuesOf(agent, need);
    if (values) spread.add(values);
    const placement: Placement = {
      ...{ key, resources },
      ...(created.length > 0 ? { created } : {}),
      ...(values ? { values } : {}),
    };
    const there = this.byAgent.get(agent);
    if (there) there.push(placement);
    else this.byAgent.set(agent, [placement]);
    if (!this.#isOpen(agent)) this.#leaveOut();
  }

  #isOpen({ room, resources }: AgentOffers): boolean {
    return room > 0 && resources.holds(this.#least);
  }

  #leaveOut(): void {
    this.#full += 1;
    if (this.#full * 2 < this.#agents.length) return;
    this.#agents = this.#agents.filter((agent) => this.#isOpen(agent));
    this.#full = 0;
  }

  #spreadOf({ uid, placed }: JobQueue): JobSpread {
    let spread = this.#spreads.get(uid);
    if (spread === undefined) {
      spread = new JobSpread(placed?.() ?? []);
      this.#spreads.set(uid, spread);
    }
    return spread;
  }

  #candidatesFor(need: PlacementNeed, { uid }: JobQueue, spread: JobSpread | undefined): Candidates {
    const key = spread ? `${uid}\n${need.shape}` : need.shape;
    let candidates = this.#candidates.get(key);
    if (candidates === undefined) {
      candidates = new Candidates(this.#agents, fitnessFor(need, this.#rules, spread));
      this.#candidates.set(key, candidates);
    }
    return candidates;
  }
}

function fitnessFor(
  need: PlacementNeed,
  rules: AgentRules,
  spread: JobSpread | undefined,
): (agent: AgentOffers) => Fitness {
  const suitable = new Set<AgentOffers>();
  return (agent) => {
    if (agent.room <= 0 || !agent.resources.holds(need)) return 'drop';
    if (!suitable.has(agent)) {
      if (!suits(agent, need, rules)) return 'drop';
      suitable.add(agent);
    }
    let fitness: Fitness = 'fits';
    for (const rule of spread ? need.spread : []) {
      const answer = spread?.allows(rule, attributeOf(agent.offer, rule.attribute));
      if (answer === 'never') return 'drop';
      if (answer === 'notNow') fitness = 'notNow';
    }
    return fitness;
  };
}

function valuesOf({ offer }: AgentOffers, { spread }: PlacementNeed): PlaceValues {
  const values: Record<string, string> = {};
  for (const { attribute } of spread) {
    const value = attributeOf(offer, attribute);
    if (value !== undefined) values[attribute] = value;
  }
  return values;
}

/** Whether something that waits would fit if the agent might be given more to launch. */
function wantedBy(queue: readonly JobQueue[], rules: AgentRules): (agent: AgentOffers) => boolean {
  let needs: readonly PlacementNeed[] | undefined;
  return (agent) => {
    needs ??= distinctNeeds(queue);
    return needs.some((need) => agent.resources.holds(need) && suits(agent, need, rules));
  };
}

function distinctNeeds(queue: readonly JobQueue[]): PlacementNeed[] {
  const needs = new Map<string, PlacementNeed>();
  for (const { runs } of queue) for (const { need } of runs) needs.set(need.shape, need);
  return [...needs.values()];
}
