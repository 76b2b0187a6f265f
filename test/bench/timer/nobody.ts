/** A registry for benches in which no run ends, so nobody asks it. */
export const NO_JOBS = {
  listConnectedJobs: () => Promise.resolve({ jobs: [] }),
  getJob: () => Promise.reject(new Error('no job was expected')),
  getRevision: () => Promise.reject(new Error('no job was expected')),
};
