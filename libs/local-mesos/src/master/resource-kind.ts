import type { Labels, Resource } from '@carillon/mesos';

/**
 * What amounts may be added up: of the same name, reserved for the same role in the same way. A persistent volume is a
 * kind of its own, and only to be had as a whole.
 */
export interface ResourceKind {
  readonly name: string;
  readonly reservedFor?: string;
  /** Set where a framework has reserved it; otherwise the agent has. */
  readonly dynamic?: { readonly principal?: string; readonly labels?: Labels };
  readonly volume?: PersistentVolume;
}

export interface PersistentVolume {
  /** Unique per role of an agent. */
  readonly id: string;
  readonly principal?: string;
  readonly containerPath: string;
  readonly mode: 'RW' | 'RO';
}

type Rest = Pick<ResourceKind, 'dynamic' | 'volume'>;

/** `cpus`, `cpus(prod)`, and `disk(prod){…}` with the rest as JSON. */
export function keyOf({ name, reservedFor, dynamic, volume }: ResourceKind): string {
  const rest: Rest = {
    ...(dynamic === undefined ? {} : { dynamic }),
    ...(volume === undefined ? {} : { volume }),
  };
  if (dynamic !== undefined || volume !== undefined) {
    return `${name}(${reservedFor ?? ''})${JSON.stringify(rest)}`;
  }
  return reservedFor === undefined ? name : `${name}(${reservedFor})`;
}

export function nameOf(key: string): { readonly name: string; readonly reservedFor?: string } {
  const at = key.indexOf('(');
  if (at < 0) return { name: key };
  const reservedFor = key.slice(at + 1, key.indexOf(')', at));
  return { name: key.slice(0, at), ...(reservedFor === '' ? {} : { reservedFor }) };
}

export function kindOf(key: string): ResourceKind {
  const rest = key.indexOf('{');
  return rest < 0 ? nameOf(key) : { ...nameOf(key), ...(JSON.parse(key.slice(rest)) as Rest) };
}

export function isVolume(key: string): boolean {
  return key.endsWith('}') && kindOf(key).volume !== undefined;
}

/** Of a message; reservations within reservations are not known here. */
export function kindOfMessage({ name, role, reservation, reservations, disk }: Resource): ResourceKind {
  const refined = reservations?.at(-1);
  const unrefined = role === undefined || role === '*' || role === '' ? undefined : role;
  const reservedFor = refined?.role ?? unrefined;
  const dynamic = refined === undefined ? reservation : refined.type === 'DYNAMIC' ? refined : undefined;
  const { persistence, volume } = disk ?? {};
  return {
    name,
    ...(reservedFor === undefined ? {} : { reservedFor }),
    ...(dynamic === undefined
      ? {}
      : {
          dynamic: {
            ...(dynamic.principal === undefined ? {} : { principal: dynamic.principal }),
            ...(dynamic.labels === undefined ? {} : { labels: dynamic.labels }),
          },
        }),
    ...(persistence === undefined || volume === undefined
      ? {}
      : {
          volume: {
            ...persistence,
            containerPath: volume.containerPath,
            mode: volume.mode === 'RO' ? ('RO' as const) : ('RW' as const),
          },
        }),
  };
}

/** How it is reserved and used, for a message: frameworks with RESERVATION_REFINEMENT read reservations, older ones the role. */
export function messageOfKind(
  { reservedFor, dynamic, volume }: ResourceKind,
  isRefined: boolean,
): Partial<Resource> {
  const disk = volume === undefined ? {} : { disk: diskOf(volume) };
  if (reservedFor === undefined) return { ...(isRefined ? {} : { role: '*' }), ...disk };
  if (isRefined) {
    const type = dynamic === undefined ? ('STATIC' as const) : ('DYNAMIC' as const);
    return { reservations: [{ type, role: reservedFor, ...dynamic }], ...disk };
  }
  return { role: reservedFor, ...(dynamic === undefined ? {} : { reservation: dynamic }), ...disk };
}

function diskOf({ id, principal, containerPath, mode }: PersistentVolume): NonNullable<Resource['disk']> {
  return {
    persistence: { id, ...(principal === undefined ? {} : { principal }) },
    volume: { mode, containerPath },
  };
}

/** As Mesos prints it, without the amount. */
export function describeKind(kind: ResourceKind, allocatedTo: string | undefined): string {
  const { name, reservedFor, dynamic, volume } = kind;
  const allocated = allocatedTo === undefined ? '' : `(allocated: ${allocatedTo})`;
  const by = [
    ...(reservedFor === undefined ? [] : [dynamic === undefined ? 'STATIC' : 'DYNAMIC', reservedFor]),
    ...(dynamic?.principal === undefined ? [] : [dynamic.principal]),
  ];
  const reserved = by.length === 0 ? '' : `(reservations: [(${by.join(',')})])`;
  const used =
    volume === undefined ? '' : `[${volume.id}:${volume.containerPath}${volume.mode === 'RO' ? ':ro' : ''}]`;
  return `${name}${allocated}${reserved}${used}`;
}
