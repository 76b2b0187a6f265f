import type { Call, Event, FrameworkInfo, MasterInfo } from '@carillon/mesos';
import { LongTimeout } from '../long-timeout.js';
import type { StateLog } from '../state/state-log.js';
import type { Allocator } from './allocator.js';
import type { Framework } from './framework.js';
import { allocated, invalidChange, invalidFramework } from './framework-info.js';
import type { Offers } from './offers.js';
import type { Subscriber } from './subscriber.js';

export interface FrameworksOptions {
  readonly log: StateLog;
  readonly masterInfo: MasterInfo;
  readonly heartbeatIntervalMs: number;
  readonly allocator: Allocator;
  readonly offers: Offers;
  onSubscribed(framework: Framework): void;
  /** What it is, or whether it is there. */
  onChanged(framework: Framework, isNew: boolean): void;
  /** Torn down, or gone for longer than its failover_timeout. */
  onRemoved(framework: Framework): void;
}

type Update = (Call & { readonly type: 'UPDATE_FRAMEWORK' })['updateFramework'];

/** As Mesos's max_completed_frameworks. */
const MAX_COMPLETED = 50;

export interface CompletedFramework {
  readonly info: FrameworkInfo;
  readonly registeredAt: number | undefined;
  readonly unregisteredAt: number;
}

/** Who is subscribed, by which stream, and for how long a framework may be gone. */
export class Frameworks {
  readonly #options: FrameworksOptions;
  readonly #known = new Map<string, Framework>();
  readonly removed = new Set<string>();
  /** The last to be removed, oldest first. */
  readonly completed: CompletedFramework[] = [];
  #next = 0;

  constructor(options: FrameworksOptions) {
    this.#options = options;
  }

  get known(): ReadonlyMap<string, Framework> {
    return this.#known;
  }

  restore(id: string, info: FrameworkInfo): void {
    this.#seen(id);
    const framework = this.#framework(id, info);
    this.#options.allocator.addFramework(id, allocated(info, []));
    this.#awaitReturn(framework);
  }

  restoreRemoved(id: string): void {
    this.#seen(id);
    this.removed.add(id);
  }

