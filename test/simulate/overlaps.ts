import type { Schedule } from '@carillon/contracts';
import type { EventRow } from './memory-tables.js';
import { holds } from './violation.js';

const OVERLAP = 'runs of one job overlap only as its policies allow';
const DEADLINE = 'a run is refused for its start deadline when that has passed, and only then';

type Policy = Schedule['concurrencyPolicy'];

interface Facts {
  readonly uid: string;
  readonly runId: string;
  readonly revision: number;
  readonly trigger: string;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly idempotencyKey?: string;
}

interface Admitted {
  readonly policy: Policy;
  /** Those who were there when it came: with REPLACE they have to go first. */
  readonly before: ReadonlySet<string>;
  launched: boolean;
}

/** What the doors of the framework let in, and what is launched of it, against the schedules as the registry has them. */
export class Overlaps {
  readonly #scheduleOf: (uid: string, revision: number, scheduleId: string) => Schedule | undefined;
  readonly #due = new Map<string, Facts>();
  /** Policies that people asked for, by idempotency key. */
  readonly #byHand = new Map<string, Policy>();
  /** By uid, then by run id. */
  readonly #admitted = new Map<string, Map<string, Admitted>>();

  constructor(scheduleOf: (uid: string, revision: number, scheduleId: string) => Schedule | undefined) {
    this.#scheduleOf = scheduleOf;
  }

  due({ data }: EventRow): void {
    const facts = data as Facts;
    this.#due.set(keyOf(facts), facts);
  }

  askedByHand(idempotencyKey: string, policy: Policy): void {
    this.#byHand.set(idempotencyKey, policy);
  }

  frameworkEvent({ type, data }: EventRow): void {
    const facts = data as Facts;
    if (type === 'RunAdmitted') this.#admit(facts);
    else if (type === 'RunSkipped') this.#skip(data as Facts & { reason: string; skippedAt: number });
    else if (type === 'RunQueued') this.#queued(data as Facts & { queuedAt: number });
    else if (type === 'AttemptLaunched') this.#launch(facts);
    else if (type === 'RunEnded') this.#end(facts);
  }

  #admit(facts: Facts): void {
    const known = this.#due.get(keyOf(facts));
    const { idempotencyKey = '' } = facts;
    const policy =
      (known ? this.#schedule(known)?.concurrencyPolicy : this.#byHand.get(idempotencyKey)) ?? 'ALLOW';
    const ofJob = this.#admitted.get(facts.uid) ?? new Map<string, Admitted>();
    this.#admitted.set(facts.uid, ofJob);
    const before = new Set(ofJob.keys());
    const isAlone = policy !== 'FORBID' || before.size === 0;
    holds(isAlone, OVERLAP, () => `${keyOf(facts)} is let in beside ${[...before].join()}, with FORBID`);
    ofJob.set(facts.runId, { policy, before, launched: false });
  }

  #skip({ reason, skippedAt, ...facts }: Facts & { reason: string; skippedAt: number }): void {
    this.#due.delete(keyOf(facts));
    const others = this.#admitted.get(facts.uid)?.size ?? 0;
    holds(
      reason !== 'overlapForbidden' || others > 0,
      OVERLAP,
      () => `${keyOf(facts)} is refused for no other`,
    );
    if (reason !== 'startingDeadlineExceeded') return;
    const deadline = this.#deadline(facts);
    const isLate = deadline === undefined || skippedAt > deadline;
    holds(
      isLate,
      DEADLINE,
      () => `${keyOf(facts)} is refused ${skippedAt - facts.dueAt} ms after it was due`,
    );
  }

  #queued({ queuedAt, ...facts }: Facts & { queuedAt: number }): void {
    const deadline = this.#due.delete(keyOf(facts)) ? this.#deadline(facts) : undefined;
    const inTime = deadline === undefined || queuedAt <= deadline;
    holds(inTime, DEADLINE, () => `${keyOf(facts)} is let in ${queuedAt - facts.dueAt} ms after it was due`);
  }

  #launch({ uid, runId }: Facts): void {
    const ofJob = this.#admitted.get(uid);
    const run = ofJob?.get(runId);
    if (!ofJob || !run || run.launched) return;
    run.launched = true;
    for (const [other, { policy, launched }] of ofJob) {
      if (other === runId) continue;
      const replaced = run.policy === 'REPLACE' && run.before.has(other);
      const queues = run.policy === 'QUEUE' && policy === 'QUEUE' && launched;
      const how = `${uid}/${runId} with ${run.policy}`;
      holds(!replaced && !queues, OVERLAP, () => `${how} is launched while ${other} has not ended`);
    }
  }

  #end({ uid, runId }: Facts): void {
    const ofJob = this.#admitted.get(uid);
    ofJob?.delete(runId);
    if (ofJob?.size === 0) this.#admitted.delete(uid);
  }

  #schedule({ uid, revision, trigger, scheduleId = '' }: Facts): Schedule | undefined {
    return trigger === 'schedule' ? this.#scheduleOf(uid, revision, scheduleId) : undefined;
  }

  /** Where the schedule gives one that counts from the due instant. */
  #deadline(facts: Facts): number | undefined {
    const schedule = this.#schedule(facts);
    if (schedule === undefined || (schedule.jitterSeconds ?? 0) > 0) return undefined;
    if ((schedule.catchUp?.policy ?? 'NONE') !== 'NONE') return undefined;
    return facts.dueAt + schedule.startingDeadlineSeconds * 1_000;
  }
}

const keyOf = ({ uid, runId }: { readonly uid: string; readonly runId: string }) => `${uid}/${runId}`;
