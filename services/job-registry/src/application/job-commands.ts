import { isCarillonError } from '@carillon/event-sourcing';
import type { Aggregates, Handled, Timed } from '@carillon/event-store';
import { currentTraceContext, Signal, type TraceContext } from '@carillon/service-runtime';
import type { JobCommand } from '../domain/job.commands.js';
import type { JobEvent } from '../domain/job.events.js';
import type { JobState } from '../domain/job.state.js';

type JobHandled = Handled<JobState, JobEvent>;

interface Waiting {
  readonly id: string;
  readonly command: Timed<JobCommand>;
  readonly metadata: TraceContext;
  readonly resolve: (handled: JobHandled) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_GROUP = 100;
const GATHER_MS = 2;

/**
 * Handles commands in groups: those that arrive while a group is being written are the next one. A group costs one load,
 * one append and so one sync of the disk, however many it has. Each command has an outcome of its own.
 *
 * Who was just answered often asks again at once. So the next group waits a moment for as many as were here together
 * when the last one ended; else the first to come again goes alone, and the others pay for a group of their own.
 */
export class JobCommands {
  readonly #jobs: Aggregates<JobState, JobCommand, JobEvent>;
  readonly #gatherMs: number;
  readonly #waiting: Waiting[] = [];
  readonly #gathered = new Signal();
  #working = false;
  #expected = 0;
  #gatherUntil = -Infinity;

  /** A group waits for more at most `gatherMs`. */
  constructor(jobs: Aggregates<JobState, JobCommand, JobEvent>, gatherMs = GATHER_MS) {
    this.#jobs = jobs;
    this.#gatherMs = gatherMs;
  }

  /** What is answered is on disk. Throws what the domain throws, and `unavailable`. */
  handle(id: string, command: Timed<JobCommand>): Promise<JobHandled> {
    const { promise, resolve, reject } = Promise.withResolvers<JobHandled>();
    this.#waiting.push({ id, command, metadata: currentTraceContext(), resolve, reject });
    if (!this.#working) void this.#work();
    else if (this.#waiting.length >= this.#expected) this.#gathered.notify();
    return promise;
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) {
      await this.#gather();
      const group = this.#waiting.splice(0, MAX_GROUP);
      await this.#settle(group);
      this.#expected = Math.min(group.length + this.#waiting.length, MAX_GROUP);
      this.#gatherUntil = performance.now() + this.#gatherMs;
    }
    this.#working = false;
  }

  async #gather(): Promise<void> {
    for (;;) {
      const leftMs = this.#gatherUntil - performance.now();
      if (leftMs <= 0 || this.#waiting.length >= this.#expected) return;
      await this.#gathered.wait(leftMs);
    }
  }

  async #settle(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#jobs.handleAll(undefined, group);
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
      resolve(await this.#jobs.handle(id, command, { metadata }));
    } catch (error) {
      reject(error);
    }
  }
}
