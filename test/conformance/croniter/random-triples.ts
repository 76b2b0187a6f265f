import { offsetsOf } from '@carillon/time';

/** Which due instant of an expression is asked for. */
export interface Triple {
  readonly cron: string;
  readonly timezone: string;
  readonly instant: number;
  readonly direction: 'next' | 'previous';
}

type Random = () => number;

/** Reproducible numbers of 0 <= n < 1 (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const between = (random: Random, min: number, max: number) => min + Math.floor(random() * (max - min + 1));
const oneOf = <T>(random: Random, values: readonly T[]): T =>
  values[between(random, 0, values.length - 1)] as T;

const FIRST = Date.UTC(2000, 0);
const LAST = Date.UTC(2037, 11);
const DAY = 86_400_000;

/** Half of the instants lie around changes of the zone's offset, and most hours are those at which zones change. */
export function* randomTriples(seed: number, count: number): Generator<Triple> {
  const random = seeded(seed);
  const zones = Intl.supportedValuesOf('timeZone');
  for (let made = 0; made < count; made++) {
    const timezone = random() < 0.1 ? 'UTC' : oneOf(random, zones);
    const change = random() < 0.5 ? changeNear(timezone, between(random, FIRST, LAST)) : undefined;
    const instant = change === undefined ? between(random, FIRST, LAST) : change + between(random, -DAY, DAY);
    const direction = random() < 0.7 ? 'next' : 'previous';
    yield { cron: expression(random), timezone, instant: Math.floor(instant / 1000) * 1000, direction };
  }
}

function expression(random: Random): string {
  const minute = field(random, 0, 59);
  const hour = random() < 0.6 ? field(random, 0, 4) : field(random, 0, 23);
  const month = random() < 0.6 ? '*' : field(random, 1, 12);
  const five = `${minute} ${hour} ${dayOfMonth(random)} ${month} ${dayOfWeek(random)}`;
  const kind = random();
  if (kind < 0.8) return five;
  const year = random() < 0.5 ? '*' : field(random, 2000, 2037);
  return kind < 0.9 ? `${five} ${year}` : `${field(random, 0, 59)} ${five} ${year}`;
}

function dayOfMonth(random: Random): string {
  const kind = random();
  if (kind < 0.6) return '*';
  if (kind < 0.65) return 'L';
  if (kind < 0.7) return `${between(random, 1, 28)}W`;
  return field(random, 1, 31);
}

function dayOfWeek(random: Random): string {
  const kind = random();
  if (kind < 0.6) return '*';
  if (kind < 0.65) return `${between(random, 0, 6)}L`;
  if (kind < 0.7) return `${between(random, 0, 6)}#${between(random, 1, 5)}`;
  if (kind < 0.75) return oneOf(random, ['MON-FRI', 'sat,sun', 'FRI-MON', '6-7', '0-7']);
  return field(random, 0, 7);
}

function field(random: Random, min: number, max: number): string {
  const value = () => between(random, min, max);
  const [low, high] = [value(), value()].sort((a, b) => a - b) as [number, number];
  const step = between(random, 2, Math.max(2, Math.min(max - min, 20)));
  const shapes = [
    '*',
    `*/${step}`,
    `${low}`,
    `${high}`,
    `${low},${high}`,
    `${low}-${high}`,
    `${low}-${high}/${step}`,
  ];
  return oneOf(random, [...shapes, `${low}/${step}`, `${low},${value()},${high}`]);
}

const changes = new Map<string, number[]>();

/** The change of the zone's offset nearest to an instant, to the second. */
function changeNear(timezone: string, instant: number): number | undefined {
  let known = changes.get(timezone);
  if (known === undefined) {
    known = [];
    const offsetAt = offsetsOf(timezone);
    for (let at = FIRST; at < LAST; at += 14 * DAY) {
      let [low, high] = [at, at + 14 * DAY];
      if (offsetAt(low) === offsetAt(high)) continue;
      while (high - low > 1000) {
        const middle = Math.floor((low + high) / 2000) * 1000;
        if (offsetAt(middle) === offsetAt(low)) low = middle;
        else high = middle;
      }
      known.push(high);
    }
    changes.set(timezone, known);
  }
  return known.find((change) => change >= instant) ?? known.at(-1);
}
