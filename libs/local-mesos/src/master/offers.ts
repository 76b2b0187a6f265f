import type { Event, Filters, Offer, Unavailability } from '@carillon/mesos';
import type { AgentNode } from '../agent/agent-node.js';
import type { Allocation, Allocator } from './allocator.js';
import { add, NO_RESOURCES, type Resources, subtract, toMessages } from './resources.js';

const DEFAULT_REFUSE_SECONDS = 5;
const MAX_REFUSE_SECONDS = 365 * 24 * 3600;

/** Resources of accepted offers, less what was used of them so far. */
export interface TakenOffer extends Allocation {
  use(resources: Resources): void;
  /** An operation has made something else of what it contains. */
  convert(from: Resources, to: Resources): void;
}

export interface OffersOptions {
  readonly allocator: Allocator;
  /** Of the ids. */
  readonly prefix: string;
  node(agentId: string): AgentNode | undefined;
  /** When the agent's machine is to be maintained. */
  unavailabilityOf(node: AgentNode): Unavailability | undefined;
  /** Whether the framework knows refined reservations. */
  isRefined(frameworkId: string): boolean;
}

interface Out extends Allocation {
  readonly offer: Offer;
}

/** The offers that are out: each ends by being taken (accepted, declined) or withdrawn, once. */
export class Offers {
  readonly #options: OffersOptions;
  readonly #allocator: Allocator;
  readonly #out = new Map<string, Out>();
  #next = 0;

  constructor(options: OffersOptions) {
    this.#options = options;
    this.#allocator = options.allocator;
  }

  /** Of offers and inverse offers. */
  nextId(): string {
    const id = `${this.#options.prefix}-O${this.#next}`;
    this.#next += 1;
    return id;
  }

  /** New offers by framework. */
  make(now: number): Map<string, Offer[]> {
    const made = new Map<string, Offer[]>();
    for (const allocation of this.#allocator.allocate(now)) {
      const node = this.#options.node(allocation.agentId);
      if (node === undefined) continue;
      const id = this.nextId();
      const offer = this.#offer(id, allocation, node);
      this.#out.set(id, { ...allocation, offer });
      const offers = made.get(allocation.frameworkId) ?? [];
      offers.push(offer);
      made.set(allocation.frameworkId, offers);
    }
    return made;
  }

  get all(): Iterable<Out> {
    return this.#out.values();
  }

  take(offerId: string, frameworkId: string): Allocation | undefined {
    const allocation = this.#out.get(offerId);
    if (allocation?.frameworkId !== frameworkId) return undefined;
    this.#out.delete(offerId);
    return allocation;
  }

  /** All of them or, with Mesos's words for the reason, none: what was valid is then free again. */
  takeAll(offerIds: readonly string[], frameworkId: string): TakenOffer | { readonly error: string } {
    const error = this.#invalid(offerIds, frameworkId);
    const taken = offerIds
      .map((id) => this.take(id, frameworkId))
      .filter((allocation) => allocation !== undefined);
    const [first] = taken;
    if (error === undefined && first !== undefined) {
      return new Taken(first, taken.map(({ resources }) => resources).reduce(add, NO_RESOURCES));
    }
    for (const allocation of taken) this.#allocator.recover(allocation);
    return { error: error ?? 'No offers specified' };
  }

  giveBack(offer: Allocation, filters: Filters | undefined): void {
    const { agentId, frameworkId, role, resources } = offer;
    const asked = filters?.refuseSeconds ?? DEFAULT_REFUSE_SECONDS;
    const seconds = asked < 0 ? DEFAULT_REFUSE_SECONDS : Math.min(asked, MAX_REFUSE_SECONDS);
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

  /** The agent has nothing to offer any more, or on other terms; the frameworks are to be told. */
  withdrawAgent(agentId: string): { readonly frameworkId: string; readonly event: Event }[] {
    return this.#rescind((out) => out.agentId === agentId);
  }

  /** The framework does not want offers of these roles any more. */
  withdrawRoles(frameworkId: string, isWanted: (role: string) => boolean): Event[] {
    return this.#rescind((out) => out.frameworkId === frameworkId && !isWanted(out.role)).map(
      ({ event }) => event,
    );
  }

  #rescind(which: (out: Out) => boolean): { readonly frameworkId: string; readonly event: Event }[] {
    const rescinded: { frameworkId: string; event: Event }[] = [];
    for (const [id, out] of this.#out) {
      if (!which(out)) continue;
      this.#out.delete(id);
      this.#allocator.recover(out);
      const event: Event = { type: 'RESCIND', rescind: { offerId: { value: id } } };
      rescinded.push({ frameworkId: out.frameworkId, event });
    }
    return rescinded;
  }

  #invalid(offerIds: readonly string[], frameworkId: string): string | undefined {
    const repeated = offerIds.find((id, n) => offerIds.indexOf(id) !== n);
    if (repeated !== undefined) return `Duplicate offer ${repeated} in offer list`;
    let first: Out | undefined;
    for (const id of offerIds) {
      const out = this.#out.get(id);
      if (out?.frameworkId !== frameworkId) return `Offer ${id} is no longer valid`;
      first ??= out;
      if (out.agentId !== first.agentId) {
        return `Aggregated offers must belong to one single agent. Offer ${id} uses agent ${out.agentId} and agent ${first.agentId}`;
      }
      if (out.role !== first.role) {
        return `Aggregated offers must be allocated to the same role. Offer ${id} uses role '${out.role}' but another is using role '${first.role}'`;
      }
    }
    return undefined;
  }

  #offer(id: string, { agentId, frameworkId, role, resources }: Allocation, node: AgentNode): Offer {
    const { hostname, ip, port, attributes, domain, number } = node;
    const unavailability = this.#options.unavailabilityOf(node);
    return {
      id: { value: id },
      frameworkId: { value: frameworkId },
      agentId: { value: agentId },
      hostname,
      url: { scheme: 'http', address: { hostname, ip, port }, path: `/slave(${number})` },
      ...(domain === undefined ? {} : { domain }),
      resources: toMessages(resources, { allocatedTo: role, refined: this.#options.isRefined(frameworkId) }),
      attributes,
      executorIds: [],
      ...(unavailability === undefined ? {} : { unavailability }),
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

  convert(from: Resources, to: Resources): void {
    this.resources = add(subtract(this.resources, from), to);
  }
}
