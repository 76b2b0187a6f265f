export {
  type LocalMesos,
  type LocalMesosLogger,
  type LocalMesosOptions,
  startLocalMesos,
} from './start-local-mesos.js';
export type { LauncherKind } from './launcher/launcher.js';
