import type { Job, JobSpec, PlannedChange } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { validJob } from './job.rules.js';
import { type Problem, problem, refuseIfAny, within } from './rules.js';
import { sameJson } from './same-json.js';

/** The specifications as they would be stored. Refuses with all problems of all of them, each with its place. */
export function validSpecs(specs: readonly JobSpec[]): JobSpec[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const valid = specs.flatMap((spec, index) => {
    if (seen.has(spec.id)) problems.push(problem([index, 'id'], `'${spec.id}' is there twice`));
    seen.add(spec.id);
    try {
      return [validJob(spec)];
    } catch (error) {
      if (!isCarillonError(error, 'invalid')) throw error;
      problems.push(...within([index], problemsOf(error)));
      return [];
    }
  });
  refuseIfAny(problems);
  return valid;
}

/**
 * What has to change so that the jobs are those of `specs`: what is there already stays as it is, and of `removable`,
 * which are in force, those go that `specs` do not name. By id.
 */
export function planApply(
  specs: readonly JobSpec[],
  inForce: ReadonlyMap<string, Job>,
  removable: readonly Job[],
): PlannedChange[] {
  const named = new Set(specs.map(({ id }) => id));
  const wanted = specs.map((spec): PlannedChange => {
    const before = inForce.get(spec.id);
    if (!before) return { jobId: spec.id, action: 'create', spec };
    const action = sameJson(before.spec, spec) ? 'unchanged' : 'update';
    return { jobId: spec.id, action, before, spec };
  });
  const gone = removable
    .filter(({ spec }) => !named.has(spec.id))
    .map((before): PlannedChange => ({ jobId: before.spec.id, action: 'remove', before }));
  return [...wanted, ...gone].sort((a, b) => (a.jobId < b.jobId ? -1 : 1));
}

const problemsOf = (error: { message: string; details: Readonly<Record<string, unknown>> }): Problem[] =>
  Array.isArray(error.details['problems'])
    ? (error.details['problems'] as Problem[])
    : [problem((error.details['path'] as string[] | undefined) ?? [], error.message)];
