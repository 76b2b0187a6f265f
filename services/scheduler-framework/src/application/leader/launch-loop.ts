import type { CallBody, Offer, Resource, TaskInfo } from '@carillon/mesos';
import { type Logger, type Loop, type Rush, TurnLoop } from '@carillon/service-runtime';
import type { AgentRules } from '../../domain/offers/agent-rules.js';
import { type AgentPlan, matchOffers, type Plan } from '../../domain/offers/match-offers.js';
import type { LaunchAttempt } from '../../domain/run/run.commands.js';
import { timeoutAt } from '../../domain/run/run.state.js';
import type { LaunchPath } from '../../domain/tasks/launch-path.js';
import type { Fence } from '../leadership.js';
import type { Recorded } from '../run-batch.js';
import type { RunLedger } from '../run-ledger.js';
import { taskIdOf } from '../task-ids.js';
import type { JobVolumes } from './job-volumes.js';
import type { LaunchWindows } from './launch-windows.js';
import type { MesosLink } from './mesos-link.js';
import { decline, giveBackCall, launchCall } from './offer-calls.js';
import type { OfferPool } from './offer-pool.js';
import type { LastLook } from './queue-report.js';
import type { BookedRun, RunBook } from './run-book.js';
import { orderOf, type WaitingRuns } from './waiting-runs.js';

export interface LaunchLoopOptions {
  readonly ledger: RunLedger;
  readonly fence: Fence;
  readonly book: RunBook;
  readonly offers: OfferPool;
  readonly windows: LaunchWindows;
  readonly link: MesosLink;
  readonly waiting: WaitingRuns;
  readonly volumes: JobVolumes;
  readonly path: LaunchPath;
  readonly clock: () => number;
  readonly rush: Pick<Rush, 'saw'>;
  readonly log: Logger;
  readonly settings: Pick<AgentRules, 'keepGpusForGpuRuns'>;
  /** For so long before its maintenance an agent gets no new runs. */
  readonly drainingMs: number;
  readonly localRegion: () => string | undefined;
  /** Whether the term may launch: subscribed, its id on disk, and what runs known. */
  readonly mayLaunch: () => boolean;
  /** Takes note of what was written. */
  readonly see: (recorded: Recorded) => void;
  readonly onError: (error: unknown) => void;
}

