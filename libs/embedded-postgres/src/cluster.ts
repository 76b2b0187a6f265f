import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unavailable } from '@carillon/event-sourcing';
import { endLeftBehind } from './server-process.js';
import type { ServerUser } from './server-user.js';

const run = promisify(execFile);

/** In the folder from the first start of a server on, or what it was renamed to is. */
export const SERVER_LOG = 'server.log';
const FORMER_LOG = `${SERVER_LOG}.1`;
const LARGE_LOG_BYTES = 10 * 1024 * 1024;

/** Beside the folder, readable only by the server's user: other local users must not be its superuser. */
const passwordFile = (dataDir: string) => `${dataDir}.password`;
/** So it is called until the cluster is whole. */
const unfinishedFile = (dataDir: string) => `${passwordFile(dataDir)}.new`;

/** The superuser's password. Creates the cluster where there is none, or where that was interrupted. */
export async function passwordOfCluster(
  dataDir: string,
  initdb: string,
  user: ServerUser | undefined,
): Promise<string> {
  try {
    const names = await readdir(dataDir);
    const started = names.includes(SERVER_LOG) || names.includes(FORMER_LOG);
    const interrupted = existsSync(unfinishedFile(dataDir)) && !started;
    if (interrupted) {
      await endLeftBehind(dataDir);
      for (const name of names)
        await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 });
    }
    if (interrupted || !names.includes('PG_VERSION')) await create(dataDir, initdb, user);
    return await readFile(passwordFile(dataDir), 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw unavailable(
      'postgresFolderUnusable',
      `The database in ${dataDir}, whose password is in ${passwordFile(dataDir)}, cannot be used: ${error.message}`,
      error,
    );
  }
}

/** Before a start of the server: nothing else ever makes its log smaller. Of the former ones the last is kept. */
export async function rotateLog(dataDir: string): Promise<void> {
  const log = join(dataDir, SERVER_LOG);
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size >= LARGE_LOG_BYTES) await rename(log, join(dataDir, FORMER_LOG));
}

async function create(dataDir: string, initdb: string, user: ServerUser | undefined): Promise<void> {
  const secret = unfinishedFile(dataDir);
  await writeFile(secret, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (user) await chown(secret, user.uid, user.gid);
  const flags = [
    '--auth=scram-sha-256',
    `--pwfile=${secret}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  await run(initdb, ['-D', dataDir, '-U', 'postgres', ...flags], {
    ...as,
    cwd: dataDir,
    timeout: 120_000,
  }).catch((error: unknown) => {
    throw unavailable(
      'postgresInitFailed',
      `A database could not be created in ${dataDir}: ${String(error)}`,
      error,
    );
  });
  await rename(secret, passwordFile(dataDir));
  // What is unfinished is done again: that it no longer is has to be on disk before anything else.
  const folder = await open(dirname(dataDir));
  await folder.sync().finally(() => folder.close());
}
