import type { ConnectedJob } from '@carillon/contracts';

/** Jobs that are connected by dependencies. */
export interface Component {
  /** The same for whoever looks at the same jobs. */
  readonly key: string;
  readonly jobs: readonly ConnectedJob[];
}

/** By job id. */
export function componentsOf(jobs: readonly ConnectedJob[]): Map<string, Component> {
  const neighbours = new Map<string, string[]>(jobs.map(({ jobId }) => [jobId, []]));
  for (const { jobId, parents } of jobs) {
    for (const parent of parents) {
      neighbours.get(jobId)?.push(parent);
      neighbours.get(parent)?.push(jobId);
    }
  }
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  const components = new Map<string, Component>();
  for (const { jobId } of jobs) {
    if (components.has(jobId)) continue;
    const members = reachable([jobId], (id) => neighbours.get(id) ?? [])
      .flatMap((id) => byId.get(id) ?? [])
      .sort((a, b) => (a.jobId < b.jobId ? -1 : 1));
    const component = { key: members.map(({ uid }) => uid).sort()[0] ?? '', jobs: members };
    for (const member of members) components.set(member.jobId, component);
  }
  return components;
}

/** The job and all that depend on it, over however many steps. */
export function withDescendants(jobId: string, jobs: readonly ConnectedJob[]): ConnectedJob[] {
  const children = new Map<string, string[]>();
  for (const { jobId: child, parents } of jobs) {
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const ids = new Set(reachable([jobId], (id) => children.get(id) ?? []));
  return jobs.filter((job) => ids.has(job.jobId));
}

function reachable(from: readonly string[], next: (id: string) => readonly string[]): string[] {
  const seen = new Set(from);
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const other of next(id)) {
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
  return [...seen];
}
