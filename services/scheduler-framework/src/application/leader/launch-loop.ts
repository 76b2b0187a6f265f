import type { CallBody } from '@carillon/mesos';
import { type Logger, type Loop, type Rush, TurnLoop } from '@carillon/service-runtime';
import type { AgentRules } from '../../domain/offers/agent-rules.js';
import { matchOffers, type Plan } from '../../domain/offers/match-offers.js';
import type { JobVolumes } from './job-volumes.js';
import type { LaunchTasks } from './launch-tasks.js';
import type { LaunchWindows } from './launch-windows.js';
import type { MesosLink } from './mesos-link.js';
import { decline, giveBackCall, UNFIT_REFUSE_SECONDS } from './offer-calls.js';
import { OfferDemand } from './offer-demand.js';
import type { OfferPool } from './offer-pool.js';
import type { LastLook } from './queue-report.js';
import type { WaitingRuns } from './waiting-runs.js';

export interface LaunchLoopOptions {
  readonly tasks: LaunchTasks;
  readonly offers: OfferPool;
  readonly windows: LaunchWindows;
  readonly link: MesosLink;
  readonly waiting: WaitingRuns;
  readonly volumes: JobVolumes;
  readonly clock: () => number;
  readonly rush: Pick<Rush, 'saw'>;
  readonly log: Logger;
  readonly settings: Pick<AgentRules, 'keepGpusForGpuRuns'>;
  /** For so long before its maintenance an agent gets no new runs. */
  readonly drainingMs: number;
  readonly localRegion: () => string | undefined;
  /** Whether the term may launch: subscribed, its id on disk, and what runs known. */
  readonly mayLaunch: () => boolean;
  readonly onError: (error: unknown) => void;
}

const HOLD_MS = 30_000;
/** Runs that were expected are let in by then, or not at all. */
const EXPECTED_MS = 100;
/** At most so many launches are decided at once: the first must not wait too long for the last to be written. */
const MAX_LAUNCHES = 500;
/** What a task had is offered again within this, and with it the volumes that are to be destroyed. */
const LOOK_MS = 10_000;

/**
 * Finds places for the runs that wait: plan, append AttemptLaunched for all, then ACCEPT. Offers are held only while
 * something waits that fits; with nothing waiting the framework is suppressed.
 */
export class LaunchLoop implements Loop {
  readonly #o: LaunchLoopOptions;
  readonly #loop: TurnLoop;
  readonly #demand = new OfferDemand();
  /** Monotonic. */
  #expectedAt = -Infinity;
  #lookUntil = -Infinity;
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
    this.#demand.want();
    this.#loop.wake();
  }

  /** Runs are being let in: their offers come while that is written. */
  expectRuns(): void {
    if (!this.#demand.isQuiet || !this.#o.mayLaunch()) return;
    this.#expectedAt = performance.now();
    void this.#o.link.send([this.#demand.revive()]);
  }

  /** Volumes are somewhere that no job has: they are destroyed when they are offered. */
  lookForVolumes(): void {
    this.#lookUntil = performance.now() + LOOK_MS;
    this.wantOffers();
  }

  /** A framework that introduces itself, anew or changed, is not suppressed, and its offers come by themselves. */
  introduced(): void {
    this.#demand.introduced();
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
          this.#demand.turnedAway();
          await link.send([decline(unwanted, UNFIT_REFUSE_SECONDS)]);
        }
        const askMs = this.#demand.isWanted ? this.#waitForOffers() : Infinity;
        return Math.min(lookMs, askMs, waiting.nextChange(now));
      }
      const expectedMs = this.#expectedAt + EXPECTED_MS - performance.now();
      if (expectedMs > 0) return Math.min(expectedMs, waiting.nextChange(now));
      await this.#rest();
      return waiting.nextChange(now);
    }
    const old = offers.takeOlder(performance.now() - HOLD_MS);
    if (old.length > 0) await link.send([decline(old, 0)]);
    if (offers.size === 0) return Math.min(this.#waitForOffers(), waiting.nextChange(now));

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
    const { tasks, link, rush, waiting } = this.#o;
    rush.saw(plan.placed);
    const calls = await tasks.launch(plan);
    const ask = waiting.any() ? [this.#demand.revive()] : this.#demand.suppress();
    // Not awaited: the next plan need not wait for the master's 202.
    void link.send([...calls, ...ask]);
  }

  async #rest(): Promise<void> {
    const { offers, link } = this.#o;
    const ids = offers.takeAll();
    const declined = ids.length > 0 ? [decline(ids, UNFIT_REFUSE_SECONDS)] : [];
    const calls = [...declined, ...this.#demand.suppress()];
    if (calls.length > 0) await link.send(calls);
  }

  /** Milliseconds until they are to be asked for again. */
  #waitForOffers(): number {
    const { waitMs } = this.#demand;
    if (waitMs > 0) return waitMs;
    void this.#o.link.send([this.#demand.revive()]);
    return this.#demand.waitMs;
  }
}
