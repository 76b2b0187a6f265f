import { readdir, readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready` or `stopping`. */
  readonly status: string;
}

const pidFile = (dataDir: string) => join(dataDir, 'postmaster.pid');

/** What `postmaster.pid` names, on its lines 1, 4 and 8, whether or not that process still lives. */
export async function namedProcess(dataDir: string): Promise<ServerProcess | undefined> {
  const lines = (await readFile(pidFile(dataDir), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 && port > 0 ? { pid, port, status: lines[7]?.trim() || 'starting' } : undefined;
}

/**
 * Whether a live process is the folder's server, and not a stranger that got the pid of one that was killed, or that did not
 * see the machine's restart (where there is /proc; elsewhere it is taken for it).
 */
export async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  if (name.trim() !== 'postgres') return false;
  // Root of a container may not look at it.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder === undefined || folder === (await realpath(dataDir));
}

/**
 * Puts a pid that no process has in the place of a stranger's: PostgreSQL does not start while the process lives that the file
 * names. The rest stays: by it a server knows whether backends of the one before it are left.
 */
export async function disown(dataDir: string): Promise<void> {
  const text = await readFile(pidFile(dataDir), 'utf8');
  await writeFile(pidFile(dataDir), text.replace(/^.*/, String(2 ** 31 - 1)));
}

/**
 * Tells a live process from its zombie and from a later one with the same pid (where there is /proc; elsewhere it is
 * its pid alone); undefined when there is none.
 */
export async function lifeOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return answersSignals(pid) ? String(pid) : undefined;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Fields 3 (state) and 22 (start time), counted after the command name, which may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return startTime === undefined || state === 'Z' || state === 'X' ? undefined : startTime;
}

/** Ends (SIGKILL) the processes of a PostgreSQL whose parent is gone that still are in its folder; where there is /proc. */
export async function endLeftBehind(dataDir: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const folder = await realpath(dataDir);
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) !== folder) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (!['postgres', 'initdb'].includes(name.trim())) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
