import type { CommandOptions } from './options.js';
import type { Progress, Result, SimulationOptions } from './simulation.js';

const DAY_MS = 86_400_000;
const PROGRESS_MS = 10_000;

/** Simulates all seeds, prints what came of each, and answers the exit code. */
export async function runMain(
  { simulation, seeds, mutation }: CommandOptions,
  simulate: (options: SimulationOptions) => Promise<Result>,
): Promise<number> {
  const elapsed = stopwatch();
  let broken = 0;
  for (const seed of seeds) {
    const result = await one({ ...simulation, seed }, simulate);
    if (result.broken) broken += 1;
    print(seeds.length > 1 ? brief(result) : report(result, elapsed()));
    if (result.broken && mutation !== undefined) return 1;
  }
  if (seeds.length > 1) print(`${seeds.length} seeds in ${elapsed().toFixed(0)} s: ${broken} broken`);
  return broken > 0 ? 1 : 0;
}

function one(
  options: SimulationOptions,
  simulate: (options: SimulationOptions) => Promise<Result>,
): Promise<Result> {
  const elapsed = stopwatch();
  let told = 0;
  const onProgress = (progress: Progress) => {
    if (elapsed() * 1_000 - told < PROGRESS_MS) return;
    told = elapsed() * 1_000;
    print(`day ${days(progress).toFixed(2)}: ${progress.runs} runs, ${memory()} MB`);
  };
  return simulate({ ...options, onProgress });
}

function report(result: Result, seconds: number): string {
  const { seed, steps, statements, events, messages, dueInstants, missed, runs, ended, skipped, attempts } =
    result;
  const faults = [...result.faults]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`);
  return [
    `seed            ${seed}`,
    `simulated       ${days(result).toFixed(2)} days in ${seconds.toFixed(0)} s: ${(days(result) / seconds).toFixed(3)} days/s`,
    `steps           ${steps} (${Math.round(steps / seconds)}/s), statements ${statements}, events ${events}, messages ${messages}`,
    `due instants    ${dueInstants} decided as runs, ${missed} as missed`,
    `runs            ${runs} queued, ${ended} ended, ${skipped} skipped, ${attempts} attempts (${Math.round(runs / seconds)}/s)`,
    `memory          ${memory()} MB`,
    `faults          ${faults.join(', ') || 'none'}`,
    verdict(result),
  ].join('\n');
}

const brief = (result: Result) =>
  `seed ${result.seed}: ${result.runs} runs, ${result.steps} steps, ${verdict(result)}`;

function verdict({ seed, broken }: Result): string {
  if (!broken) return 'every guarantee held';
  const { message, step, at } = broken;
  return `BROKEN at step ${step}, ${new Date(at).toISOString()}, seed ${seed}: ${message}`;
}

const days = ({ simulatedMs }: Progress) => simulatedMs / DAY_MS;
const memory = () => Math.round(process.memoryUsage().rss / 1e6);

function stopwatch(): () => number {
  const began = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - began) / 1e9;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
