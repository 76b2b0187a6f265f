/** The category of this service's streams: one per job id. */
export const JOB = 'job';

/** Sorts by byte, as the ids do. */
export const streamOf = (jobId: string): string => `${JOB}-${jobId}`;
