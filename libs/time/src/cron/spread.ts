import { hash } from 'node:crypto';

/** A number from 0 to `size - 1`, always the same for the same job and field. */
export type Spread = (field: string, size: number) => number;

/** Spreads by a hash of the job's id; the modulo's bias is far below 1 in a million. */
export const spreadBy =
  (seed: string): Spread =>
  (field, size) =>
    Number.parseInt(hash('sha256', `${field}\n${seed}`, 'hex').slice(0, 12), 16) % size;

/** Whether what an expression means depends on the job. */
export const isSpread = (cron: string): boolean => /(?:^|[\s,])[Hh](?=[\s,(/]|$)|~/.test(cron);
