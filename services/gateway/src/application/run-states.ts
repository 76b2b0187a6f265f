import type { Run } from '@carillon/contracts';

/** A run that was told to stop counts as ended at once, though Mesos may still be at it. */
export const isActive = (run: Run) => run.status !== 'ended' && !run.stopRequested;

/** Whether it still waits for its first place. */
export const isWaiting = (run: Run) => isActive(run) && run.status === 'queued' && run.attempts.length === 0;
