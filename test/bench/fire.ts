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

/** How long the bench keeps its hands off after the due instant: reading along would be part of what is measured. */
const HANDS_OFF_MS = 6_000;
const ROUNDS = ['first minute after start', 'second minute'] as const;

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
    // Due at the same two minutes: far enough away that all are armed by then.
    const dueAt = (Math.floor(Date.now() / MINUTE) + (JOBS > 2_000 ? 3 : 2)) * MINUTE;
    const minutes = ROUNDS.map((_, round) => new Date(dueAt + round * MINUTE).getUTCMinutes());
    const cron = `${minutes.join(',')} * * * *`;
    for (let at = 0; at < ids.length; at += 8) {
      await Promise.all(ids.slice(at, at + 8).map((id) => api.createJob({ id, cmd: 'true', cron })));
    }
    if (Date.now() > dueAt - 1_000) throw new Error('the jobs were created too late; use fewer');
    let read = 0;
    for (const [round, label] of ROUNDS.entries()) {
      const events = await eventsOfRound(api, dueAt + round * MINUTE, read);
      read = events.at(-1)?.position ?? read;
      console.log(`${JOBS} jobs due in the same second, ${label}; lag from the due instant in ms`);
      printHops(events, dueAt + round * MINUTE);
    }
    console.log('dkron 4.1 on such a machine, 1,000 jobs: p50 1,040–1,230, p99 2,090–2,210 (460–514 runs/s)');
    await carillon.interrupt();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function eventsOfRound(api: Api, dueAt: number, after: number): Promise<EventRow[]> {
  let lookAt = dueAt + HANDS_OFF_MS;
  return eventually(
    'all runs ended',
    async () => {
      if (Date.now() < lookAt) return undefined;
      lookAt = Date.now() + HANDS_OFF_MS;
      const events = await eventsAfter(api, after);
      return events.filter(({ type }) => type === 'carillon.RunEnded').length >= JOBS && events;
    },
    dueAt - Date.now() + 120_000,
  );
}

function printHops(events: readonly EventRow[], dueAt: number): void {
  const hops: readonly [string, string, string][] = [
    ['decided (RunDue appended)', 'carillon.RunDue', 'decidedAt'],
    ['queued', 'carillon.RunQueued', 'queuedAt'],
    ['launched', 'carillon.AttemptLaunched', 'launchedAt'],
    ['running', 'carillon.AttemptStarted', 'startedAt'],
    ['ended', 'carillon.RunEnded', 'endedAt'],
  ];
  for (const [label, type, field] of hops) {
    const lags = events.filter((event) => event.type === type).map(({ data }) => Number(data[field]) - dueAt);
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
}

async function eventsAfter(api: Api, start: number): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for (;;) {
    const after = rows.at(-1)?.position ?? start;
    const page = await api.expect<{ events: EventRow[] }>(200, 'GET', `/v2/events?after=${after}&limit=1000`);
    rows.push(...page.events);
    if (page.events.length < 1_000) return rows;
  }
}
