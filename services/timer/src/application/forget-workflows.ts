import { createLogger, type Loop, TurnLoop } from '@carillon/service-runtime';

const DAY_MS = 86_400_000;
const LOOKS_EVERY_MS = 3_600_000;
/** Short transactions with time between them, for relays wait for writers. */
const AT_ONCE = 500;
const BETWEEN_MS = 100;

export interface EndedWorkflows {
  /** Drops the states of at most `limit` that ended more than `olderThanMs` ago, the oldest first; says of how many. */
  forget(olderThanMs: number, limit: number): Promise<number>;
}

/**
 * Forgets the states of workflow runs that ended long ago, so that the table which clocks are claimed from, and the indexes
 * by which workflow runs are found, do not grow for ever. Their events stay.
 */
export class ForgetWorkflows implements Loop {
  readonly #loop: TurnLoop;

  constructor(workflows: EndedWorkflows, keptDays: number) {
    this.#loop = new TurnLoop({
      name: 'forgetting of workflow runs',
      log: createLogger('timer'),
      turn: async () =>
        (await workflows.forget(keptDays * DAY_MS, AT_ONCE)) < AT_ONCE ? LOOKS_EVERY_MS : BETWEEN_MS,
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}
