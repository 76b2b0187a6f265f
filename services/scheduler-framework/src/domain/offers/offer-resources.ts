import type { Offer, Resource } from '@carillon/mesos';
import { OfferPorts } from './offer-ports.js';
import { fits, type Quantities, SCALARS, type ScalarName, thousandths, units } from './quantities.js';

/** One offered scalar resource and what is left of it. */
interface Piece {
  readonly resource: Resource;
  left: number;
}

/**
 * The launchable scalars and ports of the offers of one agent, to be handed out piece by piece. What is reserved for us goes
 * first, so that unreserved resources stay for others. Revocable and shared resources and disks with an identity
 * (persistent volumes, mounts) are left alone. Mutable; lives for one plan.
 */
export class OfferResources {
  readonly #pieces: Record<ScalarName, Piece[]> = { cpus: [], mem: [], disk: [], gpus: [] };
  readonly #free: Record<ScalarName, number> = { cpus: 0, mem: 0, disk: 0, gpus: 0 };
  readonly #ports = new OfferPorts();

  constructor(offers: readonly Offer[]) {
    for (const resource of offers.flatMap((offer) => offer.resources)) {
      if (resource.name === 'ports' && isPlain(resource)) this.#ports.add(resource, isReserved(resource));
      const name = SCALARS.find((scalar) => scalar === resource.name);
      if (name === undefined || resource.scalar === undefined || !isPlain(resource)) continue;
      const left = thousandths(resource.scalar.value);
      this.#free[name] += left;
      const pieces = this.#pieces[name];
      if (isReserved(resource)) pieces.unshift({ resource, left });
      else pieces.push({ resource, left });
    }
  }

  /** Whether the agent has GPUs, taken or not. */
  get offersGpus(): boolean {
    return this.#pieces.gpus.length > 0;
  }

  get free(): Quantities {
    return this.#free;
  }

  get freePorts(): number {
    return this.#ports.free;
  }

  holds({ quantities, ports }: { readonly quantities: Quantities; readonly ports: number }): boolean {
    return fits(quantities, this.#free) && ports <= this.#ports.free;
  }

  /** Takes what it `holds`, as the caller has made sure of: the resources of a TaskInfo. */
  take({ quantities: need, ports }: { readonly quantities: Quantities; readonly ports: number }): Resource[] {
    const taken: Resource[] = ports > 0 ? this.#ports.take(ports) : [];
    for (const name of SCALARS) {
      let missing = need[name];
      for (const piece of this.#pieces[name]) {
        if (missing === 0) break;
        const part = Math.min(missing, piece.left);
        if (part === 0) continue;
        piece.left -= part;
        missing -= part;
        taken.push({ ...piece.resource, scalar: { value: units(part) } });
      }
      if (missing > 0) throw new Error(`took more ${name} than was offered`);
      this.#free[name] -= need[name];
    }
    return taken;
  }
}

const isPlain = (resource: Resource) =>
  resource.revocable === undefined && resource.shared === undefined && resource.disk === undefined;

const isReserved = (resource: Resource) =>
  (resource.reservations !== undefined && resource.reservations.length > 0) ||
  (resource.role !== undefined && resource.role !== '*');
