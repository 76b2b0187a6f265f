import { hash } from 'node:crypto';

/**
 * How much later than its due instant a run starts: 0 to `windowSeconds` (exclusive), in ms, spread evenly over jobs and
 * instants, and always the same for the same job (`seed`, its id) and instant. The due instant stays nominal.
 */
export function jitterMs(seed: string, dueAt: number, windowSeconds: number): number {
  if (!(windowSeconds > 0)) return 0;
  const bits = Number.parseInt(hash('sha256', `jitter\n${dueAt}\n${seed}`, 'hex').slice(0, 12), 16);
  return Math.floor((bits / 2 ** 48) * windowSeconds * 1000);
}
