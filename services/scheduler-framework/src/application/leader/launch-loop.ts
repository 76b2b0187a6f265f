import type { CallBody, Offer } from '@carillon/mesos';
import { type Logger, type Loop, type Rush, TurnLoop } from '@carillon/service-runtime';
import type { AgentRules } from '../../domain/offers/agent-rules.js';
import { type JobQueue, matchOffers, type Plan } from '../../domain/offers/match-offers.js';
import { blockerOf } from '../../domain/run/overlap.js';
import { timeoutAt } from '../../domain/run/run.state.js';
import { placementNeed } from '../../domain/offers/placement-need.js';
import { type LaunchPath, whyUnlaunchable } from '../../domain/tasks/launch-path.js';
import { withOverrides } from '../../domain/tasks/run-overrides.js';
import type { Fence } from '../leadership.js';
import { type Revisions, revisionKey } from '../revisions.js';
import type { Recorded } from '../run-batch.js';
import type { RunLedger, RunOrder } from '../run-ledger.js';
import { observeRecorded } from '../run-metrics.js';
import { taskIdOf } from '../task-ids.js';
import type { LaunchWindows } from './launch-windows.js';
import type { MesosLink } from './mesos-link.js';
import type { OfferPool } from './offer-pool.js';
import type { LastLook } from './queue-report.js';
import { type BookedRun, placesOf, type RunBook } from './run-book.js';

export interface LaunchLoopOptions {
  readonly ledger: RunLedger;
  readonly fence: Fence;
  readonly book: RunBook;
  readonly offers: OfferPool;
  readonly windows: LaunchWindows;
  readonly link: MesosLink;
  readonly revisions: Revisions;
  readonly path: LaunchPath;
  readonly clock: () => number;
  readonly rush: Pick<Rush, 'saw'>;
  readonly log: Logger;
  readonly settings: Pick<AgentRules, 'keepGpusForGpuRuns'>;
  /** For so long before its maintenance an agent gets no new runs. */
  readonly drainingMs: number;
  /** Agents resolve references to secrets. */
  readonly secretsAreKnown: boolean;
  readonly localRegion: () => string | undefined;
  /** Whether the term may launch: subscribed, its id on disk, and what runs known. */
  readonly mayLaunch: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** An offer that no waiting run fits on is not wanted again before this, unless something changes. */
const UNFIT_REFUSE_SECONDS = 5;
const HOLD_MS = 30_000;
/** Work waits and no offer comes: asked for again after this. */
const REVIVE_AGAIN_MS = 5_000;
const REVIVE_MIN_MS = 20;
const READ_AGAIN_MS = 1_000;
/** Runs that were expected are let in by then, or not at all. */
const EXPECTED_MS = 100;
/** At most so many launches are decided at once: the first must not wait too long for the last to be written. */
const MAX_LAUNCHES = 250;

/**
 * Finds places for the runs that wait: plan, append AttemptLaunched for all, then ACCEPT. Offers are held only while
 * something waits that fits; with nothing waiting the framework is suppressed.
 */
export class LaunchLoop implements Loop {
  readonly #o: LaunchLoopOptions;
  readonly #loop: TurnLoop;
  #suppressed = false;
  /** Monotonic. */
  #revivedAt = -Infinity;
  #expectedAt = -Infinity;
  #reviveWanted = false;
  #readAgain = false;
  #lastLook: LastLook | undefined;

