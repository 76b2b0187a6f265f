import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { unavailable } from '@carillon/event-sourcing';
import { processIdentity } from './process-identity.js';

/** Raised when what lies in the data folder changes so that older versions cannot read it. */
const DATA_VERSION = 1;

export interface DataFolder {
  readonly path: string;
  readonly postgres: string;
  readonly mesos: string;
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process alone. Throws `unavailable` when another live process has it
 * (`dataFolderLocked`), when a newer Carillon wrote it (`dataFolderNewer`) or when it cannot be written.
 */
export async function takeDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true });
    await takeLock(join(path, 'carillon.lock'), path);
  } catch (error) {
    if (!isErrnoException(error)) throw error;
    throw unavailable(
      'dataFolderUnusable',
      `The data folder ${path} cannot be used: ${error.message}`,
      error,
    );
  }
  try {
    await requireVersion(join(path, 'carillon.json'), path);
  } catch (error) {
    await rm(join(path, 'carillon.lock'), { force: true });
    throw error;
  }
  return {
    path,
    postgres: join(path, 'postgres'),
    mesos: join(path, 'mesos'),
    release: () => rm(join(path, 'carillon.lock'), { force: true }),
  };
}

async function takeLock(file: string, path: string): Promise<void> {
  const own = `${process.pid} ${await processIdentity(process.pid)}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(own);
      await handle.close();
      return;
    } catch (error) {
      if (!isErrnoException(error) || error.code !== 'EEXIST') throw error;
    }
    const holder = await readFile(file, 'utf8').catch(() => '');
    const pid = Number(holder.split(' ')[0]);
    if (pid > 0 && holder === `${pid} ${await processIdentity(pid)}`) {
      throw unavailable(
        'dataFolderLocked',
        `The data folder ${path} is in use by process ${pid}: stop that one, or choose another folder with --data <folder>.`,
      );
    }
    // Renaming first: of two processes that find the same stale lock, only one moves it away.
    await rename(file, `${file}.${randomUUID()}.stale`).catch(() => undefined);
    await removeStale(path);
  }
  throw unavailable('dataFolderLocked', `The data folder ${path} is being taken by another process.`);
}

async function removeStale(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (name.startsWith('carillon.lock.') && name.endsWith('.stale'))
      await rm(join(path, name), { force: true });
  }
}

async function requireVersion(file: string, path: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    // In one step: half a file would have the folder refused for ever.
    await writeFile(`${file}.new`, `${JSON.stringify({ dataVersion: DATA_VERSION })}\n`);
    await rename(`${file}.new`, file);
    return;
  }
  const version = versionIn(text);
  if (version === undefined) {
    throw unavailable(
      'dataFolderUnusable',
      `${file} does not say which version of Carillon the folder is of: choose another folder with --data <folder>.`,
    );
  }
  if (version <= DATA_VERSION) return;
  throw unavailable(
    'dataFolderNewer',
    `The data folder ${path} was written by a newer Carillon (data version ${version}, this one knows up to ${DATA_VERSION}): use that version, or another folder with --data <folder>.`,
  );
}

function versionIn(text: string): number | undefined {
  try {
    const { dataVersion } = JSON.parse(text) as { dataVersion?: unknown };
    return typeof dataVersion === 'number' ? dataVersion : undefined;
  } catch {
    return undefined;
  }
}

const isErrnoException = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;
