import { type Filters, refusedUntil } from './filters.js';
import { count, dominantShare, type Shares } from './shares.js';
import { add, isEmpty, NO_RESOURCES, offerable, type Resources, subtract } from './resources.js';

export interface Allocation {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly role: string;
  readonly resources: Resources;
}

export interface AllocatedFramework {
  readonly roles: readonly string[];
  readonly suppressed: readonly string[];
  /** Without it nothing of an agent that has GPUs is offered. */
  readonly gpus?: boolean;
  /** Without it only agents in the master's region are offered. */
  readonly regionAware?: boolean;
}

interface AgentEntry {
  readonly total: Resources;
  readonly region: string | undefined;
  readonly hasGpus: boolean;
  active: boolean;
  free: Resources;
}

interface FrameworkEntry {
  roles: readonly string[];
  readonly gpus: boolean;
  readonly regionAware: boolean;
  active: boolean;
  readonly allocated: Shares;
  readonly suppressed: Set<string>;
  filters: Filters;
}

/**
 * Who gets what: all that is free on an agent goes to the role with the smallest dominant share, in it to the
 * active framework with the smallest, that wants it. Resources are allocated from the offer on, until they are
 * recovered: because the offer was declined or used in part, or the task has ended. Never allocates what an
 * agent does not have. Looks only at agents about which something has changed, so thousands cost nothing.
 */
export class Allocator {
  readonly #region: string | undefined;
  readonly #agents = new Map<string, AgentEntry>();
  readonly #frameworks = new Map<string, FrameworkEntry>();
  readonly #roles = new Map<string, Shares>();
  readonly #total: Shares = new Map();
  /** To be looked at by the next allocate(). */
  readonly #changed = new Set<string>();
  /** Refused for now, and the end of the first refusal. */
  readonly #refused = new Map<string, number>();
  #firstEnd = Number.POSITIVE_INFINITY;

  /** `region`: the master's. */
  constructor(region?: string) {
    this.#region = region;
  }

  addAgent(agentId: string, total: Resources, region?: string): void {
    const hasGpus = (total.scalars.get('gpus') ?? 0) > 0;
    this.#agents.set(agentId, { total, region, hasGpus, active: true, free: total });
    count(this.#total, total, 1);
    this.#changed.add(agentId);
  }

  /** With all that is allocated on it, which is not recovered any more. */
  removeAgent(agentId: string): void {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) return;
    this.#agents.delete(agentId);
    count(this.#total, agent.total, -1);
    this.#refused.delete(agentId);
    for (const { filters } of this.#frameworks.values()) filters.delete(agentId);
  }

  hasAgent(agentId: string): boolean {
    return this.#agents.has(agentId);
  }

  /** Nothing of an inactive agent is offered. */
  setActive(agentId: string, active: boolean): void {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) return;
    agent.active = active;
    this.#changed.add(agentId);
  }

  /** Again, too: what it has stays, what it refused is forgotten. */
  addFramework(frameworkId: string, options: AllocatedFramework): void {
    const { roles, suppressed, gpus = false, regionAware = false } = options;
    this.#frameworks.set(frameworkId, {
      roles,
      gpus,
      regionAware,
      active: true,
      allocated: this.#frameworks.get(frameworkId)?.allocated ?? new Map<string, number>(),
      suppressed: new Set(suppressed),
      filters: new Map(),
    });
    this.#lookAtAll();
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
    for (const [agentId, filters] of framework.filters) {
      const kept = filters.filter(({ role }) => !revived.includes(role));
      if (kept.length === 0) framework.filters.delete(agentId);
      else framework.filters.set(agentId, kept);
    }
    this.#lookAtAll();
  }

  allocate(now: number): Allocation[] {
    if (now >= this.#firstEnd) this.#endRefusals(now);
    const allocations: Allocation[] = [];
    for (const agentId of this.#changed) {
      const agent = this.#agents.get(agentId);
      if (agent?.active !== true) continue;
      while (!isEmpty(agent.free)) {
        const taker = this.#taker(agentId, agent, now);
        if (taker === undefined) break;
        const allocation = { agentId, ...taker };
        this.claim(allocation);
        allocations.push(allocation);
      }
    }
    this.#changed.clear();
    return allocations;
  }

  /** Takes resources without an offer: those of a task that is known from before. */
  claim({ agentId, frameworkId, role, resources }: Allocation): void {
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) agent.free = subtract(agent.free, resources);
    this.#count(frameworkId, role, resources, 1);
  }

  recover(allocation: Allocation, refuse?: { readonly until: number }): void {
    const { agentId, frameworkId, role, resources } = allocation;
    if (isEmpty(resources)) return;
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) agent.free = add(agent.free, resources);
    this.#count(frameworkId, role, resources, -1);
    this.#changed.add(agentId);
    const framework = this.#frameworks.get(frameworkId);
    if (framework === undefined || refuse === undefined || agent === undefined) return;
    const filters = framework.filters.get(agentId) ?? [];
    framework.filters.set(agentId, [...filters, { role, resources, until: refuse.until }]);
  }

  available(agentId: string): Resources {
    return this.#agents.get(agentId)?.free ?? NO_RESOURCES;
  }

  #taker(
    agentId: string,
    agent: AgentEntry,
    now: number,
  ): { frameworkId: string; role: string; resources: Resources } | undefined {
    let end = Number.POSITIVE_INFINITY;
    for (const [frameworkId, framework, role] of this.#candidates(agent)) {
      const resources = offerable(agent.free, role);
      if (isEmpty(resources)) continue;
      const until = refusedUntil(framework.filters, role, agentId, resources, now);
      if (until === undefined) return { frameworkId, role, resources };
      end = Math.min(end, until);
    }
    if (end < Number.POSITIVE_INFINITY) {
      this.#refused.set(agentId, end);
      this.#firstEnd = Math.min(this.#firstEnd, end);
    }
    return undefined;
  }

  #candidates(agent: AgentEntry): [string, FrameworkEntry, string][] {
    const candidates: [string, FrameworkEntry, string][] = [];
    for (const [frameworkId, framework] of this.#frameworks) {
      if (!framework.active || (agent.hasGpus && !framework.gpus)) continue;
      if (agent.region !== this.#region && agent.region !== undefined && !framework.regionAware) continue;
      for (const role of framework.roles) {
        if (!framework.suppressed.has(role)) candidates.push([frameworkId, framework, role]);
      }
    }
    if (candidates.length < 2) return candidates;
    const share = (shares: Shares | undefined): number => dominantShare(shares, this.#total);
    return candidates.sort(
      ([, a, roleA], [, b, roleB]) =>
        share(this.#roles.get(roleA)) - share(this.#roles.get(roleB)) ||
        share(a.allocated) - share(b.allocated),
    );
  }

  #count(frameworkId: string, role: string, resources: Resources, sign: 1 | -1): void {
    const framework = this.#frameworks.get(frameworkId);
    if (framework !== undefined) count(framework.allocated, resources, sign);
    const shares = this.#roles.get(role) ?? new Map<string, number>();
    this.#roles.set(role, shares);
    count(shares, resources, sign);
  }

  #lookAtAll(): void {
    for (const agentId of this.#agents.keys()) this.#changed.add(agentId);
  }

  #endRefusals(now: number): void {
    this.#firstEnd = Number.POSITIVE_INFINITY;
    for (const [agentId, until] of this.#refused) {
      if (until <= now) {
        this.#refused.delete(agentId);
        this.#changed.add(agentId);
      } else this.#firstEnd = Math.min(this.#firstEnd, until);
    }
  }
}
