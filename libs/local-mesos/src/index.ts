export type {
  LocalAgent,
  LocalAgentOptions,
  LocalMaster,
  LocalMesos,
  LocalMesosLogger,
  LocalMesosOptions,
  LocalResources,
  SimulatedRun,
} from './options.js';
export { startLocalMesos } from './start-local-mesos.js';
export { type LauncherKind, preferredLauncher } from './launcher/launcher.js';
export { measureStartRate } from './launcher/start-rate.js';
