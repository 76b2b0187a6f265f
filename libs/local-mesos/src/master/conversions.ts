import type { OfferOperation, Resource } from '@carillon/mesos';
import { describeKind, kindOfMessage, type ResourceKind, keyOf, kindOf, isVolume } from './resource-kind.js';
import { contains, describe, NO_RESOURCES, parseResources, type Resources } from './resources.js';

/** What an operation makes of what: of the same names and amounts, so it changes nothing in what anybody has. */
export interface Conversion {
  readonly from: Resources;
  readonly to: Resources;
}

export interface ConversionContext {
  /** Of the offer. */
  readonly role: string;
  readonly available: Resources;
  /** Of the framework. */
  readonly principal: string | undefined;
  /** All that the agent has. */
  readonly total: Resources;
  /** As Mesos names the agent: what most of its sentences end in. */
  readonly agent: string;
}

type Checked = Conversion | { readonly error: string };

/** RESERVE, UNRESERVE, CREATE or DESTROY as Mesos checks them; the error is its sentence. */
export function conversionOf(operation: OfferOperation, context: ConversionContext): Checked {
  switch (operation.type) {
    case 'RESERVE':
      return reserve(operation.reserve.resources, context);
    case 'UNRESERVE':
      return unreserve(operation.unreserve.resources, context);
    case 'CREATE':
      return create(operation.create.volumes, context);
    case 'DESTROY':
      return destroy(operation.destroy.volumes, context);
    default:
      return { error: `${operation.type} is not implemented by local Mesos` };
  }
}

function reserve(messages: readonly Resource[], context: ConversionContext): Checked {
  const { role, principal } = context;
  return checked(
    messages,
    context,
    (kind, shown) => {
      if (kind.dynamic === undefined) return `Resource ${shown} is not dynamically reserved`;
      const other = kind.dynamic.principal;
      if (principal !== undefined && other === undefined) {
        return `A reserve operation was attempted by principal '${principal}', but there is a reserved resource in the request with no principal set`;
      }
      if (principal !== undefined && other !== principal) {
        return `A reserve operation was attempted by authenticated principal '${principal}', which does not match a reserved resource in the request with principal '${other}'`;
      }
      if (kind.reservedFor === role) return undefined;
      return `A reserve operation was attempted for a resource with role '${kind.reservedFor}', but the resource was allocated to role '${role}'`;
    },
    (asked) => ({ from: mapped(asked, unreserved), to: asked }),
  );
}

function unreserve(messages: readonly Resource[], context: ConversionContext): Checked {
  return checked(
    messages,
    context,
    ({ dynamic, volume }, shown) => {
      if (dynamic === undefined) return `Resource ${shown} is not dynamically reserved`;
      if (volume === undefined) return undefined;
      return `A dynamically reserved persistent volume ${shown} cannot be unreserved directly. Please destroy the persistent volume first then unreserve the resource`;
    },
    (asked) => ({ from: asked, to: mapped(asked, unreserved) }),
  );
}

function create(messages: readonly Resource[], context: ConversionContext): Checked {
  const { principal, total, role } = context;
  const invalid = messages.map(invalidDisk).find((why) => why !== undefined);
  if (invalid !== undefined)
    return { error: `Invalid resources: Invalid DiskInfo: ${invalid}; on ${context.agent}` };
  const ids = new Set(volumesOf(total, role));
  return checked(
    messages,
    context,
    ({ volume }, shown) => {
      if (volume === undefined) return notAVolume(shown);
      if (ids.has(volume.id)) return `Persistence ID '${volume.id}' is not unique`;
      ids.add(volume.id);
      if (principal === undefined || volume.principal === principal) return undefined;
      return volume.principal === undefined
        ? `Create volume operation attempted by principal '${principal}', but there is a volume in the operation with no principal set in 'disk.persistence'`
        : `Create volume operation attempted by authenticated principal '${principal}', which does not match a volume in the operation with principal '${volume.principal}' set in 'disk.persistence'`;
    },
    (asked) => ({ from: mapped(asked, withoutVolume), to: asked }),
  );
}

