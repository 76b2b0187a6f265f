import type { Restart, Retry, RunOutcome } from '@carillon/contracts';

/** What its revision says about the attempts of a run. */
export interface AttemptPolicy {
  readonly restart: Restart;
  /** Instead of `restart`. */
  readonly retry?: Retry;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 60_000;
const LONGEST_RETRY_DELAY_MS = 86_400_000;
const RETRIED_UNLESS_SAID: readonly string[] = ['failed', 'lost'];

/** How long after its n-th attempt a run waits for the next: 250 ms, doubling, at most a minute. */
export const restartDelayMs = (attempts: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 20));

/** As in Metronome, the deadline counts from when the run was queued and is looked at only when an attempt failed. */
export function mayRestart(restart: Restart, queuedAt: number, now: number): boolean {
  if (restart.policy !== 'ON_FAILURE') return false;
  const deadline = restart.activeDeadlineSeconds;
  return deadline === undefined || queuedAt + deadline * 1_000 > now;
}

/** `attempts`: those that count, the one that ended with `outcome` included. */
export function mayRetry({ limit, on }: Retry, outcome: RunOutcome, attempts: number): boolean {
  // Killed by nobody that asked us: the cluster took the task away.
  const kind = outcome === 'killed' ? 'lost' : outcome;
  return attempts <= limit && (on.length === 0 ? RETRIED_UNLESS_SAID : on).includes(kind);
}

/**
 * How long after its n-th attempt that counts a run waits for the next. `seed` decides the random share, so that the
 * same attempt waits equally long whoever decides.
 */
export function retryDelayMs(
  { delaySeconds, backoffFactor, maxDelaySeconds, jitter }: Retry,
  attempts: number,
  seed: string,
): number {
  const longest = Math.min(LONGEST_RETRY_DELAY_MS, (maxDelaySeconds ?? Infinity) * 1_000);
  const whole = Math.min(longest, delaySeconds * 1_000 * Math.max(1, backoffFactor) ** (attempts - 1));
  return Math.round(whole * (1 - Math.min(1, Math.max(0, jitter)) * fractionOf(seed)));
}

/** In [0, 1), a function of the text: FNV-1a, its bits mixed as MurmurHash3 ends. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
