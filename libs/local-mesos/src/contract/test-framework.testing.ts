import {
  type Call,
  createMesosConnection,
  type Disconnected,
  type Event,
  type FrameworkInfo,
  type MesosConnection,
  type Offer,
  type TaskInfo,
  type TaskStatus,
} from '@carillon/mesos';

export interface TestFrameworkOptions {
  readonly framework?: Partial<FrameworkInfo>;
  readonly frameworkId?: string;
  /** Default true. */
  readonly acknowledge?: boolean;
  readonly format?: 'protobuf' | 'json';
  readonly callTimeoutMs?: number;
}

const CAPABILITIES = ['MULTI_ROLE', 'PARTITION_AWARE', 'TASK_KILLING_STATE'] as const;

/** A framework for tests: keeps everything it hears, and waits on conditions with a deadline. */
export class TestFramework {
  readonly events: Event[] = [];
  readonly disconnections: Disconnected[] = [];
  readonly #options: TestFrameworkOptions;
  readonly #connection: MesosConnection;
  readonly #offers = new Map<string, Offer>();
  #changed = Promise.withResolvers<undefined>();

  constructor(master: string, options: TestFrameworkOptions = {}) {
    this.#options = options;
    this.#connection = createMesosConnection({
      masters: master,
      framework: {
        user: 'root',
        name: 'contract',
        failoverTimeout: 60,
        roles: ['*'],
        capabilities: CAPABILITIES.map((type) => ({ type })),
        ...options.framework,
      },
      ...(options.frameworkId === undefined ? {} : { frameworkId: options.frameworkId }),
      ...(options.format === undefined ? {} : { format: options.format }),
      ...(options.callTimeoutMs === undefined ? {} : { callTimeoutMs: options.callTimeoutMs }),
      backoffMinMs: 20,
      backoffMaxMs: 200,
      onEvent: (event) => this.#onEvent(event),
      onDisconnected: (disconnected) => {
        this.disconnections.push(disconnected);
        this.#offers.clear();
        this.#notify();
      },
    });
  }

  static async subscribed(master: string, options: TestFrameworkOptions = {}): Promise<TestFramework> {
    const framework = new TestFramework(master, options);
    framework.start();
    await framework.until('SUBSCRIBED', () => (framework.#connection.subscribed ? true : undefined), 30_000);
    return framework;
  }

  get id(): string {
    return this.#connection.frameworkId ?? '';
  }

  start(): void {
    this.#connection.start();
  }

  /** Leaves the stream; the tasks stay. */
  async leave(): Promise<void> {
    await this.#connection.stop();
  }

  async tearDown(): Promise<void> {
    if (this.#connection.subscribed) await this.#connection.call({ type: 'TEARDOWN' });
    await this.#connection.stop();
  }

  call(...calls: Call[]): Promise<void> {
    return this.#connection.callBatch(calls);
  }

  /**
   * Takes an offer with at least so much out of those that are known. What is free may come in several
   * offers, as the tasks of earlier frameworks end: those that are too small are given back to be merged.
   */
  async offer(atLeast: Amounts = { cpus: 0.5, mem: 200 }): Promise<Offer> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const offer = this.heldOffers.find((held) => hasAtLeast(held, atLeast));
      if (offer !== undefined) {
        this.#offers.delete(offer.id.value);
        return offer;
      }
      if (performance.now() > deadline) throw new Error(`no offer with ${JSON.stringify(atLeast)}`);
      await this.decline(0);
      await this.call({ type: 'REVIVE' });
      await this.#change(100);
    }
  }

  /** Each large enough for a task. */
  async offersOfTwoAgents(): Promise<readonly [Offer, Offer]> {
    const one = await this.offer();
    await this.call({ type: 'REVIVE' });
    const isOther = (held: Offer): boolean =>
      held.agentId.value !== one.agentId.value && hasAtLeast(held, { cpus: 0.5, mem: 200 });
    const two = await this.until('an offer of another agent', () => this.heldOffers.find(isOther));
    this.#offers.delete(two.id.value);
    return [one, two];
  }

  /** What is offered now, and neither taken nor rescinded. */
  get heldOffers(): readonly Offer[] {
    return [...this.#offers.values()];
  }

  /** It is used elsewhere. */
  forgetOffer({ id }: Offer): void {
    this.#offers.delete(id.value);
  }

  get hasOffer(): boolean {
    return this.#offers.size > 0;
  }

  /** All that is held; returns it. */
  async decline(refuseSeconds: number, ...more: readonly Offer[]): Promise<readonly Offer[]> {
    const declined = [...more, ...this.heldOffers];
    this.#offers.clear();
    if (declined.length > 0) {
      const decline = { offerIds: declined.map(({ id }) => id), filters: { refuseSeconds } };
      await this.call({ type: 'DECLINE', decline });
    }
    return declined;
  }

  async launch(...tasks: ((offer: Offer) => TaskInfo)[]): Promise<Offer> {
    const offer = await this.offer();
    await this.launchOn(offer, ...tasks);
    return offer;
  }

  async launchOn(offer: Offer, ...tasks: ((offer: Offer) => TaskInfo)[]): Promise<void> {
    const taskInfos = tasks.map((task) => task(offer));
    const accept = {
      offerIds: [offer.id],
      operations: [{ type: 'LAUNCH' as const, launch: { taskInfos } }],
      filters: { refuseSeconds: 0 },
    };
    await this.call({ type: 'ACCEPT', accept });
  }

  /** A KILL with that grace period. */
  kill(taskId: string, graceSeconds: number): Promise<void> {
    const killPolicy = { gracePeriod: { nanoseconds: graceSeconds * 1e9 } };
    return this.call({ type: 'KILL', kill: { taskId: { value: taskId }, killPolicy } });
  }

  /** Without repetitions: an update that was not acknowledged in time comes again with the same uuid. */
  statuses(taskId: string): TaskStatus[] {
    const seen = new Set<string>();
    return this.events.flatMap((event) => {
      if (event.type !== 'UPDATE' || !('update' in event)) return [];
      const { status } = event.update;
      const uuid = Buffer.from(status.uuid ?? []).toString('hex');
      if (status.taskId.value !== taskId || seen.has(uuid)) return [];
      if (uuid !== '') seen.add(uuid);
      return [status];
    });
  }

  states(taskId: string): string[] {
    return this.statuses(taskId).map(({ state }) => state);
  }

  status(taskId: string, state: string): Promise<TaskStatus> {
    return this.until(`${state} of ${taskId}`, () =>
      this.statuses(taskId).find((status) => status.state === state),
    );
  }

  acknowledge({ taskId, agentId, uuid }: TaskStatus): Promise<void> {
    if (agentId === undefined || uuid === undefined) return Promise.resolve();
    return this.call({ type: 'ACKNOWLEDGE', acknowledge: { agentId, taskId, uuid } });
  }

  async until<T>(what: string, look: () => T | undefined, timeoutMs = 20_000): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`waited ${timeoutMs} ms in vain for ${what}, heard ${this.#heard()}`);
      await this.#change(Math.min(leftMs, 50));
    }
  }

  #heard(): string {
    const lately = this.events.slice(-15).map((event) => {
      if (event.type !== 'UPDATE' || !('update' in event)) return event.type;
      const { state, taskId, reason, message } = event.update.status;
      return [state, taskId.value, reason, message].filter((part) => part !== undefined).join(' ');
    });
    return lately.join('; ');
  }

  async #change(atMostMs: number): Promise<void> {
    await Promise.race([this.#changed.promise, after(atMostMs)]);
  }

  #onEvent(event: Event): void {
    this.events.push(event);
    if (event.type === 'OFFERS' && 'offers' in event) {
      for (const offer of event.offers.offers) this.#offers.set(offer.id.value, offer);
    } else if (event.type === 'RESCIND' && 'rescind' in event) {
      this.#offers.delete(event.rescind.offerId.value);
    } else if (event.type === 'UPDATE' && 'update' in event && this.#options.acknowledge !== false) {
      this.acknowledge(event.update.status).catch(() => undefined); // the master repeats it
    }
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers<undefined>();
  }
}

