import { add, contains, isEmpty, NO_RESOURCES, type Resources, subtract } from './resources.js';

export interface Allocation {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly role: string;
  readonly resources: Resources;
}

interface AgentEntry {
  readonly total: Resources;
  allocated: Resources;
}

interface FrameworkEntry {
  readonly roles: readonly string[];
  active: boolean;
  allocated: Resources;
  readonly suppressed: Set<string>;
  filters: Filter[];
}

/** Not to be offered again to this role before `until`, unless there is more than this. */
interface Filter {
  readonly agentId: string;
  readonly role: string;
  readonly resources: Resources;
  readonly until: number;
}

/**
 * Who gets what: all that is free on an agent goes to the active framework with the smallest dominant share
 * that wants it. Resources are allocated from the offer on, until they are recovered: because the offer was
 * declined or used in part, or the task has ended. Never allocates what an agent does not have.
 */
export class Allocator {
  readonly #agents = new Map<string, AgentEntry>();
  readonly #frameworks = new Map<string, FrameworkEntry>();

  addAgent(agentId: string, total: Resources): void {
    this.#agents.set(agentId, { total, allocated: NO_RESOURCES });
  }

  addFramework(frameworkId: string, roles: readonly string[], suppressed: readonly string[]): void {
    const allocated = this.#frameworks.get(frameworkId)?.allocated ?? NO_RESOURCES;
    this.#frameworks.set(frameworkId, {
      roles,
      active: true,
      allocated,
      suppressed: new Set(suppressed),
      filters: [],
    });
  }

  deactivate(frameworkId: string): void {
    const framework = this.#frameworks.get(frameworkId);
    if (framework !== undefined) framework.active = false;
  }

  removeFramework(frameworkId: string): void {
    this.#frameworks.delete(frameworkId);
  }

  /** No roles: all of the framework's. */
  suppress(frameworkId: string, roles: readonly string[]): void {
    const framework = this.#frameworks.get(frameworkId);
    for (const role of roles.length === 0 ? (framework?.roles ?? []) : roles) framework?.suppressed.add(role);
  }

  /** Also forgets what was refused. */
  revive(frameworkId: string, roles: readonly string[]): void {
    const framework = this.#frameworks.get(frameworkId);
    if (framework === undefined) return;
    const revived = roles.length === 0 ? framework.roles : roles;
    for (const role of revived) framework.suppressed.delete(role);
    framework.filters = framework.filters.filter(({ role }) => !revived.includes(role));
  }

  allocate(now: number): Allocation[] {
    const allocations: Allocation[] = [];
    for (const [agentId, agent] of this.#agents) {
      const resources = subtract(agent.total, agent.allocated);
      if (isEmpty(resources)) continue;
      const taker = this.#taker(agentId, resources, now);
      if (taker === undefined) continue;
      const allocation = { agentId, ...taker, resources };
      this.claim(allocation);
      allocations.push(allocation);
    }
    return allocations;
  }

  /** Takes resources without an offer: those of a task that is known from before. */
  claim({ agentId, frameworkId, resources }: Allocation): void {
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) agent.allocated = add(agent.allocated, resources);
    const framework = this.#frameworks.get(frameworkId);
    if (framework !== undefined) framework.allocated = add(framework.allocated, resources);
  }

  recover(allocation: Allocation, refuse?: { readonly until: number }): void {
    const { agentId, frameworkId, role, resources } = allocation;
    if (isEmpty(resources)) return;
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) agent.allocated = subtract(agent.allocated, resources);
    const framework = this.#frameworks.get(frameworkId);
    if (framework === undefined) return;
    framework.allocated = subtract(framework.allocated, resources);
    if (refuse !== undefined) framework.filters.push({ agentId, role, resources, until: refuse.until });
  }

  available(agentId: string): Resources {
    const agent = this.#agents.get(agentId);
    return agent === undefined ? NO_RESOURCES : subtract(agent.total, agent.allocated);
  }

  #taker(
    agentId: string,
    resources: Resources,
    now: number,
  ): { frameworkId: string; role: string } | undefined {
    const byShare = [...this.#frameworks]
      .filter(([, { active, roles, suppressed }]) => active && roles.some((role) => !suppressed.has(role)))
      .sort(([, a], [, b]) => this.#dominantShare(a) - this.#dominantShare(b));
    for (const [frameworkId, framework] of byShare) {
      framework.filters = framework.filters.filter(({ until }) => until > now);
      const role = framework.roles.find(
        (candidate) =>
          !framework.suppressed.has(candidate) && !refused(framework, candidate, agentId, resources),
      );
      if (role !== undefined) return { frameworkId, role };
    }
    return undefined;
  }

  #dominantShare({ allocated }: FrameworkEntry): number {
    let share = 0;
    for (const [name, value] of allocated.scalars) {
      let total = 0;
      for (const agent of this.#agents.values()) total += agent.total.scalars.get(name) ?? 0;
      if (total > 0) share = Math.max(share, value / total);
    }
    return share;
  }
}

function refused({ filters }: FrameworkEntry, role: string, agentId: string, resources: Resources): boolean {
  return filters.some(
    (filter) => filter.role === role && filter.agentId === agentId && contains(filter.resources, resources),
  );
}
