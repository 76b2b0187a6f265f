import type { Offer, Resource } from '@carillon/mesos';
import { isLabelled, volumeResource } from '../volumes/persistent-volume.js';
import { OfferPorts } from './offer-ports.js';
import type { PlacementNeed, VolumesNeed } from './placement-need.js';
import { fits, type Quantities, SCALARS, type ScalarName, thousandths, units } from './quantities.js';

type ResourcesNeed = Pick<PlacementNeed, 'quantities' | 'ports' | 'volumes'>;

/** The resources of a TaskInfo, and which of them have to be reserved and created first. */
export interface Taken {
  readonly resources: readonly Resource[];
  readonly created: readonly Resource[];
}

/** One offered scalar resource and what is left of it. */
interface Piece {
  readonly resource: Resource;
  left: number;
}

/**
 * The launchable scalars and ports of the offers of one agent, to be handed out piece by piece. What is reserved for us goes
 * first, so that unreserved resources stay for others; volumes are made of unreserved disk. Revocable and shared
 * resources and disks with an identity are left alone, but for persistent volumes, for those who need just these.
 * Mutable; lives for one plan.
 */
export class OfferResources {
  readonly #pieces: Record<ScalarName, Piece[]> = { cpus: [], mem: [], disk: [], gpus: [] };
  readonly #free: Record<ScalarName, number> = { cpus: 0, mem: 0, disk: 0, gpus: 0 };
  readonly #ports = new OfferPorts();
  readonly #volumes = new Map<string, Resource>();

  constructor(offers: readonly Offer[]) {
    for (const resource of offers.flatMap((offer) => offer.resources)) {
      const persistenceId = resource.disk?.persistence?.id;
      if (persistenceId !== undefined) this.#volumes.set(persistenceId, resource);
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

  hasVolume(persistenceId: string): boolean {
    return this.#volumes.has(persistenceId);
  }

  /** Of which volumes may be made, in thousandths of MiB. */
  get unreservedDisk(): number {
    return this.#pieces.disk.reduce(
      (sum, { resource, left }) => (isReservable(resource) ? sum + left : sum),
      0,
    );
  }

  holds({ quantities, ports, volumes }: ResourcesNeed): boolean {
    return (
      fits(quantities, this.#free) &&
      ports <= this.#ports.free &&
      (volumes === undefined || this.#holdsVolumes(volumes, quantities.disk))
    );
  }

  #holdsVolumes({ wanted }: VolumesNeed, disk: number): boolean {
    if (!wanted.every(({ kept, persistenceId }) => kept === undefined || this.hasVolume(persistenceId))) {
      return false;
    }
    const made = diskToReserve(wanted);
    return made <= this.unreservedDisk && made + disk <= this.#free.disk;
  }

  /** Takes what it `holds`, as the caller has made sure of. */
  take({ quantities: need, ports, volumes }: ResourcesNeed): Taken {
    const resources: Resource[] = ports > 0 ? this.#ports.take(ports) : [];
    const created = volumes === undefined ? [] : this.#takeVolumes(volumes, resources);
    for (const name of SCALARS) resources.push(...this.#take(name, need[name]));
    return { resources, created };
  }

  #take(name: ScalarName, amount: number, of: (resource: Resource) => boolean = () => true): Resource[] {
    const taken: Resource[] = [];
    let missing = amount;
    for (const piece of this.#pieces[name]) {
      if (missing === 0) break;
      const part = of(piece.resource) ? Math.min(missing, piece.left) : 0;
      if (part === 0) continue;
      piece.left -= part;
      missing -= part;
      taken.push({ ...piece.resource, scalar: { value: units(part) } });
    }
    if (missing > 0) throw new Error(`took more ${name} than was offered`);
    this.#free[name] -= amount;
    return taken;
  }

  #takeVolumes({ uid, owner, wanted }: VolumesNeed, resources: Resource[]): Resource[] {
    const created: Resource[] = [];
    for (const volume of wanted) {
      const kept = this.#volumes.get(volume.persistenceId);
      if (kept !== undefined) {
        this.#volumes.delete(volume.persistenceId);
        resources.push(kept);
        continue;
      }
      const [disk] = this.#take('disk', thousandths(volume.size), isReservable);
      if (disk === undefined) throw new Error('a volume of no size');
      const made = volumeResource(volume, disk, owner, uid);
      created.push(made);
      resources.push(made);
    }
    return created;
  }
}

/** What has to be reserved for the volumes that are not there yet, in thousandths of MiB. */
export const diskToReserve = (wanted: VolumesNeed['wanted']): number =>
  wanted.reduce((sum, { kept, size }) => (kept === undefined ? sum + thousandths(size) : sum), 0);

const isPlain = (resource: Resource) =>
  resource.revocable === undefined &&
  resource.shared === undefined &&
  resource.disk === undefined &&
  !isLabelled(resource);

/** Nobody can reserve for `*`. */
const isReservable = (resource: Resource) =>
  !isReserved(resource) && (resource.allocationInfo?.role ?? '*') !== '*';

const isReserved = (resource: Resource) =>
  (resource.reservations !== undefined && resource.reservations.length > 0) ||
  (resource.role !== undefined && resource.role !== '*');
