import type { Restart } from '@carillon/contracts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 60_000;

/** How long after its n-th attempt a run waits for the next: 250 ms, doubling, at most a minute. */
export const retryDelayMs = (attempts: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 20));

/** As in Metronome, the deadline counts from when the run was queued and is looked at only when an attempt failed. */
export function mayRestart(restart: Restart, queuedAt: number, now: number): boolean {
  if (restart.policy !== 'ON_FAILURE') return false;
  const deadline = restart.activeDeadlineSeconds;
  return deadline === undefined || queuedAt + deadline * 1_000 > now;
}
