import type { ApplyJobsRequest, ApplyJobsResponse, Job, PlannedChange } from '@carillon/contracts';
import { invalid, isCarillonError } from '@carillon/event-sourcing';
import type { Timed, Transaction } from '@carillon/event-store';
import { currentTraceContext, retrying } from '@carillon/service-runtime';
import { planApply, validSpecs } from '../domain/apply.plan.js';
import type { JobCommand } from '../domain/job.commands.js';
import { inForce } from '../domain/job.state.js';
import { problem, refuseIfAny } from '../domain/rules.js';
import type { JobLimit } from './job-limit.js';
import type { JobRegistryPorts } from './job-registry.ports.js';
import { jobUid } from './job-uid.js';

const MAX_JOBS = 10_000;
const PAGE = 1000;
/** Gives up when the jobs are changed by others again and again. */
const ATTEMPTS = 5;

/**
 * Makes the jobs those of a list, all or none: what is missing is created, what differs updated, and with `prune` what is
 * in force below the prefix and not in the list removed. Says what it did; with `dryRun` what it would do.
 */
export function applyJobs(
  ports: JobRegistryPorts,
  limit: JobLimit,
  request: ApplyJobsRequest,
): Promise<ApplyJobsResponse> {
  const { specs, prune, prefix = '', dryRun } = request;
  if (specs.length > MAX_JOBS) {
    throw invalid(
      'tooManyJobs',
      `${specs.length} jobs are too many, ${MAX_JOBS} at most are applied at once`,
    );
  }
  const valid = validSpecs(specs);
  refuseIfAny(
    valid.flatMap(({ id }, index) =>
      id.startsWith(prefix) ? [] : [problem([index, 'id'], `'${id}' does not begin with '${prefix}'`)],
    ),
  );
  const plan = async () => {
    const known = await ports.book.find(valid.map(({ id }) => id));
    const removable = prune ? await allBelow(ports, prefix) : [];
    return planApply(valid, new Map(known.map((job) => [job.spec.id, job])), removable);
  };
  const retryOn = (error: unknown) => isCarillonError(error) && RETRIED.has(error.code);
  return retrying({ attempts: ATTEMPTS, baseMs: 10, maxMs: 500, retryOn }, async () => {
    const changes = await plan();
    const count = (wanted: PlannedChange['action']) =>
      changes.filter(({ action }) => action === wanted).length;
    await limit.makeRoom(count('create') - count('remove'));
    const moving = changes.filter(({ action }) => action !== 'unchanged');
    const change = {
      put: moving.flatMap(({ spec }) => spec ?? []),
      remove: moving.flatMap(({ action, jobId }) => (action === 'remove' ? [jobId] : [])),
    };
    // A dry run is refused as the real one would be.
    const carriedOut = () =>
      dryRun ? Promise.resolve(changes) : ports.transaction((tx) => carryOut(ports, tx, changes));
    return { changes: await ports.dependencies.keeping(change, carriedOut) };
  });
}

/** Somebody changed one of the jobs after it was planned. */
const RETRIED = new Set(['revisionChanged', 'concurrencyConflict']);

async function allBelow({ book }: JobRegistryPorts, prefix: string): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let after: string | undefined; ; ) {
    const page = await book.list(after, PAGE, { prefix, labels: {} });
    jobs.push(...page);
    after = page.at(-1)?.spec.id;
    if (page.length < PAGE) return jobs;
  }
}

async function carryOut(
  { jobs }: JobRegistryPorts,
  tx: Transaction,
  changes: readonly PlannedChange[],
): Promise<PlannedChange[]> {
  const metadata = currentTraceContext();
  const orders = changes.flatMap((change) => {
    const command = commandOf(change);
    return command ? [{ id: change.jobId, command, metadata }] : [];
  });
  const outcomes = new Map((await jobs.handleAll(tx, orders)).map((outcome) => [outcome.id, outcome]));
  return changes.map((change) => {
    const outcome = outcomes.get(change.jobId);
    if (outcome && 'error' in outcome) throw outcome.error;
    return outcome?.state.status === 'defined' ? { ...change, after: inForce(outcome.state) } : change;
  });
}

/** By the clock of the database, by which a revision comes into force. */
function commandOf({ jobId, action, before, spec }: PlannedChange): Timed<JobCommand> | undefined {
  const version = before && { uid: before.uid, revision: before.revision };
  if (action === 'remove' && version) {
    return (now) => ({ type: 'RemoveJob', jobId, uid: version.uid, expected: version, now });
  }
  if ((action === 'create' || action === 'update') && spec) {
    return (now) => ({ type: 'PutJob', uid: jobUid(now), spec, expected: version ?? 'none', now });
  }
  return undefined;
}
