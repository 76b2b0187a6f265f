import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly atOnce: number;
}

const HELP = `npm run chaos -- [options]

Starts standalone in a new folder with jobs that are due every minute, kills it within the 4 s after they are due, starts it
again, and compares what the API says with what the commands themselves wrote. Exit code 1: a run is missing, doubled or
without an outcome; 2: a bad option.

  --seeds <n>    so many times, each killed at a moment of its own (20)
  --first <n>    the seed of the first, by which its moment is chosen (any)
  --jobs <n>     that are due at once (200)
  --at-once <n>  standalones at the same time (4)
  --help         this
`;

/** The text to print instead when help is asked for; throws a sentence when an option is bad. */
export function readOptions(args: readonly string[]): ChaosOptions | string {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: number, first: number, jobs: number, 'at-once': number, help: { type: 'boolean' } },
  });
  if (values.help) return HELP;
  const read = (name: Exclude<keyof typeof values, 'help'>, otherwise: number, from: number, to: number) => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (Number.isInteger(value) && value >= from && value <= to) return value;
    throw new Error(`--${name} is ${values[name] ?? ''}, expected ${from} to ${to}`);
  };
  const first = read('first', Math.floor(Math.random() * 1e6), 0, 2 ** 31);
  return {
    seeds: Array.from({ length: read('seeds', 20, 1, 1e6) }, (_, index) => first + index),
    jobs: read('jobs', 200, 1, 1e5),
    atOnce: read('at-once', 4, 1, 64),
  };
}
