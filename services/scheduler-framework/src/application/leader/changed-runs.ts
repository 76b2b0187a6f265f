import type { Logger } from '@carillon/service-runtime';
import type { KnownRun } from '../../domain/run/run.state.js';
import type { Recorded } from '../run-batch.js';
import { isVolumesKey, type RunRef, runRef, runStream } from '../run-keys.js';
import { type RunLedger, RUNS_CHANGED } from '../run-ledger.js';
import type { RunBook } from './run-book.js';

export interface ChangedRunsOptions {
  readonly ledger: RunLedger;
  readonly framework: string;
  readonly book: RunBook;
  readonly log: Logger;
  /** The runs in the book are up to date with what was changed. */
  readonly onRefreshed: () => void;
  /** The volumes of a job were changed, or of any when it is not said. */
  readonly onVolumesChanged: (uid: string | undefined) => void;
}

const AGAIN_MS = 1_000;

/** Keeps the book up to date with runs and volumes that another instance, or another door of this one, changed. */
export class ChangedRuns {
  readonly #o: ChangedRunsOptions;
  readonly #changed = new Set<string>();
  #listening: { close(): Promise<void> } | undefined;
  #stopped = false;

  constructor(options: ChangedRunsOptions) {
    this.#o = options;
  }

  /** Listens, then loads all that is active: nothing is missed in between. */
  async start(): Promise<void> {
    const { ledger, framework } = this.#o;
    const changed = this.#changed;
    this.#listening = await ledger.store.database.listen(RUNS_CHANGED, (key) => {
      changed.add(key);
      if (changed.size === 1) setImmediate(() => void this.#refresh(this.#take()));
    });
    await this.#load(await ledger.index.active(framework));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#listening?.close();
  }

  /** At all that is active: some of it may have been written without a word. */
  lookAgain(): void {
    void this.#refresh(['']);
  }

  #take(): readonly string[] {
    const taken = [...this.#changed];
    this.#changed.clear();
    return taken;
  }

  /** '' stands for any. */
  async #refresh(announced: readonly string[]): Promise<void> {
    const { ledger, framework, book, log, onRefreshed, onVolumesChanged } = this.#o;
    const keys = announced.filter((key) => !isVolumesKey(key));
    if (keys.length < announced.length || keys.includes('')) {
      for (const key of announced) onVolumesChanged(key === '' ? undefined : runRef(key).uid);
    }
    if (keys.length === 0) return;
    try {
      const rows = keys.includes('')
        ? await ledger.index.active(framework)
        : (await ledger.index.find(keys.map(runRef))).filter((row) => row.framework === framework);
      if (keys.includes('')) await this.#load([...book.all()].map(({ ref, trace }) => ({ ...ref, trace })));
      await this.#load(rows);
    } catch (error) {
      if (this.#stopped) return;
      log.warn({ err: error }, 'could not look at changed runs, again soon');
      setTimeout(() => void this.#refresh(keys), AGAIN_MS).unref();
      return;
    }
    onRefreshed();
  }

  async #load(rows: readonly (RunRef & { trace: Recorded['trace'] })[]): Promise<void> {
    const { ledger, book } = this.#o;
    await book.reading(async () => {
      const states = await ledger.store.loadStates(undefined, rows.map(runStream));
      return rows.flatMap(({ uid, runId, trace }) => {
        const found = states.get(runStream({ uid, runId }));
        if (!found) return [];
        return { ref: { uid, runId }, run: found.state as KnownRun, version: found.version, trace };
      });
    });
  }
}
