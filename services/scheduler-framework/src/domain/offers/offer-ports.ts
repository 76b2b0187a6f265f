import type { Resource } from '@carillon/mesos';

interface Piece {
  readonly resource: Resource;
  readonly ranges: { begin: number; end: number }[];
}

/** The offered ports of one agent, lowest first, those reserved for us before others. Mutable; lives for one plan. */
export class OfferPorts {
  readonly #pieces: Piece[] = [];
  #free = 0;

  add(resource: Resource, reserved: boolean): void {
    const ranges = (resource.ranges?.range ?? []).map(({ begin, end }) => ({ begin, end }));
    for (const { begin, end } of ranges) this.#free += end - begin + 1;
    if (reserved) this.#pieces.unshift({ resource, ranges });
    else this.#pieces.push({ resource, ranges });
  }

  get free(): number {
    return this.#free;
  }

  /** Takes so many, which the caller has compared with `free`. */
  take(count: number): Resource[] {
    const taken: Resource[] = [];
    let missing = count;
    for (const { resource, ranges } of this.#pieces) {
      const parts: { begin: number; end: number }[] = [];
      for (let first = ranges[0]; first !== undefined && missing > 0; first = ranges[0]) {
        const part = Math.min(missing, first.end - first.begin + 1);
        parts.push({ begin: first.begin, end: first.begin + part - 1 });
        first.begin += part;
        missing -= part;
        if (first.begin > first.end) ranges.shift();
      }
      if (parts.length > 0) taken.push({ ...resource, ranges: { range: parts } });
    }
    if (missing > 0) throw new Error('took more ports than were offered');
    this.#free -= count;
    return taken;
  }
}

/** The port numbers among the resources of a task, in order. */
export const portsOf = (resources: readonly Resource[]): number[] =>
  resources
    .filter(({ name }) => name === 'ports')
    .flatMap(({ ranges }) => ranges?.range ?? [])
    .flatMap(({ begin, end }) => Array.from({ length: end - begin + 1 }, (_, index) => begin + index));
