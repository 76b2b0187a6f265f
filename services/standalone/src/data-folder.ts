import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  const lock = join(path, 'carillon.lock');
  try {
    await mkdir(path, { recursive: true });
    await takeLock(lock, path);
    await requireVersion(join(path, 'carillon.json'), path).catch(async (error: unknown) => {
      await rm(lock, { force: true });
      throw error;
    });
  } catch (error) {
    if (!isErrnoException(error)) throw error;
    throw unavailable(
      'dataFolderUnusable',
      `The data folder ${path} cannot be used: ${error.message}`,
      error,
    );
  }
  return {
    path,
    postgres: join(path, 'postgres'),
    mesos: join(path, 'mesos'),
    release: () => rm(lock, { force: true }),
  };
}

/** A lock comes into being with what it says: an empty one would be taken for one whose process is gone. */
async function takeLock(lock: string, path: string): Promise<void> {
  const own = `${lock}.${process.pid}`;
  await writeFile(own, `${process.pid} ${await processIdentity(process.pid)}`);
  try {
    await claim(lock);
    await removeLeftBehind(path);
  } finally {
    await rm(own, { force: true });
  }

  /**
   * Links `file`. One whose process is gone may be removed by whoever has claimed that: of two that find it only one
   * does, and not what the other has put in its place meanwhile.
   */
  async function claim(file: string): Promise<void> {
    while (!(await linked(own, file))) {
      const holder = await textOf(file);
      if (holder === undefined) continue;
      if (await isAlive(holder)) {
        throw unavailable(
          'dataFolderLocked',
          `The data folder ${path} is in use by process ${pidIn(holder)}: stop that one, or choose another folder with --data <folder>.`,
        );
      }
      const right = `${lock}.after-${createHash('sha256').update(holder).digest('hex').slice(0, 16)}`;
      await claim(right);
      if ((await textOf(file)) === holder) await rm(file, { force: true });
      await rm(right, { force: true });
    }
  }
}

const pidIn = (holder: string) => Number(holder.split(' ')[0]);

async function isAlive(holder: string): Promise<boolean> {
  const pid = pidIn(holder);
  return pid > 0 && holder === `${pid} ${await processIdentity(pid)}`;
}

function linked(own: string, file: string): Promise<boolean> {
  return link(own, file).then(
    () => true,
    (error: unknown) => unless(error, 'EEXIST', false),
  );
}

function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => unless(error, 'ENOENT', undefined));
}

/** `value` when that is what went wrong. */
function unless<T>(error: unknown, code: string, value: T): T {
  if (isErrnoException(error) && error.code === code) return value;
  throw error;
}

/** What processes have left that were killed while they took the folder. */
async function removeLeftBehind(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (!name.startsWith('carillon.lock.')) continue;
    const holder = await textOf(join(path, name));
    if (holder && !(await isAlive(holder))) await rm(join(path, name), { force: true });
  }
}

async function requireVersion(file: string, path: string): Promise<void> {
  const text = await textOf(file);
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
