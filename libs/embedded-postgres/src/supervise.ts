import { type Backoff, backoffMs, pause } from '@carillon/service-runtime';

export interface Supervised {
  isRunning(): Promise<boolean>;
  /** Starts it again where it was; an error when that failed. */
  restart(): Promise<void>;
}

export interface SupervisionOptions {
  /** It was found gone, and will be started again now. */
  readonly onGone?: () => void;
  /** It was started again. */
  readonly onRestarted?: () => void;
  /** Called once, with the last error, when starting it again has failed too often; nothing is tried after that. */
  readonly onGivenUp: (error: Error) => void;
  /** How often it is looked at; 250 ms unless told. */
  readonly everyMs?: number;
  /** Restarts in a row at most, 8 unless told; one that lived for `settledMs` (60 s) ends the row. */
  readonly attempts?: number;
  readonly settledMs?: number;
  readonly backoff?: Backoff;
}

/** Watches a server until `stop`, and starts it again, backed off and not for ever, when it is gone. */
export function supervise(server: Supervised, options: SupervisionOptions): { stop(): Promise<void> } {
  const { everyMs = 250, attempts = 8, settledMs = 60_000 } = options;
  const backoff = options.backoff ?? { baseMs: 100, maxMs: 5_000 };
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = () => signal.aborted;

  async function watch(): Promise<void> {
    let row = 0;
    let startedAt = -Infinity;
    for (;;) {
      await pause(everyMs, signal);
      if (stopped()) return;
      if (await server.isRunning()) continue;
      if (performance.now() - startedAt > settledMs) row = 0;
      options.onGone?.();
      for (;;) {
        const error = await (row < attempts ? attempt() : new Error('it ends again and again'));
        row += 1;
        if (!error || stopped()) break;
        if (row >= attempts) {
          options.onGivenUp(error);
          return;
        }
        await pause(backoffMs(row, backoff), signal);
        if (stopped()) return;
      }
      startedAt = performance.now();
      if (!stopped()) options.onRestarted?.();
    }
  }

  function attempt(): Promise<Error | undefined> {
    return server.restart().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
  }

  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
