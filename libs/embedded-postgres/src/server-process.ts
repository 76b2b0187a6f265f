import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
}

/** What `postmaster.pid` names, on its lines 1 and 4, whether or not that process still lives. */
export async function namedProcess(dataDir: string): Promise<ServerProcess | undefined> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 && port > 0 ? { pid, port } : undefined;
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

/** Ends (SIGKILL) the processes of a PostgreSQL whose server is gone that still are in its folder; where there is /proc. */
export async function endLeftBehind(dataDir: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const folder = await realpath(dataDir);
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) !== folder) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'postgres') continue;
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
