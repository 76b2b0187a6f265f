import { join } from 'node:path';
import { startLocalMesos } from '@carillon/local-mesos';

/**
 * A local Mesos of this process whose tasks are no processes: each ends on a timer. A file of its state would cost
 * what is measured some 8 % of two cores.
 */
export const simulatedMesos = (folder: string, jobs: number) =>
  startLocalMesos({
    ...{ dataDir: join(folder, 'mesos'), cpus: jobs, mem: jobs * 64 },
    keepState: false,
    simulate: () => ({ durationMs: 100 }),
  });

/** As much room as the jobs ask for: what is measured is Carillon, not how many of them the machine is said to hold. */
export const roomFor = (jobs: number): Record<string, string> => ({
  ...{ CARILLON_LOCAL_CPUS: String(jobs), CARILLON_LOCAL_MEM: String(jobs * 64) },
});

/** Tasks that are no processes do not slow each other down, so that none need wait for others. */
export const allAtOnce = (jobs: number): Record<string, string> => ({
  ...{ CARILLON_LAUNCH_WINDOW_INITIAL: String(jobs), CARILLON_LAUNCH_WINDOW_MAX: String(jobs) },
});
