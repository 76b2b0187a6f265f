import { contains, type Resources } from './resources.js';

/** Not to be offered again to this role before `until`, unless there is more than this. */
interface Filter {
  readonly role: string;
  readonly resources: Resources;
  readonly until: number;
}

/** What a framework has refused, by agent. */
export type Filters = Map<string, Filter[]>;

/** Undefined: it may be offered. Filters that are over are dropped. */
export function refusedUntil(
  of: Filters,
  role: string,
  agentId: string,
  resources: Resources,
  now: number,
): number | undefined {
  const filters = of.get(agentId);
  if (filters === undefined) return undefined;
  const current = filters.filter(({ until }) => until > now);
  if (current.length === 0) of.delete(agentId);
  else if (current.length < filters.length) of.set(agentId, current);
  const refusing = current.filter((filter) => filter.role === role && contains(filter.resources, resources));
  return refusing.length === 0 ? undefined : Math.max(...refusing.map(({ until }) => until));
}
