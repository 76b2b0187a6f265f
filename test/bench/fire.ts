import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureStartRate, preferredLauncher } from '@carillon/local-mesos';
import { Api, eventually } from '../e2e/support/api.js';
import { childrenOf, postmasterOf } from '../e2e/support/processes.js';
import { cpuSeconds, cpuSecondsOfAll, idle } from '../e2e/support/processor-time.js';
import { startStandalone } from '../e2e/support/standalone.js';
import { createJobs, timeToCreate } from './fire/jobs.js';
import { measurePace } from './fire/pace.js';
import { measurePlace } from './fire/place.js';
import { twoRounds } from './fire/rounds.js';
import { allAtOnce, roomFor, simulatedMesos } from './fire/simulated-mesos.js';
import { describeMemory } from './start.js';

const JOBS = Number(process.env['BENCH_JOBS'] ?? 1_000);

interface EventRow {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Tasks that end on a timer instead of processes, in a local Mesos of the bench's own process. */
const SIMULATED = process.env['BENCH_SIMULATED'] === '1';

/** How long the bench keeps its hands off after the due instant: reading along would be part of what is measured. */
const HANDS_OFF_MS = Math.max(6_000, JOBS * (SIMULATED ? 1 : 4));
/** From one round to the next: until nothing is left to do and the events of the first are read. */
const GAP_MS = HANDS_OFF_MS + 10_000 + JOBS * 4;
const ROUNDS = ['first round after start', 'second round'] as const;

/**
 * Jobs that are due in the same second, standalone: lag from the due instant at each hop, and what it cost, beside the
 * launcher alone.
 */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
  await chmod(folder, 0o755);
  try {
    measurePlace(folder);
    await measurePace();
    const alone = SIMULATED ? undefined : await launcherAlone(folder);
    const mesos = SIMULATED ? await simulatedMesos(folder, JOBS) : undefined;
    const dataDir = join(folder, 'data');
    const carillon = await startStandalone({
      dataDir,
      env: { ...roomFor(JOBS), ...(SIMULATED ? allAtOnce(JOBS) : {}) },
      args: mesos ? ['--mesos', mesos.address] : [],
    });
    try {
      const processes = { node: carillon.process.pid ?? 0, postgres: await postmasterOf(dataDir) };
      await allRounds(new Api(carillon.apiUrl), processes, alone);
      console.log(
        'dkron 4.1 on such a machine, 1,000 jobs: p50 1,040–1,230, p99 2,090–2,210 (460–514 runs/s)',
      );
    } finally {
      await carillon.interrupt();
      await mesos?.stop({ killTasks: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function allRounds(api: Api, processes: Processes, alone: number | undefined): Promise<void> {
  const { cron, dueAt } = twoRounds((await timeToCreate(api, JOBS)) + Date.now(), GAP_MS);
  const began = performance.now();
  await createJobs(api, 'fire', JOBS, cron);
  console.log(`${JOBS} jobs created, ${Math.round((JOBS / (performance.now() - began)) * 1_000)}/s`);
  let read = 0;
  for (const [round, label] of ROUNDS.entries()) {
    const due = dueAt[round] ?? 0;
    if (Date.now() > due - 1_000)
      throw new Error('what comes before took too long: the machine has slowed down; try again');
    const { events, cost, memory } = await eventsOfRound(api, due, read, processes);
    read = events.findLast(({ type }) => type === 'carillon.RunDue')?.position ?? read; // the next round is decided after it
    console.log(`${JOBS} jobs due in the same second, ${label}; lag from the due instant in ms`);
    printHops(events, due);
    console.log(`  processor time per run: ${cost}; memory ${memory}`);
    if (alone !== undefined) printBeside(alone, events, due);
  }
}

async function launcherAlone(folder: string): Promise<number> {
  const rate = await measureStartRate(preferredLauncher(), JOBS, await mkdtemp(join(folder, 'launcher-')));
  console.log(`launcher alone: ${Math.round(rate)} starts/s`);
  return rate;
}

/** Starts a second from the due instant to the last start: all the way, against what starting alone comes to. */
function printBeside(alone: number, events: readonly EventRow[], due: number): void {
  const started = events.filter(({ type }) => type === 'carillon.AttemptStarted');
  const last = Math.max(...started.map(({ data }) => Number(data['startedAt'])));
  const rate = (started.length / (last - due)) * 1_000;
  console.log(`  from due: ${Math.round(rate)} starts/s, ${(rate / alone).toFixed(2)} of the launcher alone`);
}

interface Processes {
  readonly node: number;
  readonly postgres: number;
}

/** Milliseconds of each so far; the launcher's and the tasks' are what Node's children used. */
async function processorTime({ node, postgres }: Processes) {
  const ofNode = (await cpuSeconds(node)) * 1_000;
  const ofPostgres = (await cpuSecondsOfAll(postgres)) * 1_000;
  const launchers = await childrenOf(node);
  const used = await Promise.all(launchers.filter((pid) => pid !== postgres).map(cpuSecondsOfAll));
  return {
    Node: ofNode,
    PostgreSQL: ofPostgres,
    'launcher and tasks': used.reduce((a, b) => a + b, 0) * 1_000,
  };
}

async function eventsOfRound(api: Api, dueAt: number, after: number, processes: Processes) {
  await eventually('it is due', () => Promise.resolve(Date.now() > dueAt - 500), dueAt - Date.now() + 1_000);
  const before = await processorTime(processes);
  let cost: string | undefined;
  let memory: string | undefined;
  let lookAt = dueAt + HANDS_OFF_MS;
  const both = () => describeMemory(Object.values(processes));
  const events = await eventually(
    'all runs ended',
    async () => {
      if (Date.now() < lookAt) return undefined;
      cost ??= perRun(before, await processorTime(processes));
      memory ??= `${await both()}, once nothing is left to do ${await idle(processes.node).then(both)}`;
      lookAt = Date.now() + HANDS_OFF_MS;
      const found = await eventsAfter(api, after);
      const ended = found.filter(
        ({ type, data }) => type === 'carillon.RunEnded' && isDueAt(dueAt, data['runId']),
      );
      return ended.length >= JOBS && found;
    },
    dueAt - Date.now() + 120_000,
  );
  return { events: events.filter(({ data }) => isDueAt(dueAt, data['runId'])), cost, memory };
}

/** The id of a run begins with its due instant. */
function isDueAt(dueAt: number, runId: unknown): boolean {
  return String(runId).startsWith(new Date(dueAt).toISOString().replace(/\D/g, '').slice(0, 14));
}

function perRun(before: Record<string, number>, after: Record<string, number>): string {
  return Object.entries(after)
    .map(([part, used]) => `${part} ${((used - (before[part] ?? 0)) / JOBS).toFixed(2)} ms`)
    .join(', ');
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
    if (page.events.length === 0) return rows;
  }
}
