import type { RunSpec } from '@carillon/contracts';
import { networkProblems } from './network.rules.js';
import { policyProblems } from './policy.rules.js';
import { type Problem, problem } from './rules.js';
import { volumeProblems } from './volume.rules.js';

/** What a run needs to be one, in Metronome's words (its JobRunSpecMessages). Paths start at the run. */
export function runProblems(run: RunSpec): Problem[] {
  const problems = networkProblems(run);
  if (run.gpus > 0 && run.docker !== undefined) {
    problems.push(problem(['gpus'], 'GPUs are not supported with Docker'));
  }
  if (run.docker !== undefined && run.volumes.some(({ secret }) => secret !== undefined)) {
    problems.push(problem(['volumes'], 'File based secrets are only supported by UCR'));
  }
  const hasImage = run.docker !== undefined && run.docker.image !== '';
  if (run.cmd === undefined && !hasImage && run.ucr === undefined) {
    problems.push(problem([], 'Cmd, Docker or UCR image must be specified'));
  }
  if (run.docker !== undefined && run.ucr !== undefined) {
    problems.push(problem([], 'Either Docker or UCR should be provided, but not both'));
  }
  return [...problems, ...secretProblems(run), ...volumeProblems(run), ...policyProblems(run)];
}

function secretProblems(run: RunSpec): Problem[] {
  const referenced = new Set([
    ...Object.values(run.env).flatMap(({ secret }) => (secret === undefined ? [] : [secret])),
    ...run.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret])),
  ]);
  const defined = new Set(Object.keys(run.secrets));
  const undefinedNames = [...referenced].filter((name) => !defined.has(name));
  const unusedNames = [...defined].filter((name) => !referenced.has(name));
  const message =
    (undefinedNames.length === 0
      ? ''
      : `The following secrets are referenced, but undefined: ${undefinedNames.join(', ')}. Please add them to the secrets field.`) +
    (unusedNames.length === 0
      ? ''
      : `The following secrets are defined, but not referenced: ${unusedNames.join(', ')}. Please remove them from the secrets field.`);
  return message === '' ? [] : [problem([], message)];
}
