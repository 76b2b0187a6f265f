import { parseArgs } from 'node:util';
import { DAY } from './job-specs.js';
import type { SimulationOptions } from './simulation.js';

export interface CommandOptions {
  readonly simulation: Omit<SimulationOptions, 'seed'>;
  /** One simulation for each. */
  readonly seeds: readonly number[];
  /** The name of a change of the product (mutations.ts). */
  readonly mutation?: string;
}

const HELP = `npm run simulate -- [options]

Runs all services on a virtual clock, with a database, a log and a Mesos in memory that lose, delay, repeat and
reorder what real ones may, kills and pauses processes between any two steps, and checks the guarantees of
ARCHITECTURE.md. The same options and seed take the same steps. Exit code 1: a guarantee was broken; 2: a bad option.

  --schedules <n>    jobs with a schedule each, such as 1e5 (40)
  --days <n>         virtual days before the end, when everything must come to rest (0.05)
  --every <minutes>  between two due instants of each schedule, as near as cron can say: 10080 a week, 43200 a month (5;
                     with 1000 schedules and more as people write them: 85 % daily, 10 % weekly, 5 % hourly, one in 400
                     every 10 minutes, one in 2000 every minute)
  --timers <n>       instances of the timer (2)
  --frameworks <n>   instances of the scheduler-framework, of which one leads (2)
  --faults <seed>    things go wrong, by this seed (without it nothing does, unless --seeds is given)
  --fault-every <s>  virtual seconds between two faults (60; 3600 with 1000 schedules and more)
  --noise <n>        of messages lost and repeated; 0: none, 1: a bad network, 5: a terrible one (1)
  --lag <ms>         by how much readers of the log are behind at most (3; 1000 with 1000 schedules and more, which they
                     then handle together, as readers of a busy log do)
  --variety <n>      0: cron alone, 1: all kinds of schedules, policies and dependencies (1)
  --action-every <s> virtual seconds between two things that people do (20; 300 with 1000 schedules and more)
  --seed <n>         the seed of a run without faults (1)
  --seeds <n>        so many simulations one after the other, with the seeds from --faults or 1 on
  --mutation <name>  with the product changed so (mutations.ts): ends at the first seed that brings it to light
  --help             this
`;

const LARGE = 1_000;
/** Minutes. */
const MONTH = 30 * DAY;

/** The text to print instead when help is asked for; throws a sentence when an option is bad. */
export function readOptions(args: readonly string[]): CommandOptions | string {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{
        schedules: number,
        days: number,
        every: number,
        timers: number,
        frameworks: number,
        faults: number,
      },
      ...{ 'fault-every': number, noise: number, lag: number, variety: number, 'action-every': number },
      ...{ seed: number, seeds: number, mutation: number, help: { type: 'boolean' } },
    },
  });
  if (values.help) return HELP;
  const read = (
    name: Exclude<keyof typeof values, 'help' | 'mutation'>,
    otherwise: number,
    from: number,
    to: number,
  ) => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (value >= from && value <= to) return value;
    throw new Error(`--${name} is ${values[name] ?? ''}, expected ${from} to ${to}`);
  };
  const whole = (...of: Parameters<typeof read>) => Math.floor(read(...of));
  const schedules = whole('schedules', 40, 1, 1e6);
  const large = schedules >= LARGE;
  const seeds = whole('seeds', 1, 1, 1e6);
  const withFaults = values.faults !== undefined || values.seeds !== undefined;
  const first = whole(values.faults === undefined ? 'seed' : 'faults', 1, 0, 2 ** 31);
  return {
    ...(values.mutation === undefined ? {} : { mutation: values.mutation }),
    seeds: Array.from({ length: seeds }, (_, n) => first + n),
    simulation: {
      schedules,
      days: read('days', 0.05, 0.001, 3_660),
      ...(large && values.every === undefined ? {} : { everyMinutes: whole('every', 5, 1, MONTH) }),
      timers: whole('timers', 2, 1, 16),
      frameworks: whole('frameworks', 2, 1, 16),
      ...(withFaults ? { faultsEveryMs: 1_000 * read('fault-every', large ? 3_600 : 60, 0.1, 1e9) } : {}),
      noise: withFaults ? read('noise', 1, 0, 20) : 0,
      lagMs: read('lag', large ? 1_000 : 3, 0.1, 60_000),
      variety: read('variety', 1, 0, 1),
      actionEveryMs: 1_000 * read('action-every', large ? 300 : 20, 0.01, 1e9),
      timerSlack: large ? 20 : 4,
      forgets: large,
      replayEvery: large ? 16 : 1,
    },
  };
}
