import type { PublicEvent } from '@carillon/contracts';
import { runKey } from './run-facts.js';

/** What is known of an attempt, from some of its events; merged in any order. */
export interface AttemptFacts {
  readonly uid: string;
  readonly runId: string;
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId?: string;
  readonly hostname?: string;
  readonly launchedAt?: number;
  readonly startedAt?: number;
  readonly sandbox?: string;
  /** The terminal Mesos TaskState. */
  readonly state?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly endedAt?: number;
}

/** What these events say of each attempt, one entry per attempt. */
export function attemptFactsOf(events: readonly PublicEvent[]): AttemptFacts[] {
  const attempts = new Map<string, AttemptFacts>();
  for (const { type, data } of events) {
    if (type !== 'AttemptLaunched' && type !== 'AttemptStarted' && type !== 'AttemptEnded') continue;
    const key = `${runKey(data)} ${data.attempt}`;
    attempts.set(key, { ...attempts.get(key), ...data });
  }
  return [...attempts.values()];
}
