import type { Range, Resource } from '@carillon/mesos';
import {
  describeKind,
  isVolume,
  keyOf,
  kindOf,
  kindOfMessage,
  messageOfKind,
  nameOf,
  type ResourceKind,
} from './resource-kind.js';

/**
 * What an agent has or a task takes: scalars in thousandths (Mesos's own precision, so sums are exact) and
 * ports. Values are never negative; a name that is not there is zero. Scalars are by kind (resource-kind.ts), `cpus` or
 * `cpus(prod)`; ports are not reserved.
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

/** The error is Mesos's sentence, for TASK_ERROR. `role`: what they are allocated to. */
export function parseResources(
  resources: readonly Resource[],
  role = '*',
): Resources | { readonly error: string } {
  const scalars = new Map<string, number>();
  let ports: readonly Range[] = [];
  for (const resource of resources) {
    const { type, scalar, ranges, allocationInfo } = resource;
    const kind = kindOfMessage(resource);
    const invalid = invalidValue(resource) ?? invalidReservation(resource, kind);
    if (invalid !== undefined) {
      const shown = describeKind(kind, allocationInfo === undefined ? undefined : role);
      return { error: `Resource '${shown}:${invalid.shown}' is invalid: ${invalid.why}` };
    }
    const key = keyOf(kind);
    if (type === 'SCALAR') {
      const value = thousandths(scalar?.value ?? 0);
      if (value > 0) scalars.set(key, (scalars.get(key) ?? 0) + value);
    } else if (type === 'RANGES' && key === 'ports') ports = normalised([...ports, ...(ranges?.range ?? [])]);
    else {
      const shown = describeKind(kind, undefined);
      return { error: `Resource '${shown}' of type ${type} is not supported by local Mesos` };
    }
  }
  return { scalars, ports };
}

interface Invalid {
  readonly shown: string;
  readonly why: string;
}

function invalidValue({ type, scalar, ranges }: Resource): Invalid | undefined {
  if (type === 'SCALAR') {
    if (scalar === undefined) return { shown: '0', why: 'Invalid scalar resource' };
    if (scalar.value >= 0 && Number.isFinite(scalar.value)) return undefined;
    return { shown: String(scalar.value), why: 'Invalid scalar resource: value <= 0' };
  }
  const backwards = ranges?.range.find(({ begin, end }) => begin > end);
  if (backwards === undefined) return undefined;
  const shown = `[${backwards.begin}-${backwards.end}]`;
  return { shown, why: 'Invalid ranges resource: begin > end' };
}

function invalidReservation(
  { scalar }: Resource,
  { dynamic, reservedFor }: ResourceKind,
): Invalid | undefined {
  if (dynamic === undefined || reservedFor !== '*') return undefined;
  return { shown: String(scalar?.value), why: 'Invalid reservation: role "*" cannot be reserved' };
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
  for (const [key, value] of b.scalars) {
    const available = a.scalars.get(key) ?? 0;
    if (available < value || (available !== value && isVolume(key))) return false;
  }
  return b.ports.every((port) => a.ports.some(({ begin, end }) => begin <= port.begin && port.end <= end));
}

export function isEmpty(resources: Resources): boolean {
  return resources.scalars.size === 0 && resources.ports.length === 0;
}

/** What of it may be offered to a role: what is not reserved, or reserved for it or a role above it. */
export function offerable({ scalars, ports }: Resources, role: string): Resources {
  if (![...scalars.keys()].some((key) => key.includes('('))) return { scalars, ports };
  const mine = [...scalars].filter(([key]) => {
    const { reservedFor } = nameOf(key);
    return reservedFor === undefined || reservedFor === role || role.startsWith(`${reservedFor}/`);
  });
  return { scalars: new Map(mine), ports };
}

/** As the API tells them: allocated to a role, if one is given; `refined`: as reservations, else as role. */
export function toMessages(
  { scalars, ports }: Resources,
  how: { readonly allocatedTo?: string; readonly refined?: boolean },
): Resource[] {
  const { allocatedTo, refined = false } = how;
  const allocation = allocatedTo === undefined ? {} : { allocationInfo: { role: allocatedTo } };
  const messages: Resource[] = [];
  if (ports.length > 0) {
    const plain = messageOfKind({ name: 'ports' }, refined);
    messages.push({ name: 'ports', type: 'RANGES', ranges: { range: ports }, ...plain, ...allocation });
  }
  for (const [key, value] of scalars) {
    const kind = kindOf(key);
    const scalar = { value: value / 1000 };
    messages.push({
      name: kind.name,
      type: 'SCALAR',
      scalar,
      ...messageOfKind(kind, refined),
      ...allocation,
    });
  }
  return messages;
}

/** The sum over reservations, by name. */
export function amountsOf({ scalars }: Resources): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const [key, value] of scalars) {
    const { name } = nameOf(key);
    amounts[name] = (amounts[name] ?? 0) + value / 1000;
  }
  return amounts;
}

/** As Mesos prints them in its messages. */
export function describe({ scalars, ports }: Resources, role: string | undefined): string {
  const parts = [...scalars].map(([key, value]) => `${describeKind(kindOf(key), role)}:${value / 1000}`);
  if (ports.length > 0) {
    const ranges = ports.map(({ begin, end }) => `${begin}-${end}`).join(', ');
    parts.unshift(`${describeKind({ name: 'ports' }, role)}:[${ranges}]`);
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
