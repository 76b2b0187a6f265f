import { randomUUID } from 'node:crypto';
import type { Job, Run, RunOfKeyRequest, StartRunRequest } from '@carillon/contracts';
import { concurrencyConflict, domainError, invalid, notFound } from '@carillon/event-sourcing';
import type { Transaction } from '@carillon/event-store';
import { currentTraceContext } from '@carillon/service-runtime';
import { manualRunId } from '@carillon/time';
import { type JobRunsState, runOfKey } from '../domain/job-runs/job-runs.state.js';
import type { KnownRun } from '../domain/run/run.state.js';
import type { IdempotencyKeys, KeyOfRun } from './idempotency-keys.js';
import type { RunBatch } from './run-batch.js';
import { jobRunsStream, type RunRef, runStream } from './run-keys.js';
import { observeRecorded } from './run-metrics.js';
import { overlapOf, policyOf, replacedBy } from './run-policy.js';
import { toRun } from './run-view.js';
import { type Revisions, revisionKey } from './revisions.js';
import type { RunLedger } from './run-ledger.js';

/** It becomes part of task ids and of Mesos's sandbox paths. */
const RUN_ID = /^[0-9A-Za-z][0-9A-Za-z_-]{0,62}$/;
const RUN_ID_RULE = '1 to 63 letters, digits, - and _, a letter or digit first';

interface StartRunOptions {
  readonly ledger: RunLedger;
  readonly revisions: Revisions;
  readonly keys: IdempotencyKeys;
  readonly framework: string;
  readonly clock: () => number;
}

/** Starts runs by hand, from any instance: they pass the same door as scheduled ones, and the leader launches them. */
export class StartRun {
  readonly #ledger: RunLedger;
  readonly #revisions: Revisions;
  readonly #keys: IdempotencyKeys;
  readonly #framework: string;
  readonly #clock: () => number;

  constructor({ ledger, revisions, keys, framework, clock }: StartRunOptions) {
    this.#ledger = ledger;
    this.#revisions = revisions;
    this.#keys = keys;
    this.#framework = framework;
    this.#clock = clock;
  }

  /** What `start` answers to the key again. Throws runNotFound where it would start a run. */
  async ofKey({ uid, idempotencyKey }: RunOfKeyRequest): Promise<Run> {
    const stream = jobRunsStream(uid);
    const door = (await this.#ledger.store.loadStates(undefined, [stream])).get(stream);
    const runId = await this.#runOfKey({ uid, key: idempotencyKey }, door?.state as JobRunsState | undefined);
    const run = runId === undefined ? undefined : await this.#state(undefined, { uid, runId });
    if (run) return toRun(run);
    throw notFound('runNotFound', 'no run was started with this idempotency key', { idempotencyKey });
  }

  async start(request: StartRunRequest): Promise<Run> {
    const { jobId, uid, revision, runId } = request;
    if (runId !== undefined && !RUN_ID.test(runId)) {
      const rule = { path: 'runId', value: runId, rule: RUN_ID_RULE };
      throw invalid('runIdInvalid', `a run id has ${RUN_ID_RULE}, not ${runId}`, rule);
    }
    const job = (await this.#revisions.load([{ jobId, uid, revision }])).get(revisionKey({ uid, revision }));
    if (!job)
      throw notFound('jobNotFound', `job ${jobId} has no revision ${revision}`, { jobId, uid, revision });
    return this.#ledger.transaction((tx) => this.#startIn(tx, request, job));
  }

  async #startIn(tx: Transaction, request: StartRunRequest, job: Job): Promise<Run> {
    const { jobId, uid, revision, idempotencyKey, overrides, concurrencyPolicy = 'ALLOW' } = request;
    const trace = currentTraceContext();
    const now = this.#clock();
    const batch = this.#ledger.batch(tx);
    await batch.loadJobs([uid]);
    const made = await this.#madeBefore(tx, request, batch);
    if (made) return made;
    const runId = request.runId ?? manualRunId({ uid, key: idempotencyKey ?? randomUUID(), createdAt: now });
    const ref = { uid, runId };
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const admit = { type: 'AdmitManualRun', jobId, uid, runId, concurrencyPolicy, ...key } as const;
    const [admitted] = batch.decideJob(admit, trace);
    // The hash of another run of this second: tried again with another.
    if (admitted?.type !== 'RunAdmitted') throw concurrencyConflict(runStream(ref), 0);
    const facts = { jobId, uid, revision, runId, trigger: 'manual' as const, dueAt: now, now };
    const policy = { ...policyOf(job.spec.run), ...overlapOf(concurrencyPolicy) };
    const recorded = batch.open(
      { jobId, uid, runId, framework: this.#framework },
      { type: 'QueueRun', ...facts, ...policy, ...key, ...(overrides === undefined ? {} : { overrides }) },
      trace,
    );
    const replaced = (admitted.data.replaces ?? []).map((active) => ({ uid, runId: active }));
    await batch.loadRuns(replaced);
    const stop = { type: 'RequestStop', reason: replacedBy(runId), now } as const;
    const stopped = replaced.map((active) => batch.decideRun(active, stop, trace));
    await batch.save();
    if (idempotencyKey !== undefined) await this.#keys.record(tx, ref, idempotencyKey);
    await this.#ledger.announce(tx, [ref, ...replaced]);
    tx.afterCommit(() => [recorded, ...stopped].forEach(observeRecorded));
    return toRun(recorded.run as KnownRun);
  }

  /** The run that an earlier request with the same key made. Throws runExists when another request has the run id. */
  async #madeBefore(
    tx: Transaction,
    { uid, runId, idempotencyKey }: StartRunRequest,
    batch: RunBatch,
  ): Promise<Run | undefined> {
    const ofKey =
      idempotencyKey === undefined
        ? undefined
        : await this.#runOfKey({ uid, key: idempotencyKey }, batch.job(uid), tx);
    if (ofKey !== undefined) {
      if (runId !== undefined && runId !== ofKey) {
        const details = { runId: ofKey, idempotencyKey };
        throw domainError('idempotencyKeyUsed', `the idempotency key made run ${ofKey}`, details);
      }
      return this.#find(tx, { uid, runId: ofKey });
    }
    if (runId === undefined) return undefined;
    // The key may have been forgotten; the run itself remembers it.
    const found = await this.#state(tx, { uid, runId });
    if (found === undefined && !batch.job(uid).recent.includes(runId)) return undefined;
    if (found === undefined || idempotencyKey === undefined || found.idempotencyKey !== idempotencyKey) {
      return runExists(runId);
    }
    return toRun(found);
  }

  async #runOfKey(of: KeyOfRun, door?: JobRunsState, tx?: Transaction): Promise<string | undefined> {
    return (door && runOfKey(door, of.key)) ?? (await this.#keys.find(of, tx));
  }

  async #find(tx: Transaction, ref: RunRef): Promise<Run | undefined> {
    const found = await this.#state(tx, ref);
    return found && toRun(found);
  }

  async #state(tx: Transaction | undefined, ref: RunRef): Promise<KnownRun | undefined> {
    const loaded = await this.#ledger.store.loadStates(tx, [runStream(ref)]);
    return loaded.get(runStream(ref))?.state as KnownRun | undefined;
  }
}

function runExists(runId: string): never {
  throw domainError('runExists', `there is a run ${runId} already`, { runId });
}
