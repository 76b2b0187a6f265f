import { startPostgres } from '@carillon/rigs';
import { startTelemetry } from '@carillon/service-runtime';
import { connectTimerDatabase, timerParts, type TimerParts } from '@carillon/timer';
import pg from 'pg';
import { bareLoop } from './bare-loop.js';
import { costMeter, eachOf, nothing, sum } from './cpu.js';
import { lagsOf, lagText } from './lags.js';
import { BATCH, CLAIMERS, each, type Leg } from './legs.js';
import { NO_JOBS } from './nobody.js';
import { dailyAt, seedClocks } from './seed.js';

const SCHEDULES = Number(process.env['BENCH_SCHEDULES'] ?? 100_000);
/** Transactions of each claimer before the other side has its turn. */
const LEG = 5;
/** Of one process: in the first one V8 has not compiled much yet. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);

/**
 * Schedules that are due in the same instant: the timer's claim, decide and append in turns with a bare loop that only
 * claims, appends the same events and arms, so that both see the same machine, round by round; then the timer alone, for
 * its lag.
 */
export async function burst(): Promise<void> {
  const telemetry = startTelemetry({ serviceName: 'bench', env: {} }); // ids of traces are made as in production
  const postgres = await startPostgres({ durable: true });
  try {
    for (let round = 1; round <= ROUNDS; round++) await inTurns(postgres.url, round);
    await alone(postgres.url);
  } finally {
    await postgres.stop();
    await telemetry.shutdown();
  }
}

async function inTurns(url: string, round: number): Promise<void> {
  const bare = await bareLoop(url, SCHEDULES);
  const timer = await armedTimer(url);
  const measure = await costMeter(timer.admin);
  const spent = { bare: nothing, timer: nothing };
  const ratios: number[] = [];
  for (;;) {
    const bareCost = await measure(() => bare.leg(LEG));
    const { result: more, ...timerCost } = await measure(() => timer.leg(LEG));
    spent.bare = sum(spent.bare, bareCost);
    spent.timer = sum(spent.timer, timerCost);
    if (!more) break;
    ratios.push(timerCost.ms / bareCost.ms);
  }
  await bare.close();
  await timer.close();
  ratios.sort((a, b) => a - b);
  const median = ratios[ratios.length >> 1] ?? Number.NaN;
  console.log(
    `${SCHEDULES} due at once, in turns, round ${round}: bare loop ${rate(spent.bare.ms)}/s, timer ${rate(spent.timer.ms)}/s, ` +
      `ratio ${(spent.timer.ms / spent.bare.ms).toFixed(2)}, of a turn ${median.toFixed(2)} in the median (aim: at most 1.70)\n` +
      `CPU per due instant, Node + PostgreSQL: bare loop ${eachOf(spent.bare, SCHEDULES)}, timer ${eachOf(spent.timer, SCHEDULES)}`,
  );
}

async function alone(url: string): Promise<void> {
  const { admin, dueAt, leg, close } = await armedTimer(url);
  const { rows } = await admin.query<{ now: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now',
  );
  const late = Math.round((rows[0]?.now ?? 0) - dueAt);
  const began = performance.now();
  await leg(Number.POSITIVE_INFINITY);
  const ms = performance.now() - began;
  const { runs, ...lag } = await lagsOf(admin, dueAt, dueAt + 1);
  await close();
  if (runs !== SCHEDULES) throw new Error(`${runs} runs for ${SCHEDULES} schedules`);
  const fromStart = { runs, p50: lag.p50 - late, p99: lag.p99 - late, max: lag.max - late };
  console.log(
    `${SCHEDULES} due at once, alone: ${(ms / 1000).toFixed(2)} s (${rate(ms)}/s); from its start, ${lagText(fromStart)}`,
  );
}

const rate = (ms: number) => Math.round((SCHEDULES / ms) * 1000);

/** A timer whose clocks have just come due. */
async function armedTimer(url: string) {
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => undefined); // what is wrong is said by the statement
  await admin.connect();
  await admin.query('DROP SCHEMA IF EXISTS timer CASCADE');
  const database = await connectTimerDatabase(url, CLAIMERS);
  const parts = timerParts(database, NO_JOBS);
  const dueAt = Math.floor((await database.now()) / 1000) * 1000;
  await seedClocks(admin, { count: SCHEDULES, schedules: dailyAt(dueAt), from: dueAt });
  const leg: Leg = (batches) =>
    each(Array<TimerParts>(CLAIMERS).fill(parts), batches, ({ fire }) => fire.batch(BATCH));
  return {
    admin,
    dueAt,
    leg,
    close: async () => {
      await database.close();
      await admin.end();
    },
  };
}
