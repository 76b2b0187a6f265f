import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres } from './server.js';
import { supervise } from './supervise.js';

const dist = new URL('../dist/index.js', import.meta.url);

describe('startPostgres', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-pg-'));
    await chmod(folder, 0o755);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('creates a cluster, adopts a running one, and starts a stopped one again', async () => {
    const dataDir = join(folder, 'postgres');
    const first = await startPostgres({ dataDir });
    expect(first.adopted).toBe(false);
    const second = await startPostgres({ dataDir });
    expect(second).toMatchObject({ adopted: true, url: first.url, pid: first.pid });
    await second.stop();
    await second.stop();
    const third = await startPostgres({ dataDir });
    expect(third.adopted).toBe(false);
    expect(third.pid).not.toBe(first.pid);
    process.kill(third.pid, 'SIGKILL');
    await expect.poll(() => isAlive(third.pid), { timeout: 10_000 }).toBe(false);
    await third.stop();
    const afterCrash = await startPostgres({ dataDir });
    expect(afterCrash.adopted).toBe(false);
    await afterCrash.stop();
  });

  it.runIf(process.platform === 'linux')('ends what a killed server has left behind', async () => {
    const dataDir = join(folder, 'postgres');
    const killed = await startPostgres({ dataDir });
    const connection = new Client({ connectionString: killed.url });
    connection.on('error', () => undefined);
    await connection.connect();
    const backend = (await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    if (backend === undefined) throw new Error('no backend');
    process.kill(backend, 'SIGSTOP'); // as one that waits for ever for a lock of another that was killed
    process.kill(killed.pid, 'SIGKILL');
    await expect.poll(() => isAlive(killed.pid), { timeout: 10_000 }).toBe(false);
    const server = await startPostgres({ dataDir });
    expect(server.adopted).toBe(false);
    await expect.poll(() => isAlive(backend), { timeout: 10_000 }).toBe(false);
    await connection.end().catch(() => undefined);
    await server.stop();
  });

  it.runIf(process.platform === 'linux')(
    'does not take a stranger for the server that was killed',
    async () => {
      const dataDir = join(folder, 'postgres');
      const killed = await startPostgres({ dataDir });
      const { uid, gid } = await stat(dataDir);
      const stranger = spawn('sleep', ['60'], { uid, gid });
      process.kill(killed.pid, 'SIGKILL');
      await expect.poll(() => isAlive(killed.pid), { timeout: 10_000 }).toBe(false);
      const pidFile = join(dataDir, 'postmaster.pid');
      await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(stranger.pid)));
      const server = await startPostgres({ dataDir });
      expect(server.adopted).toBe(false);
      await server.stop();
      expect(stranger.signalCode).toBe(null);
      stranger.kill('SIGKILL');
    },
  );

  it('waits for a server that is stopping', async () => {
    const dataDir = join(folder, 'postgres');
    const stopping = await startPostgres({ dataDir });
    const pidFile = join(dataDir, 'postmaster.pid');
    process.kill(stopping.pid, 'SIGSTOP'); // so that it is still there
    const text = await readFile(pidFile, 'utf8');
    await writeFile(pidFile, text.replace('ready', 'stopping'));
    const next = startPostgres({ dataDir });
    process.kill(stopping.pid, 'SIGINT');
    process.kill(stopping.pid, 'SIGCONT');
    const server = await next;
    expect(server.adopted).toBe(false);
    expect(server.pid).not.toBe(stopping.pid);
    await server.stop();
  });

  it.skipIf(!process.env['CI'] && !existsSync(dist))(
    'creates a cluster again when that was interrupted',
    async () => {
      const dataDir = join(folder, 'postgres');
      const child = spawn(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { startPostgres } from ${JSON.stringify(dist.href)};
        await startPostgres(${JSON.stringify({ dataDir })});`,
        ],
        { detached: true, stdio: 'ignore' },
      );
      await expect
        .poll(() => readdir(dataDir).catch(() => []), { interval: 5, timeout: 20_000 })
        .toContain('PG_VERSION');
      process.kill(-(child.pid ?? 0), 'SIGKILL'); // initdb is in its group
      const server = await startPostgres({ dataDir });
      await server.stop();
    },
  );

  it('begins a new log where the last one is large', async () => {
    const dataDir = join(folder, 'postgres');
    const start = async () => (await startPostgres({ dataDir })).stop();
    await start();
    const sizes = () =>
      Promise.all(
        ['server.log', 'server.log.1'].map((name) =>
          stat(join(dataDir, name)).then(
            ({ size }) => size > 10_000_000,
            () => undefined,
          ),
        ),
      );
    await start();
    expect(await sizes()).toEqual([false, undefined]);
    await truncate(join(dataDir, 'server.log'), 10 * 1024 * 1024);
    await start();
    expect(await sizes()).toEqual([false, true]);
    // As after a power cut that undid the rename of the password, before the new log is there: it is no unfinished cluster.
    await rename(`${dataDir}.password`, `${dataDir}.password.new`);
    await rm(join(dataDir, 'server.log'));
    await expect(start()).rejects.toMatchObject({ code: 'postgresFolderUnusable' });
    await rename(`${dataDir}.password.new`, `${dataDir}.password`);
    await start();
  });

  it('starts nothing without the password', async () => {
    const dataDir = join(folder, 'postgres');
    await (await startPostgres({ dataDir })).stop();
    await rm(`${dataDir}.password`);
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({
      code: 'postgresFolderUnusable',
      message: expect.stringContaining(`${dataDir}.password`) as string,
    });
    expect(await readdir(dataDir)).not.toContain('postmaster.pid');
  });

  it('is started again where it was when it is killed under supervision', async () => {
    const server = await startPostgres({ dataDir: join(folder, 'postgres') });
    const { pid, port } = server;
    const restarted = Promise.withResolvers<true>();
    const supervision = supervise(server, {
      everyMs: 20,
      onRestarted: () => restarted.resolve(true),
      onGivenUp: restarted.reject,
    });
    process.kill(pid, 'SIGKILL');
    await restarted.promise;
    expect(server.pid).not.toBe(pid);
    expect(server).toMatchObject({ port });
    expect(await server.isRunning()).toBe(true);
    await supervision.stop();
    await server.stop();
    expect(await server.isRunning()).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)(
    'says the fix when root uses a folder that others may not enter',
    async () => {
      await chmod(folder, 0o700);
      await expect(startPostgres({ dataDir: join(folder, 'postgres') })).rejects.toMatchObject({
        code: 'postgresFolderUnreachable',
        message: expect.stringContaining('--database <url>') as string,
      });
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
