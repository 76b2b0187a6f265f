import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres as startIn } from '@carillon/embedded-postgres';

export interface PostgresOptions {
  /** fsync as in production. Benches say true; tests leave it false and run faster. */
  durable?: boolean;
}

export interface PostgresServer {
  /** Connects to the database `postgres` as a superuser. */
  readonly url: string;
  /** Cuts every connection off, and comes back on the same port with the same data. */
  restart(whileDown?: () => Promise<void>): Promise<void>;
  /** Stops and removes the data. Safe to call twice. */
  stop(): Promise<void>;
}

const prefix = 'carillon-postgres-';

/** Starts a PostgreSQL of its own with its data below the system's temporary folder. */
export async function startPostgres({ durable = false }: PostgresOptions = {}): Promise<PostgresServer> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await chmod(folder, 0o755); // as root the server runs as another user
  const where = {
    dataDir: join(folder, 'data'),
    settings: {
      max_connections: '300',
      ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    },
  };
  let server = await startIn(where);
  let stopped: Promise<void> | undefined;
  return {
    url: server.url,
    async restart(whileDown) {
      await server.stop();
      await whileDown?.();
      server = await startIn({ ...where, port: server.port });
    },
    stop() {
      stopped ??= server.stop().then(() => rm(folder, { recursive: true, force: true }));
      return stopped;
    },
  };
}

/** A server outlives a parent that was killed. Ends those whose parent is gone; never one of a living parent. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const parent = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN;
    if (Number.isNaN(parent) || isAlive(parent)) continue;
    const data = join(tmpdir(), name, 'data');
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
    if (pid > 0 && (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === data)
      process.kill(pid, 'SIGQUIT');
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
