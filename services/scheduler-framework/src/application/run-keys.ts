export interface RunRef {
  readonly uid: string;
  readonly runId: string;
}

/** A run's identity in one text; uids have no slash. */
export const runKey = ({ uid, runId }: RunRef): string => `${uid}/${runId}`;

export function runRef(key: string): RunRef {
  const slash = key.indexOf('/');
  return { uid: key.slice(0, slash), runId: key.slice(slash + 1) };
}

/** Not that of a run, whose ids are not empty: of the volumes of a job. */
export const volumesKey = (uid: string): string => runKey({ uid, runId: '' });

export const isVolumesKey = (key: string): boolean => key.endsWith('/');

/**
 * When it was due first, so that the streams of runs that begin together lie together in every index, and at its end,
 * however many there are by then: by job, each would be written to a page of its own.
 */
export const runStream = ({ uid, runId }: RunRef): string => `run-${runId}/${uid}`;
export const jobRunsStream = (uid: string): string => `jobRuns-${uid}`;
