import { loadavg } from 'node:os';
import { realMesosMissing, startRealMesos } from '@carillon/rigs';
import { CarillonOnMesos } from './mesos-real/framework.js';
import { RawClient } from './mesos-real/raw-client.js';

const TASKS = Number(process.env['BENCH_TASKS'] ?? 300);
/** How many runs wait at once in the last part: none may fail for it. 0 leaves it out. */
const QUEUED = Number(process.env['BENCH_QUEUED'] ?? 2_000);
const SINGLES = Number(process.env['BENCH_SINGLES'] ?? 15);
/** Unfinished tasks at once of the raw client: the best of these is its rate. */
const UNFINISHED = [4, 16];
const TARGETS = { rate: 0.95, laterMs: 10 };

/**
 * Command tasks (`true`) on a real Mesos 1.11 with one agent: a raw client, which keeps nothing and recovers nothing, and
 * Carillon, which appends and acknowledges each status durably. Tasks per second, and how long after it is due a
 * single task runs; both by the same clock, the executor's.
 */
export async function run(): Promise<void> {
  const missing = realMesosMissing();
  if (missing !== undefined) throw new Error(`a real Mesos is needed: ${missing}`);
  const mesos = await startRealMesos({
    ...{ cpus: 1_000, mem: 1_000_000 },
    environment: { MESOS_LOGGING_LEVEL: 'WARNING' },
  });
  try {
    const raw = await measureRaw(mesos.master);
    const carillon = await CarillonOnMesos.started(mesos.master);
    try {
      const singles = describe('due to RUNNING, one at a time, carillon', await carillon.latencies(SINGLES));
      const ours = await carillon.rate(TASKS);
      print(`${TASKS} tasks, carillon, at most ${ours.most} at once: ${rate(ours)}`);
      judge(raw, { perSecond: ours.perSecond, p50: singles });
      if (QUEUED > 0) {
        const many = await carillon.rate(QUEUED);
        print(`${QUEUED} queued, carillon, at most ${many.most} at once: ${rate(many)}`);
        print(`none failed with ${QUEUED} queued: ${many.failed === 0 ? 'yes' : 'NO'}`);
      }
    } finally {
      await carillon.stop();
    }
  } finally {
    await mesos.stop();
  }
}

interface Figures {
  readonly perSecond: number;
  readonly p50: number;
}

async function measureRaw(master: string): Promise<Figures> {
  const client = await RawClient.subscribed(master);
  const p50 = describe('REVIVE to RUNNING, one at a time, raw client', await client.latencies(SINGLES));
  const rates: number[] = [];
  for (const unfinished of UNFINISHED) {
    const found = await client.rate(TASKS, unfinished);
    print(`${TASKS} tasks, raw client, at most ${unfinished} at once: ${rate(found)}`);
    rates.push(found.perSecond);
  }
  await client.tearDown();
  return { perSecond: Math.max(...rates), p50 };
}

function judge(raw: Figures, ours: Figures): void {
  const ratio = ours.perSecond / raw.perSecond;
  const laterMs = ours.p50 - raw.p50;
  print(
    `rate: ${ratio.toFixed(2)} of the raw client's best; at least ${TARGETS.rate}: ${ratio >= TARGETS.rate ? 'yes' : 'NO'}`,
  );
  print(
    `a single task: ${laterMs.toFixed(0)} ms later than the raw client's; at most ${TARGETS.laterMs} ms: ` +
      (laterMs <= TARGETS.laterMs ? 'yes' : 'NO'),
  );
}

/** Prints the figures and answers the median. */
function describe(title: string, times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  print(
    `${title}: p50 ${at(0.5).toFixed(0)} ms, p90 ${at(0.9).toFixed(0)} ms, longest ${at(1).toFixed(0)} ms ` +
      `(${times.length} times, load ${loadavg()[0]?.toFixed(1)})`,
  );
  return at(0.5);
}

function rate({ perSecond, failed }: { perSecond: number; failed: number }): string {
  return `${perSecond.toFixed(1)}/s, ${failed} failed (load ${loadavg()[0]?.toFixed(1)})`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
