import type {
  Disconnected,
  Event,
  FrameworkInfo,
  MesosConnection,
  MesosConnectionOptions,
  Subscribed,
} from '@carillon/mesos';
import { isTransient, type Logger, type Loop, metrics, retrying, type Rush } from '@carillon/service-runtime';
import type { WindowLimits } from '../../domain/offers/launch-window.js';
import type { KnownRun } from '../../domain/run/run.state.js';
import { currentAttempt } from '../../domain/run/run.state.js';
import type { LaunchPath } from '../../domain/tasks/launch-path.js';
import { type Fence, isLeadershipLost, type Term } from '../leadership.js';
import type { Revisions } from '../revisions.js';
import type { AdmitDueRunsOptions } from '../admit-due-runs.js';
import type { Recorded } from '../run-batch.js';
import { isVolumesKey, type RunRef, runRef, runStream } from '../run-keys.js';
import { type RunLedger, RUNS_CHANGED } from '../run-ledger.js';
import { observeRecorded } from '../run-metrics.js';
import { Housekeeping } from './housekeeping.js';
import { Introduction } from './introduction.js';
import { JobVolumes } from './job-volumes.js';
import { LaunchLoop } from './launch-loop.js';
import { LaunchWindows } from './launch-windows.js';
import { MesosLink } from './mesos-link.js';
import { OfferPool } from './offer-pool.js';
import { QueueReport } from './queue-report.js';
import { Reconciliation } from './reconciliation.js';
import { RunBook } from './run-book.js';
import { StatusIntake } from './status-intake.js';
import { WaitingRuns } from './waiting-runs.js';