  constructor(options: LaunchLoopOptions) {
    this.#o = options;
    this.#loop = new TurnLoop({ name: 'launching', log: options.log, turn: () => this.#turn() });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Something changed: runs, offers, or what agents are busy with. */
  wake(): void {
    this.#loop.wake();
  }

  /** There is more to be had than what was offered: new work, or resources that became free. */
  wantOffers(): void {
    this.#reviveWanted = true;
    this.#loop.wake();
  }

  /** Runs are being let in: their offers come while that is written. */
  expectRuns(): void {
    if (!this.#suppressed || !this.#o.mayLaunch()) return;
    this.#expectedAt = performance.now();
    void this.#o.link.send([this.#revive()]);
  }

  /** A framework that introduces itself, anew or changed, is not suppressed, and its offers come by themselves. */
  introduced(): void {
    this.#suppressed = false;
    this.#revivedAt = performance.now();
    this.#loop.wake();
  }

  /** What the last plan looked at, while something waits. */
  get lastLook(): LastLook | undefined {
    return this.#lastLook;
  }

  async #turn(): Promise<number> {
    try {
      return await this.#step();
    } catch (error) {
      this.#o.onError(error);
      throw error;
    }
  }

  async #step(): Promise<number> {
    const { offers, link, clock, mayLaunch } = this.#o;
    const now = clock();
    await this.#expire(now);
    if (!mayLaunch()) return this.#nextChange(now);
    const queue = await this.#waiting(now);
    if (queue.length === 0) {
      this.#lastLook = undefined;
      const expectedMs = this.#expectedAt + EXPECTED_MS - performance.now();
      if (expectedMs > 0) return Math.min(expectedMs, this.#nextChange(now));
      await this.#rest();
      return this.#nextChange(now);
    }
    const old = offers.takeOlder(performance.now() - HOLD_MS);
    if (old.length > 0) await link.send([decline(old, 0)]);
    if (offers.size === 0) return this.#waitForOffers();

    const plan = matchOffers(offers.all(), queue, {
      ...this.rules(),
      limit: MAX_LAUNCHES,
      room: (agentId) => this.#o.windows.room(agentId, now),
    });
    this.#lastLook = { at: now, agents: plan.looked };
    if (plan.placed > 0) {
      await this.#launch(plan);
      return 0;
    }
    const refused = offers.take(plan.declines);
    if (refused.length > 0) await link.send([decline(refused, UNFIT_REFUSE_SECONDS)]);
    return Math.min(this.#waitForOffers(), this.#nextChange(now));
  }

  rules(): AgentRules {
    const region = this.#o.localRegion();
    const maintenance = { now: this.#o.clock(), drainingMs: this.#o.drainingMs };
    return { ...this.#o.settings, maintenance, ...(region === undefined ? {} : { localRegion: region }) };
  }

  /** The runs that may be launched now. What can never be launched is ended here. */
  async #waiting(now: number): Promise<JobQueue[]> {
    const { book, ledger, fence, clock } = this.#o;
    const unread: BookedRun[] = [];
    for (const { runs } of book.queues()) for (const booked of runs) if (!booked.job) unread.push(booked);
    const rejected: RunOrder[] = [];
    if (unread.length > 0) {
      const jobs = await this.#revisionsOf(unread);
      for (const booked of jobs ? unread : []) {
        const job = jobs?.get(revisionKey(booked.run));
        const reason = job ? whyUnlaunchable(job.spec, this.#o.secretsAreKnown) : 'jobRemoved';
        if (job && reason === undefined) {
          booked.job = withOverrides(job, booked.run.overrides);
          booked.need = needOf(booked.job.spec.run);
        } else {
          const command = { type: 'RejectRun', reason: reason ?? '', now: clock() } as const;
          rejected.push({ ...orderOf(booked), command });
        }
      }
      for (const recorded of await ledger.record(rejected, fence)) this.#see(recorded);
    }
    const queue: JobQueue[] = [];
    for (const { uid, runs } of book.queues()) {
      const ready: { key: string; need: NonNullable<BookedRun['need']> }[] = [];
      for (const booked of runs) {
        const { key, need, run } = booked;
        if (need === undefined || run.notBefore > now) continue;
        if (run.overlap === undefined || !blockerOf(booked, book.ofJob(uid))) ready.push({ key, need });
        if (ready.length === MAX_LAUNCHES) break;
      }
      if (ready.length > 0) queue.push({ uid, runs: ready, placed: () => placesOf(book, uid) });
    }
    return queue;
  }

  /** Undefined while the registry is away: runs whose revisions are known need not wait for it. */
  async #revisionsOf(runs: readonly BookedRun[]) {
    try {
      return await this.#o.revisions.load(runs.map(({ run }) => run));
    } catch (error) {
      this.#o.log.warn({ err: error, runs: runs.length }, 'revisions cannot be had, again soon');
      this.#readAgain = true;
      return undefined;
    }
  }

  async #launch(plan: Plan): Promise<void> {
    const { book, offers, ledger, fence, path, windows, link, clock, rush } = this.#o;
    rush.saw(plan.placed);
    const before = new Map(offers.all().map((offer) => [offer.id.value, offer]));
    offers.take([...plan.accepts.flatMap(({ offerIds }) => offerIds), ...plan.declines]);
    const places = plan.accepts.flatMap((accept) =>
      accept.placements.flatMap((placement) => {
        const booked = book.get(placement.key);
        if (booked?.job === undefined) return [];
        const attempt = booked.run.attemptCount + 1;
        const { jobId, uid, runId } = booked.run;
        const taskId = taskIdOf({ jobId, uid, runId, attempt });
        return [{ accept, placement, booked, job: booked.job, attempt, taskId }];
      }),
    );
    let launched: typeof places;
    try {
      const recorded = await ledger.record(
        places.map(({ accept: { agentId, hostname }, placement: { values }, booked, attempt, taskId }) => ({
          ...orderOf(booked),
          command: {
            ...{ type: 'LaunchAttempt', attempt, taskId, agentId, hostname, now: clock() },
            ...(values === undefined ? {} : { values }),
          },
        })),
        fence,
      );
      launched = places.filter((_, index) => (recorded[index]?.events.length ?? 0) > 0);
      for (const one of recorded) this.#see(one);
    } catch (error) {
      offers.add(offersOf(plan, before));
      throw error;
    }
    const tasks = new Map(plan.accepts.map((accept) => [accept, [] as ReturnType<LaunchPath['taskInfo']>[]]));
    const launchedAt = clock();
    for (const { accept, placement, booked, job, attempt, taskId } of launched) {
      const { agentId, hostname } = accept;
      const { runId } = booked.run;
      const { resources } = placement;
      const until = timeoutAt(booked.run);
      const timeoutMs = until === undefined ? {} : { timeoutMs: until - launchedAt };
      tasks.get(accept)?.push(
        path.taskInfo({
          ...{ spec: job.spec, runId, attempt, taskId, agentId, hostname, resources },
          ...timeoutMs,
        }),
      );
      windows.launched(agentId, taskId, launchedAt);
      book.served(booked.ref.uid);
    }
    const more = this.#anyWaiting();
    const calls: CallBody[] = [];
    for (const [{ offerIds }, taskInfos] of tasks) {
      calls.push(taskInfos.length > 0 ? accept(offerIds, taskInfos) : decline(offerIds, 0));
    }
    if (plan.declines.length > 0) calls.push(decline(plan.declines, UNFIT_REFUSE_SECONDS));
    calls.push(more ? this.#revive() : this.#suppress());
    // Not awaited: the next plan need not wait for the master's 202.
    void link.send(calls);
  }

  /** Runs that found no place until their starting deadline. */
  async #expire(now: number): Promise<void> {
    const { book, ledger, fence } = this.#o;
    const orders: RunOrder[] = [];
    for (const { runs } of book.queues()) {
      for (const booked of runs) {
        const { startDeadlineAt, consumed } = booked.run;
        if (consumed || startDeadlineAt === undefined || startDeadlineAt > now) continue;
        orders.push({ ...orderOf(booked), command: { type: 'ExpireStartDeadline', now } });
      }
    }
    if (orders.length === 0) return;
    for (const recorded of await ledger.record(orders, fence)) this.#see(recorded);
  }

  async #rest(): Promise<void> {
    const { offers, link } = this.#o;
    const ids = offers.takeAll();
    const calls: CallBody[] = ids.length > 0 ? [decline(ids, UNFIT_REFUSE_SECONDS)] : [];
    if (!this.#suppressed) calls.push(this.#suppress());
    if (calls.length > 0) await link.send(calls);
  }

  #waitForOffers(): number {
    const wait = this.#suppressed || this.#reviveWanted ? REVIVE_MIN_MS : REVIVE_AGAIN_MS;
    const sinceRevived = performance.now() - this.#revivedAt;
    if (sinceRevived < wait) return wait - sinceRevived;
    void this.#o.link.send([this.#revive()]);
    return REVIVE_AGAIN_MS;
  }

  #revive(): CallBody {
    this.#suppressed = false;
    this.#reviveWanted = false;
    this.#revivedAt = performance.now();
    return { type: 'REVIVE' };
  }

