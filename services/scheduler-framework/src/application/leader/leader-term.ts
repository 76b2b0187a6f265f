import type { ConsumerOptions, MessageHandler } from '@carillon/event-log';
import type { Event, FrameworkInfo, MesosConnection, MesosConnectionOptions } from '@carillon/mesos';
import { type Logger, type Loop, metrics, type Rush } from '@carillon/service-runtime';
import type { WindowLimits } from '../../domain/offers/launch-window.js';
import { currentAttempt } from '../../domain/run/run.state.js';
import type { LaunchPath } from '../../domain/tasks/launch-path.js';
import { type Fence, isLeadershipLost, type Term } from '../leadership.js';
import type { Revisions } from '../revisions.js';
import type { AdmitDueRunsOptions } from '../admit-due-runs.js';
import type { Recorded } from '../run-batch.js';
import type { RunLedger } from '../run-ledger.js';
import { observeRecorded } from '../run-metrics.js';
import { ChangedRuns } from './changed-runs.js';
import { Housekeeping } from './housekeeping.js';
import { Introduction } from './introduction.js';
import { JobVolumes } from './job-volumes.js';
import { LaunchLoop } from './launch-loop.js';
import { LaunchTasks } from './launch-tasks.js';
import { LaunchWindows } from './launch-windows.js';
import { MesosLink } from './mesos-link.js';
import { OfferPool } from './offer-pool.js';
import { QueueReport } from './queue-report.js';
import { Reconciliation } from './reconciliation.js';
import { RunBook } from './run-book.js';
import { StatusIntake } from './status-intake.js';
import { type FrameworkIds, Subscription } from './subscription.js';
import { WaitingRuns } from './waiting-runs.js';

export interface LeaderTermOptions {
  readonly fence: Fence;
  readonly ledger: RunLedger;
  readonly revisions: Revisions;
  readonly frameworkIds: FrameworkIds;
  /** The name of this framework: it owns the runs that bear it. */
  readonly framework: string;
  /** What the framework is now; asked again every `lookEveryMs`. Throws where that cannot be known. */
  readonly frameworkInfo: () => FrameworkInfo;
  readonly lookEveryMs: number;
  readonly masters: string;
  readonly connect: (options: MesosConnectionOptions) => MesosConnection;
  readonly path: LaunchPath;
  readonly windowLimits: WindowLimits;
  readonly keepGpusForGpuRuns: boolean;
  readonly secretsAreKnown: boolean;
  readonly drainingMs: number;
  readonly silentMs: number;
  readonly unreachableTimeoutMs: number;
  /** See Subscription. */
  readonly reconciliationWaitMs: number;
  readonly clock: () => number;
  /** Told of when many are launched at once; recording what became of them waits for its end. */
  readonly rush: Pick<Rush, 'saw' | 'calm'>;
  readonly log: Logger;
  /** The consumer of due runs, to run for as long as this term, and what it does with each batch. */
  readonly triggers: (
    told: Pick<AdmitDueRunsOptions, 'onDue' | 'onAdmitted'> & Required<Pick<ConsumerOptions, 'onFenced'>>,
  ) => { readonly consumer: Loop; readonly handle: MessageHandler };
  /** Asks history which ended runs it has. */
  readonly forgetting: Loop;
  readonly lost: () => void;
  /** Nothing that this process can do helps. */
  readonly onFatal: (error: Error) => void;
}

/**
 * What one leader does while it leads: remembers the active runs, admits what is due, holds the subscription, launches,
 * records statuses. All of it ends with the term, and its appends with the fence.
 */
export class LeaderTerm implements Term {
  readonly #o: LeaderTermOptions;
  readonly #book = new RunBook();
  readonly #volumes: JobVolumes;
  readonly #offers = new OfferPool();
  readonly #windows: LaunchWindows;
  readonly #link: MesosLink;
  readonly #reconciliation: Reconciliation;
  readonly #launching: LaunchLoop;
  readonly #statuses: StatusIntake;
  readonly #housekeeping: Housekeeping;
  readonly #triggers: Loop;
  readonly #subscription: Subscription;
  readonly #changes: ChangedRuns;
  #introduction: Introduction | undefined;
  /** Why queued runs wait. */
  readonly report: QueueReport;
  /** Handles messages of carillon.triggers. */
  readonly hearTriggers: MessageHandler;
  #connection: MesosConnection | undefined;
  #stopped = false;

