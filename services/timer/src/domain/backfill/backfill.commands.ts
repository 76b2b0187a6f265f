import type { RunOutcome } from '@carillon/contracts';
import type { BackfillStarted } from './backfill.events.js';

export interface StartBackfill extends Omit<BackfillStarted['data'], 'startedAt'> {
  readonly type: 'StartBackfill';
  readonly now: number;
}

export interface EndBackfillRun {
  readonly type: 'EndBackfillRun';
  readonly runId: string;
  readonly outcome: RunOutcome | 'skipped';
  /** The run was not admitted because its job is gone: no other would be. */
  readonly jobRemoved?: boolean;
  readonly now: number;
}

export interface CancelBackfill {
  readonly type: 'CancelBackfill';
  readonly now: number;
}

export type BackfillCommand = StartBackfill | EndBackfillRun | CancelBackfill;
