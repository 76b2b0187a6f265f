import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unavailable } from '@carillon/event-sourcing';
import { pause } from '@carillon/service-runtime';
import { postgresBinaries } from './binaries.js';
import { passwordOfCluster, rotateLog, SERVER_LOG } from './cluster.js';
import {
  disown,
  endLeftBehind,
  isServerOf,
  lifeOf,
  namedProcess,
  type ServerProcess,
} from './server-process.js';
import { requireReachable, serverUser } from './server-user.js';
import type { Supervised } from './supervise.js';

const run = promisify(execFile);

export interface EmbeddedPostgres extends Supervised {
  /**
   * URL of its `postgres` database, with the password that was made up when it was created: through a socket in its
   * folder, which is cheaper than loopback, where the system can name one there (107 bytes).
   */
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  /** Whether a server that an earlier process had left running was taken over. */
  readonly adopted: boolean;
  /** Starts it again on its port after it was killed; adopts it when somebody else did. */
  restart(): Promise<void>;
  /** Fast shutdown; safe to call twice, and when it is gone already. */
  stop(): Promise<void>;
}

const START_TIMEOUT_SECONDS = 60;
const RETRY_MS = 200;
/** So long may backends of a killed server take to end by themselves. */
const LEFT_BEHIND_MS = 2_000;

/**
 * Creates (if the folder is new), starts or adopts the PostgreSQL server of `dataDir`.
 * `settings` are server parameters such as `{ shared_buffers: '64MB' }`.
 * Throws `unavailable` with one clear sentence when the server cannot run.
 */
export async function startPostgres(options: {
  dataDir: string;
  port?: number;
  settings?: Readonly<Record<string, string>>;
  /** `url` leads through a Unix socket where that is possible; else through loopback. */
  socket?: boolean;
}): Promise<EmbeddedPostgres> {
  const { dataDir } = options;
  const binaries = await postgresBinaries();
  const user = await serverUser();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (user) {
    await requireReachable(dataDir, user);
    await requireReachable(binaries.initdb, user);
    await chown(dataDir, user.uid, user.gid);
  }
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  const pgCtl = (...args: string[]) =>
    run(binaries.pgCtl, ['-D', dataDir, ...args], {
      ...as,
      cwd: dataDir,
      timeout: (START_TIMEOUT_SECONDS + 5) * 1000,
    });

  const password = await passwordOfCluster(dataDir, binaries.initdb, user);
  const running = await runningServer();
  let server = running ?? (await start());
  let life = await lifeOf(server.pid);
  const isRunning = async () => life !== undefined && (await lifeOf(server.pid)) === life;

  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(server.port),
    get pid() {
      return server.pid;
    },
    port: server.port,
    adopted: running !== undefined,
    isRunning,
    async restart() {
      if (stopped) return;
      server = (await runningServer()) ?? (await start(server.port));
      life = await lifeOf(server.pid);
    },
    stop: () => (stopped ??= stop()),
  };

  function urlOf(port: number): string {
    const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
    const socket = existsSync(join(dataDir, socketName(port)));
    return options.socket === true && socket ? `${url}?host=${encodeURIComponent(dataDir)}` : url;
  }

  async function stop(): Promise<void> {
    if (await isRunning()) await pgCtl('stop', '-m', 'fast', '-w', '-t', '30');
  }

  /** The server that already runs on the folder, if any; one that is starting or stopping is waited for. */
  async function runningServer(): Promise<ServerProcess | undefined> {
    const waited = stopwatch();
    for (;;) {
      const found = await namedProcess(dataDir);
      if (!found || (await lifeOf(found.pid)) === undefined) return undefined;
      if (!(await isServerOf(found.pid, dataDir))) {
        await disown(dataDir);
        return undefined;
      }
      if (found.status === 'ready') {
        return pgCtl('status').then(
          () => found,
          () => undefined,
        );
      }
      if (waited() > START_TIMEOUT_SECONDS * 1000) {
        const { pid, status } = found;
        throw unavailable(
          'postgresNotReady',
          `PostgreSQL in ${dataDir} (process ${pid}) is ${status} and does not get done with it.`,
        );
      }
      await pause(RETRY_MS);
    }
  }

  async function start(port = options.port): Promise<ServerProcess> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: mayHoldSocket(dataDir) ? dataDir : '',
      port: String(port ?? (await freePort())),
      ...options.settings,
    };
    const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    await startOnceFree(flags.join(' '));
    const started = await namedProcess(dataDir);
    if (!started)
      throw unavailable('postgresStartFailed', `PostgreSQL in ${dataDir} ended right after its start.`);
    return started;
  }

  /**
   * Backends outlive a server that was killed until they look at it again. One that waits for a lock of another that was
   * killed too never does: after a moment it is ended, as PostgreSQL's own hint has it.
   */
  async function startOnceFree(flags: string): Promise<void> {
    const logFile = join(dataDir, SERVER_LOG);
    const logged = () => readFile(logFile, 'utf8').catch(() => '');
    await rotateLog(dataDir);
    const waited = stopwatch();
    for (;;) {
      const before = (await logged()).length;
      try {
        await pgCtl('start', '-w', '-t', String(START_TIMEOUT_SECONDS), '-l', logFile, '-o', flags);
        return;
      } catch (error) {
        const log = (await logged()).slice(before).trim();
        const [held, started] = [log.includes(STILL_HELD), log.includes(ALREADY_THERE)];
        if ((held || started) && waited() < START_TIMEOUT_SECONDS * 1000) {
          if (await runningServer()) return;
          if (held && waited() > LEFT_BEHIND_MS) await endLeftBehind(dataDir);
          await pause(RETRY_MS);
          continue;
        }
        const last = log.split('\n').slice(-3).join(' | ');
        throw unavailable(
          'postgresStartFailed',
          `PostgreSQL in ${dataDir} does not start: ${last || String(error)}`,
          error,
        );
      }
    }
  }
}

/** What PostgreSQL says of a folder that a backend of a killed server still holds. */
const STILL_HELD = 'is still in use';
/** … and of one that a process which was killed had begun to start a server in. */
const ALREADY_THERE = 'lock file "postmaster.pid" already exists';

function stopwatch(): () => number {
  const began = performance.now();
  return () => performance.now() - began;
}

const socketName = (port: number) => `.s.PGSQL.${port}`;

/** The system names sockets with at most 107 bytes, and PostgreSQL's setting is a list with a syntax of its own. */
const mayHoldSocket = (folder: string) =>
  /^[\w./-]+$/.test(folder) && Buffer.byteLength(join(folder, socketName(65_535))) <= 107;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no address'));
      });
    });
  });
}
