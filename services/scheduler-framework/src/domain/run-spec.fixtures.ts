import type { RunSpec } from '@carillon/contracts';

/** A plain one for specs. */
export const runSpec = (changes: Partial<RunSpec> = {}): RunSpec => ({
  cpus: 0.01,
  mem: 32,
  disk: 0,
  gpus: 0,
  args: [],
  env: {},
  placement: { constraints: [] },
  artifacts: [],
  maxLaunchDelay: 3600,
  volumes: [],
  restart: { policy: 'NEVER' },
  secrets: {},
  networks: [],
  parameters: [],
  ...changes,
});
