import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join, resolve } from 'node:path';
import { unavailable } from '@carillon/event-sourcing';
import { pause } from '@carillon/service-runtime';
import { pidNamespace, processIdentity } from './process-identity.js';

/** Raised when what lies in the data folder changes so that older versions cannot read it. */
const DATA_VERSION = 1;
/** How often a lock shows that its process lives, to those who cannot see processes of its container or machine. */
const BEAT_MS = 1_000;
/** A lock of another container or machine that has shown no sign of life for so long is of none. */
const PATIENCE_MS = 10_000;

export interface DataFolder {
  readonly path: string;
  readonly postgres: string;
  readonly mesos: string;
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process alone. Throws `unavailable` when another live process has it
 * (`dataFolderLocked`), when a newer Carillon wrote it (`dataFolderNewer`) or when it cannot be written. Of a process of
 * another container or machine that takes up to 10 s to find out, which is said.
 */
export async function takeDataFolder(
  folder: string,
  say: (line: string) => void = () => undefined,
): Promise<DataFolder> {
  const path = resolve(folder);
  const lock = join(path, 'carillon.lock');
  let beating: NodeJS.Timeout;
  try {
    await mkdir(path, { recursive: true });
    beating = showLife(lock, await takeLock(lock, path, say));
    await requireVersion(join(path, 'carillon.json'), path).catch(async (error: unknown) => {
      clearInterval(beating);
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
    release() {
      clearInterval(beating);
      return rm(lock, { force: true });
    },
  };
}

/** Until it is taken over, as while this process was suspended. */
function showLife(lock: string, text: string): NodeJS.Timeout {
  const beat = async () => {
    if ((await textOf(lock)) !== text) clearInterval(beating);
    else await utimes(lock, new Date(), new Date());
  };
  const beating = setInterval(() => void beat().catch(() => undefined), BEAT_MS).unref();
  return beating;
}

/**
 * Answers what the lock says. It comes into being with that: an empty one would be taken for one whose process is gone.
 * A process that waits beside others for one of them gives its file another name than they do: in containers all may have pid 1.
 */
async function takeLock(lock: string, path: string, say: (line: string) => void): Promise<string> {
  const own = `${lock}.${randomUUID().slice(0, 8)}`;
  const text = [process.pid, await processIdentity(process.pid), await pidNamespace()].join(' ').trimEnd();
  await writeFile(own, text);
  try {
    await claim(lock);
    await removeLeftBehind(path);
    return text;
  } finally {
    await rm(own, { force: true });
  }

  /**
   * Links `file`. One whose process is gone may be removed by whoever has claimed that: of two that find it only one
   * does, and not what the other has put in its place meanwhile.
   */
  async function claim(file: string): Promise<void> {
    while (!(await linked(own, file))) {
      const held = await textOf(file);
      if (held === undefined) continue;
      const { pid, elsewhere, isAlive } = await holderOf(file, held);
      if (elsewhere) {
        const seconds = PATIENCE_MS / 1_000;
        say(
          `${path} has the lock of another ${elsewhere}: waiting up to ${seconds} s for a sign of life of it`,
        );
      }
      if (elsewhere ? await showsLife(file, held) : isAlive) {
        throw unavailable(
          'dataFolderLocked',
          `The data folder ${path} is in use by process ${pid}${elsewhere ? ` of another ${elsewhere}` : ''}: stop that one, or choose another folder with --data <folder>.`,
        );
      }
      const right = `${lock}.after-${createHash('sha256').update(held).digest('hex').slice(0, 16)}`;
      await claim(right);
      if ((await textOf(file)) === held) await rm(file, { force: true });
      await rm(right, { force: true });
    }
  }
}

interface Holder {
  readonly pid: number;
  /** Where it cannot be seen from here. */
  readonly elsewhere: 'container' | 'machine' | undefined;
  /** Nothing that can be seen of one that is elsewhere. */
  readonly isAlive: boolean;
}

async function holderOf(file: string, text: string): Promise<Holder> {
  const [, digits = '0', identity = '', namespace] = /^(\d+) (.*?)(?: (pid:\[\d+\]))?$/.exec(text) ?? [];
  const pid = Number(digits);
  const elsewhere = namespace === undefined ? undefined : await placeOf();
  const isAlive = !elsewhere && pid > 0 && identity === (await processIdentity(pid));
  return { pid, elsewhere, isAlive };

  async function placeOf(): Promise<Holder['elsewhere']> {
    if (bootIn(identity) === bootIn(await processIdentity(process.pid))) {
      return namespace === (await pidNamespace()) ? undefined : 'container';
    }
    // Nobody waits after a power cut: what showed life before this machine was started last was on it, or is long gone.
    const startedAt = Date.now() - uptime() * 1_000;
    return ((await changedAt(file)) ?? 0) < startedAt ? undefined : 'machine';
  }
}

const bootIn = (identity: string) => identity.split(':')[0];

async function showsLife(file: string, text: string): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS;
  const first = await changedAt(file);
  while (performance.now() < until) {
    await pause(BEAT_MS / 4);
    if ((await textOf(file)) !== text) return false; // whoever has it now is looked at next
    if ((await changedAt(file)) !== first) return true;
  }
  return false;
}

function changedAt(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    (error: unknown) => unless(error, 'ENOENT', undefined),
  );
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
    const text = await textOf(join(path, name));
    if (!text) continue;
    const { elsewhere, isAlive } = await holderOf(join(path, name), text); // who waits elsewhere shows no life yet
    if (!elsewhere && !isAlive) await rm(join(path, name), { force: true });
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
