import type { Disconnected, Subscribed } from '@carillon/mesos';
import { isTransient, type Logger, retrying } from '@carillon/service-runtime';
import { type Fence, isLeadershipLost } from '../leadership.js';
import { isTime } from './is-time.js';
import type { MesosLink } from './mesos-link.js';
import type { Reconciliation, TaskToReconcile } from './reconciliation.js';

export interface FrameworkIds {
  load(): Promise<string | undefined>;
  store(frameworkId: string, fence: Fence): Promise<void>;
}

export interface SubscriptionOptions {
  readonly fence: Fence;
  readonly frameworkIds: FrameworkIds;
  readonly link: MesosLink;
  readonly reconciliation: Reconciliation;
  /** Launches wait for the answers of reconciliation for at most this long: one lost agent must not stop the rest. */
  readonly reconciliationWaitMs: number;
  readonly clock: () => number;
  readonly log: Logger;
  /** What this framework has launched and not heard the end of. */
  readonly liveTasks: () => readonly TaskToReconcile[];
  /** The master has a subscription, of which this leader must not make use yet. */
  readonly onBegun: () => void;
  /** The subscription is this leader's, on disk. */
  readonly onConfirmed: () => void;
  /** What was launched earlier is known, or was waited for long enough; asked again now. */
  readonly onMayLaunch: () => void;
  readonly onEnded: () => void;
  readonly onError: (error: unknown) => void;
  readonly lost: () => void;
  /** Nothing that this process can do helps. */
  readonly onFatal: (error: Error) => void;
}

/** Why there is no subscription is said so often while it is tried again. */
const SAY_EVERY_MS = 60_000;

/**
 * Whose subscription the master has, and when the leader may launch on it: once the framework's id is on disk under the
 * leader's fence, and what it launched earlier is accounted for.
 */
export class Subscription {
  readonly #o: SubscriptionOptions;
  #storedId: string | undefined;
  #number = 0;
  /** When what was launched earlier was asked about. */
  #waitsSince = 0;
  #barrierLifted = false;
  #localRegion: string | undefined;
  #sayAt = 0;
  #stopped = false;

  constructor(options: SubscriptionOptions) {
    this.#o = options;
  }

  /** The id under which this framework subscribed before, if it did. */
  async load(): Promise<string | undefined> {
    this.#storedId = await this.#o.frameworkIds.load();
    return this.#storedId;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Of the master. */
  get localRegion(): string | undefined {
    return this.#localRegion;
  }

  begin({ frameworkId: { value: id }, masterInfo }: Subscribed): void {
    const { fence, frameworkIds, link, onBegun, onError } = this.#o;
    const number = (this.#number += 1);
    link.began();
    this.#barrierLifted = false;
    this.#localRegion = masterInfo?.domain?.faultDomain?.region.name;
    onBegun();
    const ready = () => {
      if (!this.#stopped && number === this.#number) this.#confirm(id);
    };
    if (this.#storedId !== id) this.#storedId = undefined;
    // Under the fence, also when the id is known: a leader that slept may have subscribed after another took over, and
    // then it is the other's stream that the master refuses.
    const retryOn = (error: unknown) => isTransient(error) && !isLeadershipLost(error) && !this.#stopped;
    retrying({ retryOn }, () => frameworkIds.store(id, fence)).then(ready, onError);
  }

  #confirm(id: string): void {
    const { link, reconciliation, clock, liveTasks, onConfirmed } = this.#o;
    const now = clock();
    link.confirm();
    this.#storedId = id;
    reconciliation.begin(liveTasks(), now);
    this.#waitFrom(now);
    this.liftBarrier(now);
    onConfirmed();
  }

  #waitFrom(now: number): void {
    this.#waitsSince = now;
    setTimeout(this.#o.onMayLaunch, this.#o.reconciliationWaitMs).unref();
  }

  end({ reason, terminal, wasSubscribed }: Disconnected): void {
    const { log, clock, onEnded, lost, onFatal } = this.#o;
    this.#barrierLifted = false;
    onEnded();
    if (this.#stopped) return;
    const now = clock();
    const isNews = wasSubscribed || terminal || isTime(this.#sayAt, now, SAY_EVERY_MS);
    if (isNews) this.#sayAt = now + SAY_EVERY_MS;
    log[isNews ? 'warn' : 'debug']({ reason, wasSubscribed }, 'not subscribed to a Mesos master');
    if (!terminal) return;
    if (reason === 'Framework failed over') lost();
    else {
      const id = this.#storedId ?? 'unknown';
      const fix = 'start with another CARILLON_FRAMEWORK_NAME, or remove its row from framework_ids';
      onFatal(new Error(`Mesos refuses framework ${id}: ${reason}; ${fix}`));
    }
  }

  /** Launches nothing before the id is on disk and what was launched earlier is known. */
  mayLaunch(): boolean {
    if (this.#storedId === undefined || !this.#o.link.subscribed || this.#waitsSince === 0) return false;
    this.liftBarrier(this.#o.clock());
    return this.#barrierLifted;
  }

  /** What all launches wait for. */
  standstill(): string | undefined {
    if (!this.#o.link.subscribed || this.#storedId === undefined) return 'a Mesos master to subscribe to';
    return this.#barrierLifted ? undefined : 'the master to say what became of earlier tasks';
  }

  /** If what was launched earlier is accounted for, or was waited for long enough. */
  liftBarrier(now: number): void {
    const { link, reconciliation, reconciliationWaitMs, log, onMayLaunch } = this.#o;
    if (this.#barrierLifted || this.#storedId === undefined || !link.subscribed) return;
    if (now < this.#waitsSince) this.#waitFrom(now); // the clock was set back
    const overdue = now - this.#waitsSince >= reconciliationWaitMs;
    if (!reconciliation.settled && !overdue) return;
    this.#barrierLifted = true;
    const { outstanding } = reconciliation;
    if (outstanding > 0) log.warn({ outstanding }, 'launching although some tasks are not accounted for');
    onMayLaunch();
  }
}