  constructor(options: LeaderTermOptions) {
    this.#o = options;
    const { ledger, fence, revisions, clock, log, rush, windowLimits, keepGpusForGpuRuns } = options;
    this.#windows = new LaunchWindows(windowLimits);
    this.#link = new MesosLink(() => this.#connection, log);
    this.#reconciliation = new Reconciliation(this.#link);
    this.#volumes = new JobVolumes({
      ...{ store: ledger.store, book: this.#book, framework: options.framework, log },
    });
    const see = (recorded: Recorded) => {
      this.#volumes.saw(recorded);
      this.#book.see(recorded);
      observeRecorded(recorded);
    };
    this.#subscription = new Subscription({
      ...{
        fence,
        frameworkIds: options.frameworkIds,
        link: this.#link,
        reconciliation: this.#reconciliation,
      },
      ...{ reconciliationWaitMs: options.reconciliationWaitMs, clock, log, onError: this.#onError },
      ...{ lost: options.lost, onFatal: options.onFatal },
      liveTasks: () => this.#liveTasks(),
      onBegun: () => {
        this.#offers.clear();
        this.#launching.introduced();
      },
      onConfirmed: () => {
        this.#statuses.wake();
        this.#housekeeping.wake();
      },
      onMayLaunch: () => this.#launching.wake(),
      onEnded: () => this.#offers.clear(),
    });
    this.#changes = new ChangedRuns({
      ...{ ledger, framework: options.framework, book: this.#book, log },
      onRefreshed: () => {
        this.#housekeeping.wake();
        this.#launching.wake();
      },
      onVolumesChanged: (uid) => {
        this.#volumes.changed(uid);
        this.#launching.lookForVolumes();
      },
    });
    const shared = {
      see,
      ledger,
      fence,
      book: this.#book,
      link: this.#link,
      clock,
      log,
      rush,
      onError: this.#onError,
    };
    const windows = this.#windows;
    const offers = this.#offers;
    this.#launching = new LaunchLoop({
      ...{ offers, windows, link: this.#link, volumes: this.#volumes, clock, log, rush },
      tasks: new LaunchTasks({ ...shared, offers, windows, path: options.path }),
      onError: this.#onError,
      waiting: new WaitingRuns({
        ...{ book: this.#book, revisions, volumes: this.#volumes, clock, log },
        ability: () => ({ secretsAreKnown: options.secretsAreKnown, roles: this.#info?.roles ?? ['*'] }),
        volumeOwner: () => ({ framework: options.framework, ...principalOf(this.#info) }),
        record: async (orders) => (await ledger.record(orders, fence)).forEach(see),
      }),
      settings: { keepGpusForGpuRuns },
      drainingMs: options.drainingMs,
      localRegion: () => this.#subscription.localRegion,
      mayLaunch: () => this.#subscription.mayLaunch(),
    });
    this.#statuses = new StatusIntake({
      ...shared,
      windows: this.#windows,
      onRecorded: ({ resourcesFreed }) =>
        resourcesFreed ? this.#launching.wantOffers() : this.#launching.wake(),
    });
    this.#housekeeping = new Housekeeping({
      ...shared,
      reconciliation: this.#reconciliation,
      silentMs: options.silentMs,
      unreachableTimeoutMs: options.unreachableTimeoutMs,
      onRecorded: () => this.#launching.wake(),
    });
    this.report = new QueueReport({
      ...{ book: this.#book, clock },
      lastLook: () => this.#launching.lastLook,
      rules: () => this.#launching.rules(),
      standstill: () => this.#subscription.standstill(),
    });
    const { consumer, handle } = options.triggers({
      onDue: () => this.#launching.expectRuns(),
      onAdmitted: (admitted) => {
        rush.saw(admitted.length);
        for (const recorded of admitted) this.#book.see(recorded);
        if (admitted.some(({ events }) => events[0]?.type === 'RunStopRequested')) this.#housekeeping.wake();
        this.#launching.wake();
      },
      onFenced: () => this.#changes.lookAgain(),
    });
    this.#triggers = consumer;
    this.hearTriggers = handle;
  }

  /** How the framework has introduced itself. */
  get #info(): FrameworkInfo | undefined {
    return this.#introduction?.info;
  }

  async begin(): Promise<void> {
    const { connect, masters, frameworkInfo, lookEveryMs, log, fence } = this.#o;
    await this.#changes.start();
    for (const { run } of this.#book.all()) {
      const attempt = currentAttempt(run);
      if (attempt && !attempt.reported) {
        this.#windows.launched(attempt.agentId, attempt.taskId, attempt.launchedAt);
      }
    }
    const frameworkId = await this.#subscription.load();
    const framework = frameworkInfo();
    this.#connection = connect({
      masters,
      framework,
      ...(frameworkId === undefined ? {} : { frameworkId }),
      onEvent: (event) => this.#onEvent(event),
      onSubscribed: (subscribed) => {
        const { value } = subscribed.frameworkId;
        log.info({ frameworkId: value, master: this.#connection?.master, epoch: fence.epoch }, 'subscribed');
        this.#subscription.begin(subscribed);
      },
      onDisconnected: (end) => this.#subscription.end(end),
      onDiagnostic: (message) => log.info({ mesos: message }, 'mesos'),
    });
    metrics.runsActive.addCallback(this.#observeRuns);
    this.#introduction = new Introduction(framework, {
      ...{ frameworkInfo, connection: () => this.#connection, lookEveryMs, log },
      onChanged: () => this.#launching.introduced(),
    });
    this.#connection.start();
    this.#introduction.start();
    this.#statuses.start();
    this.#launching.start();
    this.#housekeeping.start();
    this.#triggers.start();
    this.#o.forgetting.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#subscription.stop();
    metrics.runsActive.removeCallback(this.#observeRuns);
    const consumed = this.#triggers.stop();
    const closed = this.#changes.stop();
    await this.#introduction?.stop();
    await Promise.all([this.#launching.stop(), this.#statuses.stop(), this.#housekeeping.stop()]);
    await Promise.all([consumed, closed, this.#o.forgetting.stop(), this.#connection?.stop()]);
  }

  readonly #onError = (error: unknown): void => {
    if (isLeadershipLost(error)) this.#o.lost();
  };

  readonly #observeRuns: Parameters<typeof metrics.runsActive.addCallback>[0] = (result) => {
    for (const [status, count] of Object.entries(this.#book.counts())) result.observe(count, { status });
  };

  #onEvent(event: Event): void {
    if (this.#stopped) return;
    if (event.type === 'OFFERS' && 'offers' in event) {
      this.#offers.add(event.offers.offers);
      this.#launching.wake();
    } else if (event.type === 'RESCIND' && 'rescind' in event) {
      this.#offers.remove(event.rescind.offerId.value);
    } else if (event.type === 'UPDATE' && 'update' in event) {
      const { status } = event.update;
      this.#reconciliation.answered(status.taskId.value);
      this.#statuses.receive(status);
      this.#subscription.liftBarrier(this.#o.clock());
    } else if (event.type === 'INVERSE_OFFERS' && 'inverseOffers' in event) {
      const inverseOfferIds = event.inverseOffers.inverseOffers.map(({ id }) => id);
      void this.#link.send([{ type: 'ACCEPT_INVERSE_OFFERS', acceptInverseOffers: { inverseOfferIds } }]);
    }
  }

  #liveTasks() {
    return [...this.#book.all()].flatMap(({ run }) => {
      const attempt = currentAttempt(run);
      return attempt ? [{ taskId: attempt.taskId, agentId: attempt.agentId }] : [];
    });
  }
}

const principalOf = (info: FrameworkInfo | undefined) =>
  info?.principal === undefined ? {} : { principal: info.principal };