function after(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

let serial = 0;

export function uniqueTaskId(name: string): string {
  serial += 1;
  return `${name}-${process.pid}-${Date.now().toString(36)}-${serial}`;
}

export interface TestTask {
  readonly id: string;
  readonly cmd?: string;
  readonly cpus?: number;
  readonly mem?: number;
  readonly info?: Partial<TaskInfo>;
}

/** A command task for whatever agent the offer is of. */
export function task({
  id,
  cmd = 'true',
  cpus = 0.1,
  mem = 32,
  info = {},
}: TestTask): (offer: Offer) => TaskInfo {
  return (offer) => {
    const allocationInfo = { role: offer.allocationInfo?.role ?? '*' };
    return {
      name: id,
      taskId: { value: id },
      agentId: offer.agentId,
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: cpus }, allocationInfo },
        { name: 'mem', type: 'SCALAR', scalar: { value: mem }, allocationInfo },
      ],
      command: { value: cmd },
      ...info,
    };
  };
}

export interface Amounts {
  readonly cpus: number;
  readonly mem: number;
}

export function scalar(offer: Offer, name: string): number {
  return offer.resources
    .filter((resource) => resource.name === name)
    .reduce((sum, resource) => sum + (resource.scalar?.value ?? 0), 0);
}

function hasAtLeast(offer: Offer, { cpus, mem }: Amounts): boolean {
  return scalar(offer, 'cpus') >= cpus && scalar(offer, 'mem') >= mem;
}

export function sum(offers: readonly Offer[], name: string): number {
  return offers.reduce((total, offer) => total + scalar(offer, name), 0);
}
