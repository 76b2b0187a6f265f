import type { ListRunsRequest, ListRunsResponse, Run, RunRequest } from '@carillon/contracts';
import type { EventStore } from '@carillon/event-store';
import type { KnownRun } from '../domain/run/run.state.js';
import type { RunIndex, RunRow } from './run-index.js';
import { runStream } from './run-keys.js';
import { toStoppedRun } from './run-view.js';
import { runNotFound } from './stop-run.js';

/** Active runs, and ended ones until history has them. A run that was told to stop reads as the stop was answered. */
export class ReadRuns {
  readonly #store: EventStore;
  readonly #index: RunIndex;

  constructor(store: EventStore, index: RunIndex) {
    this.#store = store;
    this.#index = index;
  }

  async get({ uid, runId }: RunRequest): Promise<Run> {
    const [run] = await this.load(await this.#index.find([{ uid, runId }]));
    if (run === undefined) throw runNotFound(runId);
    return run;
  }

  async list({ uids, activeOnly }: ListRunsRequest): Promise<ListRunsResponse> {
    const runs = await this.load(await this.#index.list(uids, activeOnly));
    return { runs: activeOnly ? runs.filter(({ status }) => status !== 'ended') : runs };
  }

  /** In the order given. */
  async load(rows: readonly RunRow[]): Promise<Run[]> {
    if (rows.length === 0) return [];
    const states = await this.#store.loadStates(undefined, rows.map(runStream));
    return rows.flatMap((row) => {
      const found = states.get(runStream(row));
      return found ? [toStoppedRun(found.state as KnownRun)] : [];
    });
  }
}
