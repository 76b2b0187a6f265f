import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const TOLERANCE_MS = 3_000;
/** Linux reports start times in ticks of USER_HZ, which is 100 on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Whether the process of this pid was started with `argument`. Does not depend on the clock. */
export function runsWith(pid: number, argument: string): boolean {
  try {
    const command = existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
          encoding: 'utf8',
          timeout: 5_000,
        });
    return command.includes(argument);
  } catch {
    return false;
  }
}

/**
 * Whether the process of this container that had this pid at `startedAt` is still there, and not another with its number: by
 * its environment where that can be read, as the clock may have been set meanwhile, or else by when it started.
 */
export function isSameProcess(pid: number, startedAt: number, containerId: string): boolean {
  if (hasVariable(pid, `MESOS_CONTAINER_ID=${containerId}`)) return true; // a command may clear it
  const since = existsSync('/proc/self/stat') ? startTimeFromProc(pid) : startTimeFromPs(pid);
  return since !== undefined && Math.abs(since - startedAt) <= TOLERANCE_MS;
}

function hasVariable(pid: number, variable: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(variable);
  } catch {
    return false;
  }
}

function startTimeFromProc(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined; // ended; whoever should wait for it is gone
    const uptimeMs = Number(readFileSync('/proc/uptime', 'latin1').split(' ', 1)[0]) * 1000;
    return Date.now() - uptimeMs + (Number(fields[18]) / TICKS_PER_SECOND) * 1000;
  } catch {
    return undefined;
  }
}

function startTimeFromPs(pid: number): number | undefined {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5_000,
    });
    const at = Date.parse(started.trim());
    return Number.isNaN(at) ? undefined : at;
  } catch {
    return undefined;
  }
}
