import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compileSchedule, type ScheduleFields } from '@carillon/time';
import { CronExpressionParser } from 'cron-parser';
import { parseCronExpression } from 'cron-schedule';
import { Cron } from 'croner';

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 0);
const INSTANTS = 10_000;
/** A measurement goes on for so long, after as long a warm-up. */
const SPAN_MS = 150;

/** The next instant after another; each peer in its own words. */
type Next = (after: number) => unknown;

/** Of `instant` i: spread over a year. */
const instantOf = (i: number) => FROM + ((i * 7919) % 525_600) * MINUTE;

/**
 * The cost of one next due instant by kind, and the memory of a schedule, beside the libraries that compute them too. All
 * see the same expressions and instants in one run.
 */
export function run(): Promise<void> {
  const crons = ['*/5 * * * *', '30 2 * * 1-5', '0 0 1 1 *', '0 0 29 2 *'];
  console.log(
    'ns per next() (aim: under 2,000 in UTC, 6,000 in a zone): carillon | cron-parser | croner | cron-schedule (knows no zones)',
  );
  for (const timezone of ['UTC', 'Europe/Rome']) {
    for (const cron of crons) {
      const costs = [ours({ cron, timezone }), ...peers(cron, timezone)].map(nanoseconds);
      console.log(
        `  ${timezone} ${cron}: ${costs.map((cost, i) => withRatio(cost, costs[0], i)).join(' | ')}`,
      );
    }
  }
  console.log('ns per next(), previous(), by kind:');
  for (const [name, fields] of KINDS) {
    const schedule = compileSchedule(fields, 'bench.job');
    const next = nanoseconds((after) => schedule.next(after));
    console.log(`  ${name}: ${next}, ${nanoseconds((before) => schedule.previous(before))}`);
  }
  memory();
  return Promise.resolve();
}

const rome = { timezone: 'Europe/Rome' };
const KINDS: readonly (readonly [string, ScheduleFields])[] = [
  ['cron, Metronome’s AND', { ...rome, cron: '0 9 1-7 * 1' }],
  ['cron, W', { ...rome, cron: '0 0 LW * *' }],
  ['cron, seconds', { ...rome, cron: '*/10 * * * * * *' }],
  ['cron, H', { ...rome, cron: 'H H * * *' }],
  ['@every 10m', { ...rome, cron: '@every 10m' }],
  ['interval PT10M', { ...rome, interval: 'R/2020-01-01T00:00/PT10M' }],
  ['interval P1M', { ...rome, interval: 'R/2020-01-31T03:00/P1M' }],
  ['rrule, daily', { ...rome, rrule: 'DTSTART:20200101T033000\nRRULE:FREQ=DAILY' }],
  [
    'rrule, every other week',
    { ...rome, rrule: 'DTSTART:20200101T033000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR' },
  ],
  [
    'rrule, last working day',
    { ...rome, rrule: 'DTSTART:20200101T033000\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1' },
  ],
  ['rrule, yearly', { ...rome, rrule: 'DTSTART:20200101T033000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU' }],
  ['cron but weekends', { ...rome, cron: '0 9 * * *', excludedCalendar: 'weekends' }],
];

function ours(fields: ScheduleFields): Next {
  const schedule = compileSchedule(fields);
  return (after) => schedule.next(after);
}

function peers(cron: string, timezone: string): (Next | undefined)[] {
  const parsed = CronExpressionParser.parse(cron, { tz: timezone });
  const croner = new Cron(cron, { timezone });
  const schedule = parseCronExpression(cron);
  return [
    (after) => {
      parsed.reset(new Date(after));
      return parsed.next();
    },
    (after) => croner.nextRun(new Date(after)),
    timezone === 'UTC' ? (after) => schedule.getNextDate(new Date(after)) : undefined,
  ];
}

const withRatio = (cost: number | undefined, base = 1, index = 0) =>
  cost === undefined ? '–' : index === 0 ? String(cost) : `${cost} (${Math.round(cost / base)}×)`;

/** The mean of as many calls as fit. */
function nanoseconds(next: Next | undefined): number | undefined {
  if (next === undefined) return undefined;
  let mean = 0;
  for (let round = 0; round < 2; round++) {
    const began = performance.now();
    let calls = 0;
    for (; performance.now() - began < SPAN_MS; )
      for (let i = 0; i < 20; i++) next(instantOf(calls++ % INSTANTS));
    mean = (performance.now() - began) / calls;
  }
  return Math.round(mean * 1e6);
}

/** Heap of distinct schedules that are kept, each after one next(). */
function memory(): void {
  console.log('bytes per distinct schedule, without its text (aim: under 300):');
  const zones = ['Europe/Rome', 'Europe/Berlin', 'Europe/Paris', 'Europe/Madrid'];
  for (const [index, [name, crons]] of Object.entries(distinct(20_000)).entries()) {
    const zone = zones[index] ?? 'UTC'; // each kind in a map of its own, which grows where those of the others do
    compileSchedule({ cron: '0 0 * * *', timezone: zone }).next(FROM);
    report(`carillon, ${name}`, crons, (cron) => compileSchedule({ cron, timezone: zone }));
  }
  const timezone = 'Europe/Rome';
  const { plain } = distinct(4_000);
  report('cron-parser', plain, (cron) => CronExpressionParser.parse(cron, { tz: timezone }));
  report('croner', plain.slice(0, 1_000), (cron) => new Cron(cron, { timezone }));
  report('cron-schedule', plain, parseCronExpression);
}

/** So many expressions of a kind, no two the same. */
function distinct(count: number) {
  const of = (rest: (i: number) => string) => {
    const texts = Array.from(
      { length: count },
      (_, i) => `${i % 60} ${Math.floor(i / 60) % 24} ${rest(Math.floor(i / 1440))}`,
    );
    return JSON.parse(JSON.stringify(texts)) as string[]; // in one piece each, as they come from a database
  };
  return {
    plain: of((i) => `${i + 1} * *`),
    'with years': of((i) => `* * * 1970-${2070 + i}`),
    'with seconds': of((i) => `1 ${i + 1} * * *`),
    'with L, W or #': of((i) => (i % 2 === 0 ? `LW ${months(i)} *` : `* ${months(i)} 1#2`)),
  };
}

/** A list of months, another for each of 4,095 numbers. */
const months = (i: number) =>
  Array.from({ length: 12 }, (_, month) => month + 1)
    .filter((month) => ((i + 1) >> (month - 1)) & 1)
    .join(',');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function report(name: string, crons: readonly string[], compile: (cron: string) => unknown): void {
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = crons.map((cron) => {
    const compiled = compile(cron);
    (compiled as { next?: (after: number) => unknown }).next?.(FROM);
    return compiled;
  });
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / kept.length;
  console.log(`  ${name}: ${Math.round(bytes)}`);
}
