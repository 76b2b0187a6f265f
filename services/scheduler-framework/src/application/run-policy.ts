import type { ConcurrencyPolicy, RunSpec } from '@carillon/contracts';
import type { QueueRun } from '../domain/run/run.commands.js';

/** What a run takes from its revision when it is queued: it keeps that, whatever becomes of the job. */
export const policyOf = ({
  restart,
  retry,
  timeoutSeconds,
}: RunSpec): Pick<QueueRun, 'restart' | 'retry' | 'timeoutSeconds'> => ({
  restart,
  ...(retry === undefined ? {} : { retry }),
  ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
});

/** Of the policies only these make a run wait for others. */
export const overlapOf = (policy: ConcurrencyPolicy): Pick<QueueRun, 'overlap'> =>
  policy === 'QUEUE' || policy === 'REPLACE' ? { overlap: policy } : {};

/** Why a run that was replaced ended. */
export const replacedBy = (runId: string): string => `replaced by run ${runId}`;