/** An offer that no waiting run fits on is not wanted again before this, unless something changes. */
const UNFIT_REFUSE_SECONDS = 5;
const HOLD_MS = 30_000;
/** Work waits and no offer comes: asked for again after this. */
const REVIVE_AGAIN_MS = 5_000;
const REVIVE_MIN_MS = 20;
/** Runs that were expected are let in by then, or not at all. */
const EXPECTED_MS = 100;
/** At most so many launches are decided at once: the first must not wait too long for the last to be written. */
const MAX_LAUNCHES = 250;
/** What a task had is offered again within this, and with it the volumes that are to be destroyed. */
const LOOK_MS = 10_000;

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
  #lookUntil = -Infinity;
  /** Offers were declined while nothing waited: what waits from now on has to ask for them. */
  #turnedAway = false;
  #reviveWanted = false;
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
    if (!(this.#suppressed || this.#turnedAway) || !this.#o.mayLaunch()) return;
    this.#expectedAt = performance.now();
    void this.#o.link.send([this.#revive()]);
  }

  /** Volumes are somewhere that no job has: they are destroyed when they are offered. */
  lookForVolumes(): void {
    this.#lookUntil = performance.now() + LOOK_MS;
    this.wantOffers();
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
    const { offers, link, clock, mayLaunch, waiting } = this.#o;
    const now = clock();
    await waiting.expire(now);
    if (!mayLaunch()) return waiting.nextChange(now);
    await this.#giveBack();
    const queue = await waiting.ready(now, MAX_LAUNCHES);
    if (queue.length === 0) {
      this.#lastLook = undefined;
      const lookMs = this.#lookUntil - performance.now();
      if (lookMs > 0) {
        const unwanted = offers.takeAll();
        if (unwanted.length > 0) {
          this.#turnedAway = true;
          await link.send([decline(unwanted, UNFIT_REFUSE_SECONDS)]);
        }
        const askMs = this.#reviveWanted ? this.#waitForOffers() : Infinity;
        return Math.min(lookMs, askMs, waiting.nextChange(now));
      }
      const expectedMs = this.#expectedAt + EXPECTED_MS - performance.now();
      if (expectedMs > 0) return Math.min(expectedMs, waiting.nextChange(now));
      await this.#rest();
      return waiting.nextChange(now);
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
    return Math.min(this.#waitForOffers(), waiting.nextChange(now));
  }

  /** Volumes that no job has, on whatever was offered. */
  async #giveBack(): Promise<void> {
    const { offers, volumes, link, log } = this.#o;
    if (await volumes.anyLeft()) this.lookForVolumes();
    const holding = offers.withVolumes();
    if (holding.length === 0) return;
    const calls: CallBody[] = [];
    for (const [offer, strays] of await volumes.strays(holding)) {
      if (strays.length === 0 || offers.take([offer.id.value]).length === 0) continue;
      const persistenceIds = strays.flatMap(({ persistenceId }) => persistenceId ?? []);
      log.info({ hostname: offer.hostname, persistenceIds }, 'volumes that no job has are destroyed');
      calls.push(giveBackCall(offer.id.value, strays));
    }
    if (calls.length > 0) await link.send(calls);
  }

  rules(): AgentRules {
    const region = this.#o.localRegion();
    const maintenance = { now: this.#o.clock(), drainingMs: this.#o.drainingMs };
    return { ...this.#o.settings, maintenance, ...(region === undefined ? {} : { localRegion: region }) };
  }

  async #launch(plan: Plan): Promise<void> {
    const { book, offers, ledger, fence, path, windows, link, clock, rush, see } = this.#o;
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
            ...volumesOf(booked),
          },
        })),
        fence,
      );
      launched = places.filter((_, index) => (recorded[index]?.events.length ?? 0) > 0);
      for (const one of recorded) see(one);
    } catch (error) {
      offers.add(offersOf(plan, before));
      throw error;
    }
    const tasks = new Map<AgentPlan, Launches>();
    for (const accept of plan.accepts) tasks.set(accept, { infos: [], created: [] });
    const launchedAt = clock();
    for (const { accept, placement, booked, job, attempt, taskId } of launched) {
      const { agentId, hostname } = accept;
      const { runId } = booked.run;
      const { resources } = placement;
      const until = timeoutAt(booked.run);
      const timeoutMs = until === undefined ? {} : { timeoutMs: until - launchedAt };
      const launches = tasks.get(accept);
      launches?.created.push(...(placement.created ?? []));
      launches?.infos.push(
        path.taskInfo({
          ...{ spec: job.spec, runId, attempt, taskId, agentId, hostname, resources },
          ...timeoutMs,
        }),
      );
      windows.launched(agentId, taskId, launchedAt);
      book.served(booked.ref.uid);
    }
    const more = this.#o.waiting.any();
    const calls: CallBody[] = [];
    for (const [{ offerIds }, { infos, created }] of tasks) {
      calls.push(infos.length > 0 ? launchCall(offerIds, infos, created) : decline(offerIds, 0));
    }
    if (plan.declines.length > 0) calls.push(decline(plan.declines, UNFIT_REFUSE_SECONDS));
    calls.push(more ? this.#revive() : this.#suppress());
    // Not awaited: the next plan need not wait for the master's 202.
    void link.send(calls);
  }

  async #rest(): Promise<void> {
    const { offers, link } = this.#o;
    const ids = offers.takeAll();
    const calls: CallBody[] = ids.length > 0 ? [decline(ids, UNFIT_REFUSE_SECONDS)] : [];
    if (!this.#suppressed) calls.push(this.#suppress());
    if (calls.length > 0) await link.send(calls);
  }

  #waitForOffers(): number {
    const isUrgent = this.#suppressed || this.#reviveWanted || this.#turnedAway;
    const wait = isUrgent ? REVIVE_MIN_MS : REVIVE_AGAIN_MS;
    const sinceRevived = performance.now() - this.#revivedAt;
    if (sinceRevived < wait) return wait - sinceRevived;
    void this.#o.link.send([this.#revive()]);
    return REVIVE_AGAIN_MS;
  }

  #revive(): CallBody {
    this.#turnedAway = false;
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
}

/** What one ACCEPT is to do. */
interface Launches {
  readonly infos: TaskInfo[];
  readonly created: Resource[];
}

function volumesOf({ need }: BookedRun): Pick<LaunchAttempt, 'volumes'> {
  if (need?.volumes === undefined) return {};
  const volumes = need.volumes.wanted.map(({ containerPath, persistenceId, size }) => ({
    containerPath,
    persistenceId,
    size,
  }));
  return { volumes };
}

function offersOf({ accepts, declines }: Plan, known: ReadonlyMap<string, Offer>): Offer[] {
  const ids = [...accepts.flatMap(({ offerIds }) => offerIds), ...declines];
  return ids.flatMap((id) => known.get(id) ?? []);
}
