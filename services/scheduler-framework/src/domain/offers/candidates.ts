import type { AgentOffers } from './agent-offers.js';

/** `drop`: not for this need any more, in this plan. */
export type Fitness = 'fits' | 'notNow' | 'drop';

/**
 * The agents that can still take runs of one need, in turn: each gets one before the first gets another. What cannot is
 * not looked at again, so that the cost of a plan is its runs plus needs times agents.
 */
export class Candidates {
  readonly #agents: AgentOffers[];
  readonly #fitness: (agent: AgentOffers) => Fitness;
  #turn = 0;

  constructor(agents: readonly AgentOffers[], fitness: (agent: AgentOffers) => Fitness) {
    this.#agents = [...agents];
    this.#fitness = fitness;
  }

  next(): AgentOffers | undefined {
    for (let passed = 0; passed < this.#agents.length; ) {
      if (this.#turn >= this.#agents.length) this.#turn = 0;
      const agent = this.#agents[this.#turn];
      if (agent === undefined) return undefined;
      const fitness = this.#fitness(agent);
      if (fitness === 'drop') {
        const last = this.#agents.pop();
        if (last !== undefined && last !== agent) this.#agents[this.#turn] = last;
        continue;
      }
      this.#turn += 1;
      if (fitness === 'fits') return agent;
      passed += 1;
    }
    return undefined;
  }
}
