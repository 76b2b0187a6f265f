import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, eventually } from '../e2e/support/api.js';
import { startStandalone } from '../e2e/support/standalone.js';
import { run as launcherRate } from './launcher.js';

const MINUTE = 60_000;
const JOBS = Number(process.env['BENCH_JOBS'] ?? 1_000);

interface EventRow {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Jobs that are due in the same second, standalone: lag from the due instant at each hop, beside the launcher alone. */
export async function run(): Promise<void> {
  await launcherRate();
  const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
  await chmod(folder, 0o755);
  try {
    // As much as the jobs ask for: what is measured is Carillon, not how many of them the machine is said to hold.
    const room = { CARILLON_LOCAL_CPUS: String(JOBS), CARILLON_LOCAL_MEM: String(JOBS * 64) };
    const carillon = await startStandalone({ dataDir: join(folder, 'data'), env: room });
    const api = new Api(carillon.apiUrl);
    const ids = Array.from({ length: JOBS }, (_, index) => `fire.job-${index}`);
    // Due once, at the same minute: far enough away that all are armed by then.
    const dueAt = (Math.floor(Date.now() / MINUTE) + (JOBS > 2_000 ? 3 : 2)) * MINUTE;
    const due = new Date(dueAt);
    const cron = `${due.getUTCMinutes()} ${due.getUTCHours()} ${due.getUTCDate()} ${due.getUTCMonth() + 1} *`;
    for (let at = 0; at < ids.length; at += 8) {
      await Promise.all(ids.slice(at, at + 8).map((id) => api.createJob({ id, cmd: 'true', cron })));
    }
    if (Date.now() > dueAt - 1_000) throw new Error('the jobs were created too late; use fewer');
    const ended = await eventually(
      'all runs ended',
      async () => {
        const events = Date.now() > dueAt ? await allEvents(api) : [];
        return events.filter(({ type }) => type === 'carillon.RunEnded').length >= JOBS && events;
      },
      dueAt - Date.now() + 120_000,
    );
    const hops: readonly [string, string, string][] = [
      ['decided (RunDue appended)', 'carillon.RunDue', 'decidedAt'],
      ['queued', 'carillon.RunQueued', 'queuedAt'],
      ['launched', 'carillon.AttemptLaunched', 'launchedAt'],
      ['running', 'carillon.AttemptStarted', 'startedAt'],
      ['ended', 'carillon.RunEnded', 'endedAt'],
    ];
    console.log(`${JOBS} jobs due in the same second; lag from the due instant in ms`);
    for (const [label, type, field] of hops) {
      const lags = ended
        .filter((event) => event.type === type)
        .map(({ data }) => Number(data[field]) - dueAt);
      lags.sort((a, b) => a - b);
      const at = (share: number) =>
        lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? Number.NaN;
      const first = lags[0] ?? 0;
      const last = lags.at(-1) ?? 0;
      const rate = last > first ? (lags.length / (last - first)) * 1_000 : Number.NaN;
      console.log(
        `  ${label.padEnd(26)} n ${lags.length}  first ${first}  p50 ${at(0.5)}  p99 ${at(0.99)}  max ${last}  (${rate.toFixed(0)}/s)`,
      );
    }
    console.log('dkron 4.1 on such a machine, 1,000 jobs: p50 1,040–1,230, p99 2,090–2,210 (460–514 runs/s)');
    await carillon.interrupt();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function allEvents(api: Api): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for (;;) {
    const after = rows.at(-1)?.position ?? 0;
    const page = await api.expect<{ events: EventRow[] }>(200, 'GET', `/v2/events?after=${after}&limit=1000`);
    rows.push(...page.events);
    if (page.events.length < 1_000) return rows;
  }
}
