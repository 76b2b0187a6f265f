import { loadavg } from 'node:os';
import { realMesosMissing, startRealMesos } from '@carillon/rigs';
import { CarillonOnMesos, EVERY_MS } from './mesos-real/framework.js';
import { RawClient } from './mesos-real/raw-client.js';

const TASKS = Number(process.env['BENCH_TASKS'] ?? 60);
const SINGLES = Number(process.env['BENCH_SINGLES'] ?? 5);
/** Raw client and Carillon in turns, so that both see the same machine. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** How many runs wait at once in the last part: none may fail for it. 0 leaves it out. */
const QUEUED = Number(process.env['BENCH_QUEUED'] ?? 2_000);
/** Unfinished tasks at once of the raw client: the best of these is its rate. */
const UNFINISHED = [2, 4, 8];
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
    const raw = await RawClient.subscribed(mesos.master);
    const carillon = await CarillonOnMesos.started(mesos.master);
    try {
      if (SINGLES > 0) await singles(raw, carillon);
      if (TASKS > 0) await rates(raw, carillon);
      await raw.tearDown();
      if (QUEUED > 0) await queued(carillon);
    } finally {
      await carillon.stop();
    }
  } finally {
    await mesos.stop();
  }
}

async function singles(raw: RawClient, carillon: CarillonOnMesos): Promise<void> {
  const theirs = new Samples();
  const ours = new Samples();
  for (let round = 0; round < ROUNDS; round += 1) {
    theirs.add(await raw.singles(SINGLES, EVERY_MS));
    ours.add(await carillon.singles(SINGLES));
  }
  theirs.print('one at a time, raw client, ms after REVIVE');
  ours.print('one at a time, carillon, ms after the due instant');
  const laterMs = ours.median('running') - theirs.median('running');
  print(
    `a single task: ${laterMs.toFixed(0)} ms later than the raw client's; at most ${TARGETS.laterMs} ms: ` +
      (laterMs <= TARGETS.laterMs ? 'yes' : 'NO'),
  );
}

async function rates(raw: RawClient, carillon: CarillonOnMesos): Promise<void> {
  const theirs = new Samples();
  const ours = new Samples();
  // The first turn of a new agent is spent on finding its launch window.
  print(
    `${TASKS} tasks, carillon, at first: ${(await carillon.rate(TASKS)).perSecond.toFixed(1)} per second`,
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const unfinished of UNFINISHED) {
      const found = await raw.rate(TASKS, unfinished);
      if (found.failed > 0) print(`raw client, ${unfinished} at once: ${found.failed} failed`);
      theirs.add([{ [`${unfinished} at once`]: found.perSecond }]);
    }
    ours.add([await carillon.rate(TASKS)]);
  }
  theirs.print(`${TASKS} tasks, raw client, per second`);
  ours.print(`${TASKS} tasks, carillon`);
  const best = Math.max(...UNFINISHED.map((unfinished) => theirs.median(`${unfinished} at once`)));
  const ratio = ours.median('perSecond') / best;
  print(
    `rate: ${ratio.toFixed(2)} of the raw client's best; at least ${TARGETS.rate}: ${ratio >= TARGETS.rate ? 'yes' : 'NO'}`,
  );
}

async function queued(carillon: CarillonOnMesos): Promise<void> {
  const found = new Samples();
  found.add([await carillon.rate(QUEUED)]);
  found.print(`${QUEUED} queued, carillon`);
  print(`none failed with ${QUEUED} queued: ${found.median('failed') === 0 ? 'yes' : 'NO'}`);
}

/** Figures by name, from several turns. */
class Samples {
  readonly #of = new Map<string, number[]>();

  add(samples: readonly object[]): void {
    for (const [name, value] of samples.flatMap((sample) => Object.entries(sample) as [string, number][])) {
      const values = this.#of.get(name) ?? [];
      this.#of.set(name, values);
      values.push(value);
    }
  }

  median(name: string): number {
    const sorted = (this.#of.get(name) ?? []).toSorted((a, b) => a - b);
    return (
      ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2
    );
  }

  /** Medians, and what they are of. */
  print(title: string): void {
    const figures = [...this.#of].map(([name, values]) => {
      const spread =
        values.length > 1 ? ` (${short(Math.min(...values))}–${short(Math.max(...values))})` : '';
      return `${name} ${short(this.median(name))}${spread}`;
    });
    print(`${title}: ${figures.join(', ')}; load ${loadavg()[0]?.toFixed(1)}`);
  }
}

const short = (value: number) =>
  Math.abs(value) < 100 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