  subscribe(call: Call & { readonly type: 'SUBSCRIBE' }, subscriber: Subscriber): void {
    const { frameworkInfo, suppressedRoles } = call.subscribe;
    const id = call.frameworkId?.value ?? this.#newId();
    const refused = this.removed.has(id) ? 'Framework has been removed' : invalidFramework(frameworkInfo);
    if (refused !== undefined) {
      subscriber.send({ type: 'ERROR', error: { message: refused } });
      subscriber.end();
      return;
    }
    const { log, allocator } = this.#options;
    const framework = this.#framework(id, frameworkInfo);
    const isNew = framework.registeredAt === undefined;
    if (isNew) framework.registeredAt = Date.now();
    else framework.reregisteredAt = Date.now();
    this.#disconnect(framework, 'Framework failed over');
    framework.failover?.cancel();
    framework.info = { ...frameworkInfo, id: { value: id } };
    framework.subscriber = subscriber;
    log.append({ type: 'framework', id, info: framework.info });
    allocator.addFramework(id, allocated(frameworkInfo, suppressedRoles ?? []));
    this.#options.onChanged(framework, isNew);
    log.whenWritten(() => this.#welcome(framework, subscriber));
  }

  /** Undefined, or Mesos's words for why not. */
  update(framework: Framework, { frameworkInfo, suppressedRoles }: Update): string | undefined {
    const invalid = invalidFramework(frameworkInfo);
    if (invalid !== undefined) return `Supplied FrameworkInfo is not valid: ${invalid}`;
    const forbidden = invalidChange(framework.info, frameworkInfo);
    if (forbidden !== undefined) return `FrameworkInfo update is not valid: ${forbidden}`;
    const { log, allocator, offers } = this.#options;
    framework.info = { ...frameworkInfo, id: { value: framework.id } };
    log.append({ type: 'framework', id: framework.id, info: framework.info });
    const wanted = allocated(frameworkInfo, suppressedRoles ?? []);
    allocator.addFramework(framework.id, wanted);
    for (const event of offers.withdrawRoles(framework.id, (role) => wanted.roles.includes(role))) {
      framework.subscriber?.send(event);
    }
    this.#options.onChanged(framework, false);
    return undefined;
  }

  /** The peer has closed the stream. */
  closed(subscriber: Subscriber): void {
    for (const framework of this.#known.values()) {
      if (framework.subscriber === subscriber) this.#disconnect(framework, undefined);
    }
  }

  /** Why a call is refused: the checks of the master before it looks at what is called. */
  refuse(id: string, streamId: string | undefined): { status: 400 | 403; body: string } | undefined {
    const framework = this.#known.get(id);
    if (framework === undefined) return { status: 400, body: 'Framework cannot be found' };
    if (framework.subscriber === undefined) return { status: 403, body: 'Framework is not subscribed' };
    if (streamId === framework.subscriber.streamId) return undefined;
    const body =
      streamId === undefined
        ? "All non-subscribe calls should include the 'Mesos-Stream-Id' header"
        : `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${id}`;
    return { status: 400, body };
  }

  /** Nothing happens if the framework is not there to hear it, or is about to be: SUBSCRIBED is the first that it hears. */
  send(id: string, event: Event): void {
    const framework = this.#known.get(id);
    if (framework?.heartbeat !== undefined) framework.subscriber?.send(event);
  }

  remove(framework: Framework): void {
    framework.failover?.cancel();
    clearInterval(framework.heartbeat);
    const { log, allocator, offers } = this.#options;
    offers.withdraw(framework.id);
    allocator.removeFramework(framework.id);
    this.#known.delete(framework.id);
    this.removed.add(framework.id);
    const { info, registeredAt } = framework;
    this.completed.push({
      info: { ...info, id: { value: framework.id } },
      registeredAt,
      unregisteredAt: Date.now(),
    });
    this.completed.splice(0, this.completed.length - MAX_COMPLETED);
    log.append({ type: 'frameworkRemoved', id: framework.id });
    framework.subscriber?.end();
    framework.subscriber = undefined;
    this.#options.onRemoved(framework);
  }

  /** Ends all streams, or, like a process that dies, breaks them. */
  stop(abruptly = false): void {
    for (const framework of this.#known.values()) {
      framework.failover?.cancel();
      clearInterval(framework.heartbeat);
      if (abruptly) framework.subscriber?.destroy();
      else framework.subscriber?.end();
      framework.subscriber = undefined;
    }
  }

  #welcome(framework: Framework, subscriber: Subscriber): void {
    if (framework.subscriber !== subscriber) return;
    const { heartbeatIntervalMs, masterInfo } = this.#options;
    subscriber.send({
      type: 'SUBSCRIBED',
      subscribed: {
        frameworkId: { value: framework.id },
        heartbeatIntervalSeconds: heartbeatIntervalMs / 1000,
        masterInfo,
      },
    });
    subscriber.send({ type: 'HEARTBEAT' });
    framework.heartbeat = setInterval(() => subscriber.send({ type: 'HEARTBEAT' }), heartbeatIntervalMs);
    this.#options.onSubscribed(framework);
  }

  #disconnect(framework: Framework, error: string | undefined): void {
    const { subscriber } = framework;
    framework.subscriber = undefined;
    clearInterval(framework.heartbeat);
    framework.heartbeat = undefined;
    this.#options.allocator.deactivate(framework.id);
    this.#options.offers.withdraw(framework.id);
    if (subscriber === undefined) return;
    if (error === undefined) this.#awaitReturn(framework);
    else {
      subscriber.send({ type: 'ERROR', error: { message: error } });
      subscriber.end();
    }
  }

  #awaitReturn(framework: Framework): void {
    this.#options.allocator.deactivate(framework.id);
    const timeoutMs = (framework.info.failoverTimeout ?? 0) * 1000;
    framework.failover?.cancel();
    framework.failover = new LongTimeout(() => this.remove(framework), timeoutMs);
  }

  #framework(id: string, info: FrameworkInfo): Framework {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const created: Framework = {
      id,
      info,
      subscriber: undefined,
      heartbeat: undefined,
      failover: undefined,
      registeredAt: undefined,
      reregisteredAt: undefined,
    };
    this.#known.set(id, created);
    return created;
  }

  #seen(id: string): void {
    this.#next = Math.max(this.#next, Number(/-(\d{4,})$/.exec(id)?.[1] ?? -1) + 1);
  }

  #newId(): string {
    const id = `${this.#options.masterInfo.id}-${String(this.#next).padStart(4, '0')}`;
    this.#next += 1;
    return id;
  }
}
