import { concurrencyPolicyValues, type Job, type RunOverrides, type RunParameter } from '@carillon/contracts';
import { array, integer, map, number, object, oneOf, string } from '../../metronome/readers.js';
import { type Problem, unreadable } from '../../metronome/problems.js';
import { scalar } from './readers.js';
import { ownConstraint } from './run.reader.js';

/** The body that starts a run: nothing of it is needed. */
export const runStartReader = object(
  {},
  {
    runId: string({ minLength: 1 }),
    concurrencyPolicy: oneOf(concurrencyPolicyValues),
    parameters: map(scalar),
    cmd: string({ minLength: 1 }),
    args: array(string()),
    env: map(string()),
    cpus: number({ min: 0.01 }),
    mem: number({ min: 32 }),
    disk: number({ min: 0 }),
    gpus: integer({ min: 0 }),
    constraints: array(ownConstraint),
  },
);

type RunStartBody = typeof runStartReader extends { (...args: never[]): infer T | null } ? T : never;

/**
 * What a run has instead of its job's; undefined when nothing. Parameters are judged by the job's, and become part of its
 * environment. Refuses with every problem and its place.
 */
export function overridesOf(body: RunStartBody & object, { spec }: Job): RunOverrides | undefined {
  const { parameters = {}, args = [], env = {}, constraints = [], cmd, cpus, mem, disk, gpus } = body;
  const given = { cmd, cpus, mem, disk, gpus };
  const rest = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const problems = parameterProblems(parameters, spec.run.parameters);
  if (problems.length > 0) throw unreadable(problems);
  const overrides = { ...rest, args, env: { ...env, ...parameters }, constraints };
  const nothing =
    Object.keys(rest).length === 0 &&
    args.length === 0 &&
    constraints.length === 0 &&
    Object.keys(overrides.env).length === 0;
  return nothing ? undefined : overrides;
}

function parameterProblems(
  given: Readonly<Record<string, string>>,
  parameters: readonly RunParameter[],
): Problem[] {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const path = (name: string) => ['parameters', name];
  return [
    ...parameters
      .filter(({ name, default: value }) => value === undefined && !Object.hasOwn(given, name))
      .map(({ name }) => ({ path: path(name), message: 'is missing, and has no default' })),
    ...Object.entries(given).flatMap(([name, value]) => {
      const parameter = known.get(name);
      if (!parameter) return [{ path: path(name), message: 'the job has no such parameter' }];
      const message = problemOf(value, parameter);
      return message === undefined ? [] : [{ path: path(name), message }];
    }),
  ];
}

function problemOf(value: string, { type, choices }: RunParameter): string | undefined {
  if (!IS_OF_TYPE[type](value)) return `'${value}' is not of type ${type}`;
  if (choices.length > 0 && !choices.includes(value)) {
    return `'${value}' is none of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  }
  return undefined;
}

const IS_OF_TYPE: Readonly<Record<RunParameter['type'], (value: string) => boolean>> = {
  string: () => true,
  integer: (value) => /^-?\d{1,15}$/.test(value),
  number: (value) => value.trim() === value && value !== '' && Number.isFinite(Number(value)),
  boolean: (value) => value === 'true' || value === 'false',
};
