/** Bodies as Metronome's clients send them, and as Metronome echoes them. */
export const run = (members: object = {}) => ({ cpus: 0.01, mem: 32, disk: 0, cmd: 'true', ...members });

export const container = (members: object) => ({ cpus: 0.01, mem: 32, disk: 0, ...members });

export const schedule = (members: object = {}) => ({ id: 'nightly', cron: '0 2 * * *', ...members });

/** A run in a container, with everything that Metronome makes explicit. */
export const echoedContainer = (members: object) => ({
  cpus: 0.01,
  mem: 32,
  disk: 0,
  gpus: 0,
  env: {},
  placement: { constraints: [] },
  artifacts: [],
  maxLaunchDelay: 3600,
  volumes: [],
  restart: { policy: 'NEVER' },
  secrets: {},
  networks: [],
  ...members,
});

/** A run of a command, likewise. */
export const echoedRun = (members: object = {}) => ({ ...echoedContainer({}), cmd: 'true', ...members });

export const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;
export const RUN_ID = /^\d{14}[0-9A-Za-z]{5}$/;
