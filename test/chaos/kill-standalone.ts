import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, eventually } from '../e2e/support/api.js';
import { startStandalone } from '../e2e/support/standalone.js';

export interface KillReport {
  readonly seed: number;
  /** When the process was killed, after the due instant. */
  readonly killedAfterMs: number;
  /** Commands that had already run when it was killed, and in the end. */
  readonly ranBefore: number;
  readonly ran: number;
  /** Everything that contradicts "one run for each due instant, an outcome for each run, no command twice". */
  readonly violations: readonly string[];
}

const MINUTE = 60_000;

/**
 * Starts standalone in a new folder with `jobs` jobs that are due every minute, kills it with SIGKILL at a moment
 * between 0 and 4 s after they are due (a function of the seed), starts it again, and compares what the API says
 * with what the commands themselves wrote.
 */
export async function killStandalone(seed: number, jobs: number): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-kill-'));
  await chmod(folder, 0o755);
  const evidence = join(folder, 'evidence');
  await mkdir(evidence);
  const dataDir = join(folder, 'data');
  const killedAfterMs = Math.floor(random(seed) * 4_000);
  try {
    const first = await startStandalone({ dataDir });
    const api = new Api(first.apiUrl);
    const ids = Array.from({ length: jobs }, (_, index) => `kill.job-${index}`);
    await untilSecondsOfMinute(2, 40);
    for (const id of ids) {
      await api.createJob({
        id,
        cmd: `sleep 0.2; echo "$MESOS_TASK_ID" >> ${evidence}/${id}`,
        cron: '* * * * *',
      });
    }
    const dueAt = Math.ceil(Date.now() / MINUTE) * MINUTE;
    await untilInstant(dueAt + killedAfterMs);
    await first.kill9();
    const ranBefore = (await readdir(evidence)).length;

    const second = await startStandalone({ dataDir });
    const again = new Api(second.apiUrl);
    const violations: string[] = [];
    const instant = new Date(dueAt).toISOString().replace(/\D/g, '').slice(0, 14);
    for (const id of ids) {
      const entries = await eventually(
        `an outcome of ${id} for ${instant} (seed ${seed})`,
        async () => {
          const { history } = await again.job(id);
          const all = [...history.successfulFinishedRuns, ...history.failedFinishedRuns];
          const due = all.filter((entry) => entry.id.startsWith(instant));
          return due.length > 0 && due;
        },
        45_000,
      ).catch((error: unknown) => {
        violations.push(String(error));
        return [];
      });
      if (entries.length > 1) violations.push(`${id} has ${entries.length} runs for ${instant}`);
      const lines = (await readFile(join(evidence, id), 'utf8').catch(() => '')).split('\n');
      const ran = lines.filter((line) => line.includes(instant));
      if (ran.length !== 1) violations.push(`the command of ${id} ran ${ran.length} times for ${instant}`);
    }
    const ran = (await readdir(evidence)).length;
    await second.interrupt();
    return { seed, killedAfterMs, ranBefore, ran, violations };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function printKillReport(report: KillReport): void {
  const { seed, killedAfterMs, ranBefore, ran, violations } = report;
  console.log(
    `seed ${seed}: killed ${killedAfterMs} ms after the due instant, ${ranBefore} of ${ran} had run by then`,
  );
  for (const violation of violations) console.log(`  VIOLATION ${violation}`);
}

/** mulberry32: a number in [0, 1) from a seed. */
function random(seed: number): number {
  let t = (seed + 0x6d2b79f5) | 0;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

const untilInstant = (at: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));

/** Waits until the clock stands between the two seconds of a minute, so that what follows fits before the next one. */
async function untilSecondsOfMinute(from: number, to: number): Promise<void> {
  const at = Date.now() % MINUTE;
  if (at >= from * 1_000 && at <= to * 1_000) return;
  await untilInstant((at < from * 1_000 ? Date.now() - at : Date.now() - at + MINUTE) + from * 1_000);
}
