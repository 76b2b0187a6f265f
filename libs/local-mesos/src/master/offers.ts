import type { Attribute, Filters, Offer } from '@carillon/mesos';
import type { Allocation, Allocator } from './allocator.js';
import { add, NO_RESOURCES, type Resources, subtract, toOffered } from './resources.js';

const DEFAULT_REFUSE_SECONDS = 5;
const MAX_REFUSE_SECONDS = 365 * 24 * 3600;

export interface OfferedAgent {
  readonly id: string;
  readonly hostname: string;
  readonly port: number;
  readonly ip: string;
  readonly attributes: readonly Attribute[];
}

/** Resources of accepted offers, less what was used of them so far. */
export interface TakenOffer extends Allocation {
  use(resources: Resources): void;
}

/** The offers that are out: each ends by being taken (accepted, declined) or withdrawn, once. */
export class Offers {
  readonly #allocator: Allocator;
  readonly #agent: OfferedAgent;
  readonly #prefix: string;
  readonly #out = new Map<string, Allocation>();
  #next = 0;

  constructor(allocator: Allocator, agent: OfferedAgent, prefix: string) {
    this.#allocator = allocator;
    this.#agent = agent;
    this.#prefix = prefix;
  }

  /** New offers by framework. */
  make(now: number): Map<string, Offer[]> {
    const made = new Map<string, Offer[]>();
    for (const allocation of this.#allocator.allocate(now)) {
      const id = `${this.#prefix}-O${this.#next}`;
      this.#next += 1;
      this.#out.set(id, allocation);
      const offers = made.get(allocation.frameworkId) ?? [];
      offers.push(this.#offer(id, allocation));
      made.set(allocation.frameworkId, offers);
    }
    return made;
  }

  take(offerId: string, frameworkId: string): Allocation | undefined {
    const allocation = this.#out.get(offerId);
    if (allocation?.frameworkId !== frameworkId) return undefined;
    this.#out.delete(offerId);
    return allocation;
  }

  /** All of them or, with Mesos's words for the reason, none: what was valid is then free again. */
  takeAll(offerIds: readonly string[], frameworkId: string): TakenOffer | { readonly error: string } {
    const taken = offerIds.map((id) => this.take(id, frameworkId));
    const valid = taken.filter((allocation) => allocation !== undefined);
    const missing = offerIds[taken.indexOf(undefined)];
    const [first] = valid;
    const error =
      missing !== undefined
        ? `Offer ${missing} is no longer valid`
        : first === undefined
          ? 'No offers specified'
          : mixed(valid);
    if (error !== undefined || first === undefined) {
      for (const allocation of valid) this.#allocator.recover(allocation);
      return { error: error ?? 'No offers specified' };
    }
    return new Taken(first, valid.map(({ resources }) => resources).reduce(add, NO_RESOURCES));
  }

  giveBack(offer: Allocation, filters: Filters | undefined): void {
    const { agentId, frameworkId, role, resources } = offer;
    const seconds = Math.min(filters?.refuseSeconds ?? DEFAULT_REFUSE_SECONDS, MAX_REFUSE_SECONDS);
    const refuse = seconds > 0 ? { until: performance.now() + seconds * 1000 } : undefined;
    this.#allocator.recover({ agentId, frameworkId, role, resources }, refuse);
  }

  /** Silently: the framework is not there to hear of it. */
  withdraw(frameworkId: string): void {
    for (const [id, allocation] of this.#out) {
      if (allocation.frameworkId !== frameworkId) continue;
      this.#out.delete(id);
      this.#allocator.recover(allocation);
    }
  }

  #offer(id: string, { agentId, frameworkId, role, resources }: Allocation): Offer {
    const { hostname, ip, port, attributes } = this.#agent;
    return {
      id: { value: id },
      frameworkId: { value: frameworkId },
      agentId: { value: agentId },
      hostname,
      url: { scheme: 'http', address: { hostname, ip, port }, path: '/slave(1)' },
      resources: toOffered(resources, role),
      attributes,
      executorIds: [],
      allocationInfo: { role },
    };
  }
}

class Taken implements TakenOffer {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly role: string;
  resources: Resources;

  constructor({ agentId, frameworkId, role }: Allocation, resources: Resources) {
    this.agentId = agentId;
    this.frameworkId = frameworkId;
    this.role = role;
    this.resources = resources;
  }

  use(resources: Resources): void {
    this.resources = subtract(this.resources, resources);
  }
}

function mixed(allocations: readonly Allocation[]): string | undefined {
  const [first] = allocations;
  const other = allocations.find(({ agentId, role }) => agentId !== first?.agentId || role !== first.role);
  if (other === undefined) return undefined;
  return other.agentId === first?.agentId
    ? `Aggregated offers must be allocated to the same role`
    : `Aggregated offers must belong to one single agent`;
}
