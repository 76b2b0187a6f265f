import type { JobSpec, RunSpec, Schedule } from '@carillon/contracts';
import type { Random } from './random.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
];
export const DAY = 1_440;
/** Of days of the month, those that all have. */
const MONTH_DAYS = 28;
/** How often people want something done, in parts of 2,000, by the minutes between two instants. */
const PERIODS = { 1: 1, 10: 5, 60: 94, [DAY]: 1_700, [7 * DAY]: 200 };
/** And when: at the full hour rather than at 17 past it, and at night. */
const MINUTES = { 0: 50, 30: 15, 15: 5, 45: 5, other: 25 };
const HOURS = { 0: 20, 1: 8, 2: 8, 3: 8, 4: 8, 5: 5, 6: 5, other: 38 };

export interface SpecOptions {
  /** Between two due instants of a schedule, minutes; absent: as people write them. */
  readonly everyMinutes?: number;
  /** 0: cron alone; 1: all kinds and policies. */
  readonly variety: number;
}

/** Jobs as people define them, and as they do not. */
export class JobSpecs {
  readonly #random: Random;
  readonly #options: SpecOptions;

  constructor(random: Random, options: SpecOptions) {
    this.#random = random;
    this.#options = options;
  }

  spec(id: string, parents: readonly string[], now: number): JobSpec {
    const schedules = parents.length > 0 ? [] : this.#schedules(now);
    return {
      id,
      dependencies: parents.map((parent) => ({ id: parent })),
      labels: {},
      schedules,
      run: this.#run(),
    };
  }

  schedule(id: string, now: number): Schedule {
    const random = this.#random;
    const rare = (share: number) => random.chance(share * this.#options.variety);
    return {
      ...{ id, timezone: random.pick(ZONES), ...this.#rule(now, rare) },
      startingDeadlineSeconds: rare(0.3) ? random.int(60, 70) : 900,
      concurrencyPolicy: rare(0.4) ? random.pick(['FORBID', 'REPLACE', 'QUEUE'] as const) : 'ALLOW',
      enabled: !rare(0.03),
      ...(rare(0.15) ? { catchUp: this.#catchUp() } : {}),
      ...(rare(0.1) ? { jitterSeconds: random.int(1, 60) } : {}),
      ...(rare(0.05) ? { maxRuns: random.int(1, 20) } : {}),
      ...(rare(0.05) ? { from: now + random.int(0, 3_600_000) } : {}),
      ...(rare(0.05) ? { until: now + random.int(3_600_000, 86_400_000) } : {}),
    };
  }

  #schedules(now: number): Schedule[] {
    const first = this.schedule('main', now);
    return this.#random.chance(0.05 * this.#options.variety)
      ? [first, this.schedule('second', now)]
      : [first];
  }

  #rule(now: number, rare: (share: number) => boolean): Pick<Schedule, 'cron' | 'interval' | 'rrule' | 'at'> {
    const random = this.#random;
    const minutes = Math.round(this.#options.everyMinutes ?? Number(random.weighted(PERIODS)));
    if (rare(0.05)) return { cron: '', at: now + random.int(1_000, 3_600_000) };
    if (rare(0.1)) {
      const start = new Date(now + random.int(0, 60_000)).toISOString().replace(/\.\d+/, '');
      return { cron: '', interval: `R/${start}/PT${minutes}M` };
    }
    if (rare(0.1)) {
      const start = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
      return { cron: '', rrule: `DTSTART:${start}\nRRULE:FREQ=MINUTELY;INTERVAL=${minutes}` };
    }
    if (minutes < 60)
      return { cron: minutes === 1 ? '* * * * *' : `${random.int(0, minutes - 1)}/${minutes} * * * *` };
    const minute = this.#usual(MINUTES, 59);
    if (minutes < DAY) {
      const hours = Math.round(minutes / 60);
      return { cron: `${minute} ${random.int(0, Math.min(3, hours - 1))}/${hours} * * *` };
    }
    const time = `${minute} ${this.#usual(HOURS, 23)}`;
    if (minutes >= MONTH_DAYS * DAY) return { cron: `${time} ${random.int(1, MONTH_DAYS)} * *` };
    return { cron: `${time} * * ${minutes >= 7 * DAY ? random.int(0, 6) : '*'}` };
  }

  #usual(weights: Readonly<Record<string, number>>, most: number): number {
    const picked = this.#random.weighted(weights);
    return picked === 'other' ? this.#random.int(0, most) : Number(picked);
  }

  #catchUp(): NonNullable<Schedule['catchUp']> {
    const policy = this.#random.pick(['NONE', 'LAST', 'ALL'] as const);
    return policy === 'ALL' ? { policy, limit: this.#random.int(1, 5) } : { policy };
  }

  #run(): RunSpec {
    const random = this.#random;
    const rare = (share: number) => random.chance(share * this.#options.variety);
    return {
      ...{
        cpus: 0.05,
        mem: 32,
        disk: 0,
        gpus: 0,
        cmd: 'true',
        args: [],
        env: {},
        placement: { constraints: [] },
      },
      ...{ artifacts: [], maxLaunchDelay: 3_600, volumes: [], secrets: {}, networks: [], parameters: [] },
      restart: rare(0.2) ? { policy: 'ON_FAILURE', activeDeadlineSeconds: 120 } : { policy: 'NEVER' },
      ...(rare(0.1) ? { timeoutSeconds: random.int(10, 120) } : {}),
    };
  }
}