export interface FrameworkIds {
  load(): Promise<string | undefined>;
  store(frameworkId: string, fence: Fence): Promise<void>;
}

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
  /** Launches wait for the answers of reconciliation for at most this long: one lost agent must not stop the rest. */
  readonly reconciliationWaitMs: number;
  readonly clock: () => number;
  /** Told of when many are launched at once; recording what became of them waits for its end. */
  readonly rush: Pick<Rush, 'saw' | 'calm'>;
  readonly log: Logger;
  /** The consumer of due runs, to run for as long as this term. */
  readonly triggers: (told: Pick<AdmitDueRunsOptions, 'onDue' | 'onAdmitted'>) => Loop;
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
  #introduction: Introduction | undefined;
  /** Why queued runs wait. */
  readonly report: QueueReport;
  #connection: MesosConnection | undefined;
  #listening: { close(): Promise<void> } | undefined;
  #storedId: string | undefined;
  #subscription = 0;
  #subscribedAt = 0;
  #barrierLifted = false;
  #localRegion: string | undefined;
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
    this.#launching = new LaunchLoop({
      ...shared,
      offers: this.#offers,
      windows: this.#windows,
      waiting: new WaitingRuns({
        ...{ book: this.#book, revisions, volumes: this.#volumes, clock, log },
        ability: () => ({ secretsAreKnown: options.secretsAreKnown, roles: this.#info?.roles ?? ['*'] }),
        volumeOwner: () => ({ framework: options.framework, ...principalOf(this.#info) }),
        record: async (orders) => (await ledger.record(orders, fence)).forEach(see),
      }),
      volumes: this.#volumes,
      path: options.path,
      settings: { keepGpusForGpuRuns },
      drainingMs: options.drainingMs,
      localRegion: () => this.#localRegion,
      mayLaunch: () => this.#mayLaunch(),
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
      standstill: () => this.#standstill(),
    });
    this.#triggers = options.triggers({
      onDue: () => this.#launching.expectRuns(),
      onAdmitted: (admitted) => {
        rush.saw(admitted.length);
        for (const recorded of admitted) this.#book.see(recorded);
        if (admitted.some(({ events }) => events[0]?.type === 'RunStopRequested')) this.#housekeeping.wake();
        this.#launching.wake();
      },
    });
  }

  /** How the framework has introduced itself. */
  get #info(): FrameworkInfo | undefined {
    return this.#introduction?.info;
  }

  async begin(): Promise<void> {
    const { ledger, frameworkIds, connect, masters, frameworkInfo, lookEveryMs, log } = this.#o;
    const changed = new Set<string>();
    this.#listening = await ledger.store.database.listen(RUNS_CHANGED, (key) => {
      changed.add(key);
      if (changed.size === 1) setImmediate(() => void this.#refresh([...take(changed)]));
    });
    await this.#load(await ledger.index.active(this.#o.framework));
    for (const { run } of this.#book.all()) {
      const attempt = currentAttempt(run);
      if (attempt && !attempt.reported) {
        this.#windows.launched(attempt.agentId, attempt.taskId, attempt.launchedAt);
      }
    }
    this.#storedId = await frameworkIds.load();
    const framework = frameworkInfo();
    this.#connection = connect({
      masters,
      framework,
      ...(this.#storedId === undefined ? {} : { frameworkId: this.#storedId }),
      onEvent: (event) => this.#onEvent(event),
      onSubscribed: (subscribed) => this.#onSubscribed(subscribed),
      onDisconnected: (end) => this.#onDisconnected(end),
      onDiagnostic: (message) => this.#o.log.info({ mesos: message }, 'mesos'),
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
    metrics.runsActive.removeCallback(this.#observeRuns);
    const consumed = this.#triggers.stop();
    await this.#introduction?.stop();
    await Promise.all([this.#launching.stop(), this.#statuses.stop(), this.#housekeeping.stop()]);
    await Promise.all([
      consumed,
      this.#o.forgetting.stop(),
      this.#connection?.stop(),
      this.#listening?.close(),
    ]);
  }

  readonly #onError = (error: unknown): void => {
    if (isLeadershipLost(error)) this.#o.lost();
  };

  readonly #observeRuns: Parameters<typeof metrics.runsActive.addCallback>[0] = (result) => {
    for (const [status, count] of Object.entries(this.#book.counts())) result.observe(count, { status });
  };

  #onEvent(event: Event): void {
    if (this.#stopped) return;
    const now = this.#o.clock();
    if (event.type === 'OFFERS' && 'offers' in event) {
      this.#offers.add(event.offers.offers);
      this.#launching.wake();
    } else if (event.type === 'RESCIND' && 'rescind' in event) {
      this.#offers.remove(event.rescind.offerId.value);
    } else if (event.type === 'UPDATE' && 'update' in event) {
      const { status } = event.update;
      this.#reconciliation.answered(status.taskId.value);
      this.#statuses.receive(status);
      this.#liftBarrier(now);
    } else if (event.type === 'INVERSE_OFFERS' && 'inverseOffers' in event) {
      const inverseOfferIds = event.inverseOffers.inverseOffers.map(({ id }) => id);
      void this.#link.send([{ type: 'ACCEPT_INVERSE_OFFERS', acceptInverseOffers: { inverseOfferIds } }]);
    }
  }

  #onSubscribed({ frameworkId, masterInfo }: Subscribed): void {
    const { clock, log, fence, frameworkIds } = this.#o;
    const subscription = (this.#subscription += 1);
    const { value: id } = frameworkId;
    log.info({ frameworkId: id, master: this.#connection?.master, epoch: fence.epoch }, 'subscribed');
    this.#link.began();
    this.#offers.clear();
    this.#barrierLifted = false;
    this.#localRegion = masterInfo?.domain?.faultDomain?.region.name;
    this.#launching.introduced();
    const ready = () => {
      if (this.#stopped || subscription !== this.#subscription) return;
      this.#link.confirm();
      this.#storedId = id;
      this.#subscribedAt = clock();
      this.#reconciliation.begin(this.#liveTasks(), this.#subscribedAt);
      setTimeout(() => this.#launching.wake(), this.#o.reconciliationWaitMs).unref();
      this.#liftBarrier(this.#subscribedAt);
      this.#statuses.wake();
      this.#housekeeping.wake();
    };
    if (this.#storedId !== id) this.#storedId = undefined;
    // Under the fence, also when the id is known: a leader that slept may have subscribed after another took over, and
    // then it is the other's stream that the master refuses.
    const retryOn = (error: unknown) => isTransient(error) && !isLeadershipLost(error) && !this.#stopped;
    retrying({ retryOn }, () => frameworkIds.store(id, fence)).then(ready, this.#onError);
  }

  #onDisconnected({ reason, terminal, wasSubscribed }: Disconnected): void {
    this.#offers.clear();
    this.#barrierLifted = false;
    if (this.#stopped) return;
    const level = wasSubscribed || terminal ? 'warn' : 'debug';
    this.#o.log[level]({ reason, wasSubscribed }, 'not subscribed to a Mesos master');
    if (!terminal) return;
    if (reason === 'Framework failed over') this.#o.lost();
    else {
      const id = this.#storedId ?? 'unknown';
      const fix = 'start with another CARILLON_FRAMEWORK_NAME, or remove its row from framework_ids';
      this.#o.onFatal(new Error(`Mesos refuses framework ${id}: ${reason}; ${fix}`));
    }
  }

  /** Launches nothing before the id is on disk and what was launched earlier is known. */
  #mayLaunch(): boolean {
    if (this.#storedId === undefined || !this.#link.subscribed || this.#subscribedAt === 0) return false;
    this.#liftBarrier(this.#o.clock());
    return this.#barrierLifted;
  }

  #standstill(): string | undefined {
    if (!this.#link.subscribed || this.#storedId === undefined) return 'a Mesos master to subscribe to';
    return this.#barrierLifted ? undefined : 'the master to say what became of earlier tasks';
  }

  #liftBarrier(now: number): void {
    if (this.#barrierLifted || this.#storedId === undefined || !this.#link.subscribed) return;
    const overdue = now - this.#subscribedAt >= this.#o.reconciliationWaitMs;
    if (!this.#reconciliation.settled && !overdue) return;
    this.#barrierLifted = true;
    const { outstanding } = this.#reconciliation;
    if (outstanding > 0)
      this.#o.log.warn({ outstanding }, 'launching although some tasks are not accounted for');
    this.#launching.wake();
  }

  #liveTasks() {
    return [...this.#book.all()].flatMap(({ run }) => {
      const attempt = currentAttempt(run);
      return attempt ? [{ taskId: attempt.taskId, agentId: attempt.agentId }] : [];
    });
  }

  /** Looks at runs and volumes that another instance, or another door of this one, changed. '' stands for any. */
  async #refresh(announced: readonly string[]): Promise<void> {
    const { ledger, framework, log } = this.#o;
    const keys = announced.filter((key) => !isVolumesKey(key));
    if (keys.length < announced.length || keys.includes('')) {
      for (const key of announced) this.#volumes.changed(key === '' ? undefined : runRef(key).uid);
      this.#launching.lookForVolumes();
    }
    if (keys.length === 0) return;
    try {
      const rows = keys.includes('')
        ? await ledger.index.active(framework)
        : (await ledger.index.find(keys.map(runRef))).filter((row) => row.framework === framework);
      if (keys.includes(''))
        await this.#load([...this.#book.all()].map(({ ref, trace }) => ({ ...ref, trace })));
      await this.#load(rows);
    } catch (error) {
      if (this.#stopped) return;
      log.warn({ err: error }, 'could not look at changed runs, again soon');
      setTimeout(() => void this.#refresh(keys), 1_000).unref();
      return;
    }
    this.#housekeeping.wake();
    this.#launching.wake();
  }

  async #load(rows: readonly (RunRef & { trace: Recorded['trace'] })[]): Promise<void> {
    const states = await this.#o.ledger.store.loadStates(undefined, rows.map(runStream));
    for (const { uid, runId, trace } of rows) {
      const found = states.get(runStream({ uid, runId }));
      if (!found) continue;
      const run = found.state as KnownRun;
      this.#book.see({ ref: { uid, runId }, run, version: found.version, trace });
    }
  }
}

const principalOf = (info: FrameworkInfo | undefined) =>
  info?.principal === undefined ? {} : { principal: info.principal };

function take(keys: Set<string>): string[] {
  const taken = [...keys];
  keys.clear();
  return taken;
}
