import type { HealthCheck, Retry, RunParameter, RunSpec } from '@carillon/contracts';
import { firstPlaces, type Problem, problem, within } from './rules.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const OUTCOMES = new Set(['failed', 'lost', 'timedOut']);
const MOST_RETRIES = 1000;
const MOST_SECONDS = 31 * 86_400;
const MOST_PORTS = 100;
/** Mesos counts its nanoseconds in 64 bits, which hold 9.2 billion seconds. */
const MOST_GRACE_SECONDS = 2 ** 31 - 1;

/** What Carillon adds to Metronome's run, and how long it waits for its end. Paths start at the run. */
export function policyProblems(run: RunSpec): Problem[] {
  const { retry, timeoutSeconds, parameters, ports, limits, healthCheck } = run;
  const first = firstPlaces(parameters.map(({ name }) => name));
  return [
    ...(retry ? within(['retry'], retryProblems(retry)) : []),
    ...outside(['timeoutSeconds'], timeoutSeconds, 1, MOST_SECONDS),
    ...outside(['taskKillGracePeriodSeconds'], run.taskKillGracePeriodSeconds, 0, MOST_GRACE_SECONDS),
    ...outside(['ports'], ports, 0, MOST_PORTS),
    ...parameters.flatMap((parameter, index) =>
      within(
        ['parameters', index],
        parameterProblems(parameter, { isDouble: first.get(parameter.name) !== index }),
      ),
    ),
    ...least(['limits', 'cpus'], limits?.cpus, run.cpus),
    ...least(['limits', 'mem'], limits?.mem, run.mem),
    ...(healthCheck ? within(['healthCheck'], healthCheckProblems(healthCheck)) : []),
  ];
}

function retryProblems({
  limit,
  delaySeconds,
  backoffFactor,
  maxDelaySeconds,
  jitter,
  on,
}: Retry): Problem[] {
  const unknown = on.filter((outcome) => !OUTCOMES.has(outcome));
  return [
    ...outside(['limit'], limit, 0, MOST_RETRIES),
    ...outside(['delaySeconds'], delaySeconds, 0, MOST_SECONDS),
    ...outside(['backoffFactor'], backoffFactor, 1, 100),
    ...outside(['maxDelaySeconds'], maxDelaySeconds, delaySeconds, MOST_SECONDS),
    ...outside(['jitter'], jitter, 0, 1),
    ...(unknown.length === 0
      ? []
      : [problem(['on'], `got ${unknown.join(', ')}, expected ${[...OUTCOMES].join(', ')}`)]),
  ];
}

function parameterProblems(parameter: RunParameter, { isDouble }: { isDouble: boolean }): Problem[] {
  const { name, choices, default: value } = parameter;
  const problems: Problem[] = [];
  if (!VARIABLE.test(name)) problems.push(problem(['name'], `'${name}' is not the name of a variable`));
  if (isDouble) problems.push(problem(['name'], `there is another parameter '${name}'`));
  for (const choice of choices) {
    if (!isOfType(choice, parameter.type)) {
      problems.push(problem(['choices'], `'${choice}' is not of type ${parameter.type}`));
    }
  }
  if (value === undefined) return problems;
  if (!isOfType(value, parameter.type)) {
    problems.push(problem(['default'], `'${value}' is not of type ${parameter.type}`));
  } else if (choices.length > 0 && !choices.includes(value)) {
    problems.push(problem(['default'], `'${value}' is not among the choices`));
  }
  return problems;
}

/** Whether a text is a value of a parameter's type. */
function isOfType(text: string, type: RunParameter['type']): boolean {
  switch (type) {
    case 'string':
      return true;
    case 'integer':
      return /^-?\d{1,15}$/.test(text);
    case 'number':
      return text.trim() === text && text !== '' && Number.isFinite(Number(text));
    case 'boolean':
      return text === 'true' || text === 'false';
  }
}

function healthCheckProblems(check: HealthCheck): Problem[] {
  return [
    ...(check.cmd === '' ? [problem(['cmd'], 'must not be empty')] : []),
    ...outside(['delaySeconds'], check.delaySeconds, 0, MOST_SECONDS),
    ...outside(['intervalSeconds'], check.intervalSeconds, 0, MOST_SECONDS),
    ...outside(['timeoutSeconds'], check.timeoutSeconds, 0, MOST_SECONDS),
    ...outside(['gracePeriodSeconds'], check.gracePeriodSeconds, 0, MOST_SECONDS),
    ...outside(['consecutiveFailures'], check.consecutiveFailures, 1, 1000),
  ];
}

const outside = (path: Problem['path'], value: number | undefined, min: number, max: number) =>
  value === undefined || (value >= min && value <= max)
    ? []
    : [problem(path, `got ${value}, expected ${min} to ${max}`)];

const least = (path: Problem['path'], value: number | undefined, min: number) =>
  value === undefined || value >= min ? [] : [problem(path, `got ${value}, expected ${min} or more`)];
