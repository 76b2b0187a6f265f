import { domainError, invalid } from '@carillon/event-sourcing';

/** Jobs as others depend on them, by id. */
export type DependencyGraph = ReadonlyMap<string, { readonly parents: readonly string[] }>;

/**
 * Refuses jobs whose parents do not exist (`dependenciesUnknown`), and those that depend, over however many steps, on
 * themselves (`dependenciesCyclic`). `graph` has these jobs as they are to be, the parents that exist, and all jobs that
 * these depend on.
 */
export function refuseBadParents(jobIds: Iterable<string>, graph: DependencyGraph): void {
  const ids = [...jobIds];
  for (const jobId of ids) {
    const unknown = (graph.get(jobId)?.parents ?? []).filter((id) => !graph.has(id));
    if (unknown.length === 0) continue;
    const message = `Dependencies contain unknown jobs. unknown=[${unknown.join(', ')}]`;
    throw invalid('dependenciesUnknown', message, { jobId, unknown });
  }
  const jobId = ownAncestor(ids, graph);
  if (jobId !== undefined) throw invalid('dependenciesCyclic', 'Dependencies have a cycle.', { jobId });
}

/** A job, among these and all that they depend on, that depends on itself. Goes up from each job once. */
function ownAncestor(ids: readonly string[], graph: DependencyGraph): string | undefined {
  const path = new Set<string>(); // from one of `ids` up to the job at hand
  const done = new Set<string>();
  const open = [...ids];
  for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
    if (done.has(id) || path.delete(id)) {
      done.add(id);
      open.pop();
      continue;
    }
    path.add(id);
    for (const parent of graph.get(id)?.parents ?? []) {
      if (path.has(parent)) return parent;
      open.push(parent);
    }
  }
  return undefined;
}

/** A job stays while others depend on it: what would make them due? */
export function refuseOrphans(jobId: string, children: readonly string[]): void {
  if (children.length === 0) return;
  const message = `There are jobs with a dependency on ${jobId}. children=[${children.join(', ')}]`;
  throw domainError('dependentJobs', message, { jobId, children });
}
