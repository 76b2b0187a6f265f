import { domainError, invalid } from '@carillon/event-sourcing';

/** Jobs as others depend on them, by id. */
export type DependencyGraph = ReadonlyMap<string, { readonly parents: readonly string[] }>;

/**
 * Refuses parents that do not exist (`dependenciesUnknown`), and those that depend, over however many steps, on the job
 * itself (`dependenciesCyclic`). `graph` has the job, the parents that
 * exist, and all jobs that these depend on.
 */
export function refuseBadParents(jobId: string, parents: readonly string[], graph: DependencyGraph): void {
  const unknown = parents.filter((id) => !graph.has(id));
  if (unknown.length > 0) {
    const message = `Dependencies contain unknown jobs. unknown=[${unknown.join(', ')}]`;
    throw invalid('dependenciesUnknown', message, { jobId, unknown });
  }
  const seen = new Set<string>();
  const open = [...parents];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === jobId) throw invalid('dependenciesCyclic', 'Dependencies have a cycle.', { jobId });
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(graph.get(id)?.parents ?? []));
  }
}

/** A job stays while others depend on it: what would make them due? */
export function refuseOrphans(jobId: string, children: readonly string[]): void {
  if (children.length === 0) return;
  const message = `There are jobs with a dependency on ${jobId}. children=[${children.join(', ')}]`;
  throw domainError('dependentJobs', message, { jobId, children });
}
