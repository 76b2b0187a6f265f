/** Starts so many jobs that are all due at one instant, and answers how late each one began, in ms. */
export interface Peer {
  readonly name: string;
  /** Why it cannot take part, such as a program that is not installed. */
  readonly missing?: string;
  lags(jobs: number): Promise<number[]>;
}

/** Until this much after the last job was handed over nothing is due, so that handing over is no part of the lag. */
export const LEAD_MS = 3_000;

/** How long after the due instant a peer is given. */
export const PATIENCE_MS = 30_000;

/** Collects the lags of so many jobs; `all` settles when the last one began, or when patience ends. */
export function lagCollector(jobs: number, dueAt: () => number) {
  const lags: number[] = [];
  const { promise: all, resolve } = Promise.withResolvers<undefined>();
  return {
    began: () => {
      lags.push(Date.now() - dueAt());
      if (lags.length === jobs) resolve(undefined);
    },
    all: async () => {
      const late = setTimeout(resolve, dueAt() - Date.now() + PATIENCE_MS, undefined);
      await all;
      clearTimeout(late);
      return [...lags]; // a late one may still come in
    },
  };
}