function destroy(messages: readonly Resource[], context: ConversionContext): Checked {
  const { total, available } = context;
  return checked(
    messages,
    { ...context, shownRole: undefined },
    (kind, shown, asked) => {
      if (kind.volume === undefined) return notAVolume(shown);
      if (!contains(total, asked)) return 'Persistent volumes not found';
      return contains(available, asked) ? undefined : 'Persistent volumes in use';
    },
    (asked) => ({ from: asked, to: mapped(asked, withoutVolume) }),
  );
}

/** One after the other, then that they are there. */
function checked(
  messages: readonly Resource[],
  context: ConversionContext & { readonly shownRole?: string | undefined },
  refuse: (kind: ResourceKind, shown: string, asked: Resources) => string | undefined,
  convert: (asked: Resources) => Conversion,
): Checked {
  const { role, available, agent } = context;
  if (messages.length === 0) {
    return { error: `Invalid resources: The resources have multiple resource providers: ; on ${agent}` };
  }
  const all = parseResources(messages, role);
  if ('error' in all) return { error: `Operation attempted with invalid resources: ${all.error}` };
  for (const message of messages) {
    const asked = parseResources([message], role);
    const kind = kindOfMessage(message);
    const shownRole = 'shownRole' in context ? context.shownRole : role;
    const shown = `${describeKind(kind, shownRole)}:${message.scalar?.value ?? ''}`;
    const why = refuse(kind, shown, 'error' in asked ? NO_RESOURCES : asked);
    if (why !== undefined) return { error: `${why}; on ${agent}` };
  }
  const conversion = convert(all);
  if (contains(available, conversion.from)) return conversion;
  return { error: `${describe(available, role)} does not contain ${describe(conversion.from, role)}` };
}

function invalidDisk({ disk, role, reservations }: Resource): string | undefined {
  if (disk?.persistence === undefined) return undefined;
  const { id } = disk.persistence;
  if ((reservations ?? []).length === 0 && (role ?? '*') === '*') {
    return 'Persistent volumes cannot be created from unreserved resources';
  }
  if (disk.volume === undefined) return "Expecting 'volume' to be set for persistent volume";
  if (disk.volume.hostPath !== undefined) return "Expecting 'host_path' to be unset for persistent volume";
  const isBad = id === '' || id === '.' || id === '..' || id.includes('/');
  return isBad
    ? `Invalid persistence ID for persistent volume: '${id}' contains invalid characters`
    : undefined;
}

const notAVolume = (shown: string): string =>
  `Not a persistent volume: Resource ${shown} does not have DiskInfo`;

function volumesOf({ scalars }: Resources, role: string): string[] {
  return [...scalars.keys()].filter(isVolume).flatMap((key) => {
    const { volume, reservedFor } = kindOf(key);
    return volume === undefined || reservedFor !== role ? [] : [volume.id];
  });
}

function mapped({ scalars, ports }: Resources, change: (kind: ResourceKind) => ResourceKind): Resources {
  const changed = new Map<string, number>();
  for (const [key, value] of scalars) {
    const to = keyOf(change(kindOf(key)));
    changed.set(to, (changed.get(to) ?? 0) + value);
  }
  return { scalars: changed, ports };
}

export const unreserved = ({ name, volume }: ResourceKind): ResourceKind => ({
  name,
  ...(volume === undefined ? {} : { volume }),
});

const withoutVolume = ({ name, reservedFor, dynamic }: ResourceKind): ResourceKind => ({
  name,
  ...(reservedFor === undefined ? {} : { reservedFor }),
  ...(dynamic === undefined ? {} : { dynamic }),
});

/** What frameworks made of an agent's resources, by the conversion that makes it again. */
export function conversionsOf({ scalars }: Resources): Conversion {
  const own = new Map([...scalars].filter(([key]) => isConverted(key)));
  const to = { scalars: own, ports: [] };
  return { from: mapped(to, (kind) => original(kind)), to };
}

const isConverted = (key: string): boolean => {
  const { dynamic, volume } = kindOf(key);
  return dynamic !== undefined || volume !== undefined;
};

const original = (kind: ResourceKind): ResourceKind =>
  kind.dynamic === undefined ? withoutVolume(kind) : { name: kind.name };
