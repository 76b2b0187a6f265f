import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const TICKS_PER_SECOND = 100;

/** These processes and all that they started (Linux). */
export async function descendants(roots: readonly number[]): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number((await statOf(Number(name)))[1]));
  }
  const found = new Set(roots);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Seconds of processor time that one process has used. */
export async function cpuSeconds(pid: number): Promise<number> {
  return seconds((await statOf(pid)).slice(11, 13));
}

/** As above, with all that it started, also what of that has ended. */
export async function cpuSecondsOfAll(root: number): Promise<number> {
  const stats = await Promise.all((await descendants([root])).map(statOf));
  return seconds(stats.flatMap((fields) => fields.slice(11, 15)));
}

/** Returns when the process has used less than a tenth of a core for a second, or after a minute. */
export async function idle(pid: number): Promise<void> {
  for (let [before, looks] = [await cpuSeconds(pid), 60]; looks > 0; looks--) {
    await setTimeout(1_000);
    const now = await cpuSeconds(pid);
    if (now - before < 0.1) return;
    before = now;
  }
}

const seconds = (ticks: readonly string[]) =>
  ticks.reduce((sum, field) => sum + Number(field), 0) / TICKS_PER_SECOND;

/** The fields of /proc/<pid>/stat after the program's name; none when it is gone. */
async function statOf(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
