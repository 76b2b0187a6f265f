export {
  type LocalMesos,
  type LocalMesosLogger,
  type LocalMesosOptions,
  startLocalMesos,
} from './start-local-mesos.js';
export { type LauncherKind, preferredLauncher } from './launcher/launcher.js';
export { measureStartRate } from './launcher/start-rate.js';
