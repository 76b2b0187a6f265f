import type { Range, Resource } from '@carillon/mesos';

/**
 * What an agent has or a task takes: scalars in thousandths (Mesos's own precision, so sums are exact) and
 * ports. Values are never negative; a name that is not there is zero.
 */
export interface Resources {
  readonly scalars: ReadonlyMap<string, number>;
  /** Disjoint, ascending. */
  readonly ports: readonly Range[];
}

export const NO_RESOURCES: Resources = { scalars: new Map(), ports: [] };

export function resourcesOf(
  scalars: Readonly<Record<string, number>>,
  ports: readonly Range[] = [],
): Resources {
  const entries = Object.entries(scalars).filter(([, value]) => thousandths(value) > 0);
  return { scalars: new Map(entries.map(([name, value]) => [name, thousandths(value)])), ports };
}

/** The error is Mesos's kind of sentence, for TASK_ERROR. */
export function parseResources(resources: readonly Resource[]): Resources | { readonly error: string } {
  const scalars = new Map<string, number>();
  let ports: readonly Range[] = [];
  for (const { name, type, scalar, ranges } of resources) {
    if (type === 'SCALAR' && scalar !== undefined) {
      if (!(scalar.value >= 0) || !Number.isFinite(scalar.value)) {
        return { error: `Task uses invalid resources: Invalid scalar resource: value < 0` };
      }
      scalars.set(name, (scalars.get(name) ?? 0) + thousandths(scalar.value));
    } else if (type === 'RANGES' && ranges !== undefined && name === 'ports') {
      ports = normalised([...ports, ...ranges.range]);
    } else return { error: `Task uses invalid resources: ${name} of type ${type}` };
  }
  return { scalars: nonZero(scalars), ports };
}

export function add(a: Resources, b: Resources): Resources {
  const scalars = new Map(a.scalars);
  for (const [name, value] of b.scalars) scalars.set(name, (scalars.get(name) ?? 0) + value);
  return { scalars, ports: normalised([...a.ports, ...b.ports]) };
}

/** Only for `contains(a, b)`. */
export function subtract(a: Resources, b: Resources): Resources {
  const scalars = new Map(a.scalars);
  for (const [name, value] of b.scalars) scalars.set(name, (scalars.get(name) ?? 0) - value);
  return { scalars: nonZero(scalars), ports: b.ports.reduce<readonly Range[]>(without, a.ports) };
}

export function contains(a: Resources, b: Resources): boolean {
  for (const [name, value] of b.scalars) if ((a.scalars.get(name) ?? 0) < value) return false;
  return b.ports.every((port) => a.ports.some(({ begin, end }) => begin <= port.begin && port.end <= end));
}

export function isEmpty(resources: Resources): boolean {
  return resources.scalars.size === 0 && resources.ports.length === 0;
}

/** As they are offered to a role: unreserved, allocated to it. */
export function toOffered({ scalars, ports }: Resources, role: string): Resource[] {
  const common = { role: '*', allocationInfo: { role } };
  const offered: Resource[] = [];
  if (ports.length > 0) offered.push({ name: 'ports', type: 'RANGES', ranges: { range: ports }, ...common });
  for (const [name, value] of scalars) {
    offered.push({ name, type: 'SCALAR', scalar: { value: value / 1000 }, ...common });
  }
  return offered;
}

/** As Mesos prints them in its messages. */
export function describe({ scalars, ports }: Resources, role: string): string {
  const allocated = `(allocated: ${role})`;
  const parts = [...scalars].map(([name, value]) => `${name}${allocated}:${value / 1000}`);
  if (ports.length > 0) {
    parts.unshift(`ports${allocated}:[${ports.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`);
  }
  return parts.length === 0 ? '{}' : parts.join('; ');
}

function thousandths(value: number): number {
  return Math.round(value * 1000);
}

function nonZero(scalars: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...scalars].filter(([, value]) => value > 0));
}

function normalised(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = merged.at(-1);
    if (last === undefined || range.begin > last.end + 1) merged.push(range);
    else merged[merged.length - 1] = { begin: last.begin, end: Math.max(last.end, range.end) };
  }
  return merged;
}

function without(ranges: readonly Range[], taken: Range): readonly Range[] {
  return ranges.flatMap(({ begin, end }) => {
    if (taken.end < begin || taken.begin > end) return [{ begin, end }];
    const left = begin < taken.begin ? [{ begin, end: taken.begin - 1 }] : [];
    return taken.end < end ? [...left, { begin: taken.end + 1, end }] : left;
  });
}
