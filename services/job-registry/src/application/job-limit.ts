import { domainError } from '@carillon/event-sourcing';
import type { JobBook } from './job-book.js';

/** So old a count is counted again: meanwhile other instances may have created some, too. */
const COUNT_EVERY_MS = 10_000;

/** How many jobs there may be. Counting is not free, so several instances may overshoot by what they create in 10 s. */
export class JobLimit {
  readonly #book: Pick<JobBook, 'count'>;
  readonly #max: number | undefined;
  #jobs = 0;
  #countedAt = -Infinity;

  constructor(book: Pick<JobBook, 'count'>, max: number | undefined) {
    this.#book = book;
    this.#max = max;
  }

  /** Before there are `more`: those that are created less those that go with it. Throws `tooManyJobs`. */
  async makeRoom(more: number): Promise<void> {
    if (this.#max === undefined || more <= 0) return;
    if (performance.now() - this.#countedAt > COUNT_EVERY_MS || this.#jobs + more > this.#max) {
      this.#jobs = await this.#book.count();
      this.#countedAt = performance.now();
    }
    if (this.#jobs + more > this.#max) {
      throw domainError('tooManyJobs', `There may be ${this.#max} jobs, and there are ${this.#jobs}`, {
        max: this.#max,
      });
    }
    this.#jobs += more;
  }
}
