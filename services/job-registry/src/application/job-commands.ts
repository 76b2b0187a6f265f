import { isCarillonError } from '@carillon/event-sourcing';
import type { Aggregates, Handled } from '@carillon/event-store';
import { currentTraceContext, type TraceContext } from '@carillon/service-runtime';
import type { JobCommand } from '../domain/job.commands.js';
import type { JobEvent } from '../domain/job.events.js';
import type { JobState } from '../domain/job.state.js';

type JobHandled = Handled<JobState, JobEvent>;

/** Says what to do once it is its turn; `now` is the database's clock. */
export type CommandAt = (now: number) => JobCommand;

interface Waiting {
  readonly id: string;
  readonly command: CommandAt;
  readonly metadata: TraceContext;
  readonly resolve: (handled: JobHandled) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_GROUP = 100;

/**
 * Handles commands in groups: those that arrive while a group is being written are the next one. A group costs one look
 * at the clock, one load, one append and so one sync of the disk, however many it has. Each command has an outcome of
 * its own.
 */
export class JobCommands {
  readonly #jobs: Aggregates<JobState, JobCommand, JobEvent>;
  readonly #now: () => Promise<number>;
  readonly #waiting: Waiting[] = [];
  #working = false;

  constructor(jobs: Aggregates<JobState, JobCommand, JobEvent>, now: () => Promise<number>) {
    this.#jobs = jobs;
    this.#now = now;
  }

  /** What is answered is on disk. Throws what the domain throws, and `unavailable`. */
  handle(id: string, command: CommandAt): Promise<JobHandled> {
    const { promise, resolve, reject } = Promise.withResolvers<JobHandled>();
    this.#waiting.push({ id, command, metadata: currentTraceContext(), resolve, reject });
    if (!this.#working) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, MAX_GROUP));
    this.#working = false;
  }

  async #settle(group: readonly Waiting[]): Promise<void> {
    try {
      const now = await this.#now();
      const orders = group.map(({ id, command, metadata }) => ({ id, command: command(now), metadata }));
      const outcomes = await this.#jobs.handleAll(undefined, orders);
      group.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error('a command without an outcome'));
        else if ('error' in outcome) reject(outcome.error);
        else resolve(outcome);
      });
    } catch (error) {
      if (isCarillonError(error, 'unavailable')) for (const { reject } of group) reject(error);
      else for (const one of group) await this.#settleAlone(one);
    }
  }

  /** Another instance changed one of the jobs, or one command fails as none should: the others need not suffer. */
  async #settleAlone({ id, command, metadata, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(await this.#jobs.handle(id, command(await this.#now()), { metadata }));
    } catch (error) {
      reject(error);
    }
  }
}
