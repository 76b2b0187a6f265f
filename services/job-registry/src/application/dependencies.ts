import type { ConnectedJob } from '@carillon/contracts';
import { invalid } from '@carillon/event-sourcing';
import type { Queries } from '@carillon/event-store';
import { refuseBadParents, refuseOrphans } from '../domain/dependency.rules.js';

/** Who depends on whom, as the streams of the jobs say. */
export interface DependencyBook {
  /** Those of these jobs that are in force. */
  jobs(from: Queries, ids: readonly string[]): Promise<ConnectedJob[]>;
  /** The jobs in force that have one of these for a parent. */
  childrenOf(from: Queries, ids: readonly string[]): Promise<ConnectedJob[]>;
  /** Runs the work while no dependency can change, in whatever instance. */
  alone<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
}

/** What is about to change. */
export interface DependencyChange {
  /** Jobs that come to have these parents. */
  readonly put?: readonly {
    readonly id: string;
    readonly dependencies: readonly { readonly id: string }[];
  }[];
  /** Jobs that go. */
  readonly remove?: readonly string[];
}

/** What one look at the graph may take in at most: beyond it a change is refused rather than judged by half of it. */
const MOST_JOBS = 20_000;

/** Keeps dependencies whole: every parent exists, and none is its own ancestor. */
export class Dependencies {
  readonly #book: DependencyBook;
  readonly #queries: Queries;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(book: DependencyBook, queries: Queries) {
    this.#book = book;
    this.#queries = queries;
  }

  /** Makes the change, once it is sure that every parent stays known and none becomes its own ancestor. */
  async keeping<T>({ put = [], remove = [] }: DependencyChange, change: () => Promise<T>): Promise<T> {
    const parents = new Map(put.map(({ id, dependencies }) => [id, dependencies.map((of) => of.id)]));
    if (remove.length === 0 && put.every(({ dependencies }) => dependencies.length === 0)) return change();
    const leaving = new Set(remove);
    return this.#inTurn(async (queries) => {
      if (remove.length > 0) {
        const left = (await this.#book.childrenOf(queries, remove)).filter(
          ({ jobId }) => !leaving.has(jobId),
        );
        for (const id of remove) {
          const children = left.filter((child) => (parents.get(child.jobId) ?? child.parents).includes(id));
          refuseOrphans(id, children.map(({ jobId }) => jobId).sort());
        }
      }
      const graph = await this.#ancestors(queries, parents, leaving);
      refuseBadParents(parents.keys(), graph);
      return change();
    });
  }

  /** All that is connected with those of these jobs that others depend on. */
  async connectedWith(ids: readonly string[]): Promise<ConnectedJob[]> {
    const known = new Map<string, ConnectedJob>();
    const asked = new Set(ids);
    let children = await this.#book.childrenOf(this.#queries, ids);
    while (children.length > 0) {
      for (const child of children) known.set(child.jobId, child);
      for (let up = unknownParents(known); up.length > 0; ) {
        const found = await this.#book.jobs(this.#queries, up);
        for (const job of found) known.set(job.jobId, job);
        up = found.length === 0 ? [] : unknownParents(known).filter((id) => !up.includes(id));
      }
      bounded(known.size);
      const open = [...known.keys()].filter((id) => !asked.has(id));
      for (const id of open) asked.add(id);
      children = open.length === 0 ? [] : await this.#book.childrenOf(this.#queries, open);
    }
    return [...known.values()];
  }

  /** As they will be: those jobs, the parents that they will have, and theirs in turn. */
  async #ancestors(queries: Queries, put: ReadonlyMap<string, string[]>, leaving: ReadonlySet<string>) {
    const graph = new Map<string, { readonly parents: readonly string[] }>(
      [...put].map(([id, parents]) => [id, { parents }]),
    );
    let open = unknownParents(graph);
    while (open.length > 0) {
      const found = (await this.#book.jobs(queries, open)).filter(({ jobId }) => !leaving.has(jobId));
      for (const job of found) graph.set(job.jobId, job);
      bounded(graph.size);
      const looked = open;
      open = unknownParents(graph).filter((id) => !looked.includes(id));
      if (found.length === 0) break;
    }
    return graph;
  }

  /** One at a time here, so that those who wait for their turn do not hold the connections that it takes. */
  #inTurn<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const mine = this.#turn.then(() => this.#book.alone(work));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

function unknownParents(graph: ReadonlyMap<string, { readonly parents: readonly string[] }>): string[] {
  const parents = new Set([...graph.values()].flatMap((job) => job.parents));
  return [...parents].filter((id) => !graph.has(id));
}

function bounded(jobs: number): void {
  if (jobs <= MOST_JOBS) return;
  throw invalid('dependenciesTooMany', `more than ${MOST_JOBS} jobs depend on each other`);
}