  #suppress(): CallBody {
    this.#suppressed = true;
    this.#reviveWanted = false;
    return { type: 'SUPPRESS' };
  }

  #anyWaiting(): boolean {
    for (const { runs } of this.#o.book.queues()) for (const _ of runs) return true;
    return false;
  }

  /** Until a deadline passes or a back-off ends. */
  #nextChange(now: number): number {
    let next = this.#readAgain ? now + READ_AGAIN_MS : Infinity;
    this.#readAgain = false;
    for (const { runs } of this.#o.book.queues()) {
      for (const { run } of runs) {
        if (run.notBefore > now) next = Math.min(next, run.notBefore);
        if (!run.consumed && run.startDeadlineAt !== undefined) next = Math.min(next, run.startDeadlineAt);
      }
    }
    return Math.max(1, next - now);
  }

  #see(recorded: Recorded): void {
    this.#o.book.see(recorded);
    observeRecorded(recorded);
  }
}

const orderOf = ({ ref, trace, version, run }: BookedRun) => ({ ref, trace, known: { version, state: run } });

const needs = new WeakMap<object, ReturnType<typeof placementNeed>>();
function needOf(run: Parameters<typeof placementNeed>[0]): ReturnType<typeof placementNeed> {
  let need = needs.get(run);
  if (need === undefined) {
    need = placementNeed(run);
    needs.set(run, need);
  }
  return need;
}

function offersOf({ accepts, declines }: Plan, known: ReadonlyMap<string, Offer>): Offer[] {
  const ids = [...accepts.flatMap(({ offerIds }) => offerIds), ...declines];
  return ids.flatMap((id) => known.get(id) ?? []);
}

const accept = (offerIds: readonly string[], taskInfos: ReturnType<LaunchPath['taskInfo']>[]): CallBody => ({
  type: 'ACCEPT',
  accept: {
    offerIds: offerIds.map((value) => ({ value })),
    operations: [{ type: 'LAUNCH', launch: { taskInfos } }],
    filters: { refuseSeconds: 0 },
  },
});

const decline = (offerIds: readonly string[], refuseSeconds: number): CallBody => ({
  type: 'DECLINE',
  decline: { offerIds: offerIds.map((value) => ({ value })), filters: { refuseSeconds } },
});
