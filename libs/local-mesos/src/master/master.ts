import { randomUUID } from 'node:crypto';
import type { Attribute, Call, FrameworkInfo, MasterInfo, TaskStatus } from '@carillon/mesos';
import { type Agent, killGraceMs } from '../agent/agent.js';
import { StatusUpdates } from '../agent/status-updates.js';
import { hasCapability, isTerminal, type Task } from '../agent/task.js';
import type { StateLog } from '../state/state-log.js';
import { Allocator } from './allocator.js';
import { masterStatus, reconciled, reconciledUnknown, stateFor } from './answers.js';
import { type Framework, rolesOf } from './framework.js';
import { Offers } from './offers.js';
import type { Resources } from './resources.js';
import type { Subscriber } from './subscriber.js';
import { Tasks } from './tasks.js';
import { invalidTask } from './validation.js';

export interface MasterOptions {
  readonly masterInfo: MasterInfo;
  readonly agent: {
    readonly id: string;
    readonly hostname: string;
    readonly port: number;
    readonly ip: string;
    readonly total: Resources;
    readonly attributes: readonly Attribute[];
  };
  readonly log: StateLog;
  readonly heartbeatIntervalMs: number;
  readonly allocationIntervalMs: number;
  readonly statusRetryMs?: number;
  createAgent(updates: StatusUpdates, onEnded: (task: Task) => void): Agent;
  sandboxOf(frameworkId: string, taskId: string, containerId: string): string;
  onForgotten?(task: Task): void;
}

/** What a Mesos master does with the calls of frameworks. One agent for now; nothing else assumes it. */
export class Master {
  readonly #options: MasterOptions;
  readonly #log: StateLog;
  readonly #frameworks = new Map<string, Framework>();
  readonly #removed = new Set<string>();
  readonly #allocator = new Allocator();
  readonly #offers: Offers;
  readonly #updates: StatusUpdates;
  readonly #agent: Agent;
  readonly tasks = new Tasks();
  readonly #timers: NodeJS.Timeout[];
  #nextFramework = 0;

  constructor(options: MasterOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#allocator.addAgent(options.agent.id, options.agent.total);
    this.#offers = new Offers(this.#allocator, options.agent, options.masterInfo.id);
    this.#updates = new StatusUpdates({
      log: options.log,
      deliver: (task, status) => this.#tell(task.launched.frameworkId, status),
      onForgotten: (task) => this.#forget(task),
      ...(options.statusRetryMs === undefined ? {} : { retryMinMs: options.statusRetryMs }),
    });
    this.#agent = options.createAgent(this.#updates, (task) => this.#release(task));
    this.#timers = [
      setInterval(() => this.#allocate(), options.allocationIntervalMs),
      setInterval(
        () => this.#updates.resendOverdue(performance.now()),
        Math.min(1_000, options.statusRetryMs ?? 1_000),
      ),
    ];
  }

  // ---- recovery: before anything else ----

  restoreFramework(id: string, info: FrameworkInfo): void {
    this.#nextFramework = Math.max(this.#nextFramework, numberOf(id) + 1);
    const framework = this.#framework(id, info);
    this.#allocator.addFramework(id, rolesOf(info), []);
    this.#disconnected(framework);
  }

  restoreRemoved(id: string): void {
    this.#nextFramework = Math.max(this.#nextFramework, numberOf(id) + 1);
    this.#removed.add(id);
  }

  restoreTask(task: Task, ended: boolean): void {
    this.tasks.add(task);
    if (!ended) this.#allocator.claim(this.#allocation(task));
    this.#updates.restore(task);
    this.#agent.adopt(task);
  }

  recovered(): void {
    this.#agent.recover();
  }

  get frameworks(): ReadonlyMap<string, { readonly info: FrameworkInfo }> {
    return this.#frameworks;
  }

  get removedFrameworks(): ReadonlySet<string> {
    return this.#removed;
  }

  get runningTasks(): readonly Task[] {
    return this.#agent.running;
  }

  // ---- subscriptions ----

  subscribe(call: Call & { readonly type: 'SUBSCRIBE' }, subscriber: Subscriber): void {
    const { frameworkInfo, suppressedRoles } = call.subscribe;
    const id = call.frameworkId?.value ?? this.#newFrameworkId();
    if (this.#removed.has(id)) {
      subscriber.send({ type: 'ERROR', error: { message: 'Framework has been removed' } });
      subscriber.end();
      return;
    }
    const framework = this.#framework(id, frameworkInfo);
    this.#disconnect(framework, 'Framework failed over');
    clearTimeout(framework.failover);
    framework.info = { ...frameworkInfo, id: { value: id } };
    framework.subscriber = subscriber;
    this.#log.append({ type: 'framework', id, info: framework.info });
    this.#allocator.addFramework(id, rolesOf(frameworkInfo), suppressedRoles ?? []);
    this.#log.whenWritten(() => this.#welcome(framework, subscriber));
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
    this.#updates.resend(framework.id);
    this.#allocate();
  }

  /** The peer has closed the stream. */
  closed(subscriber: Subscriber): void {
    for (const framework of this.#frameworks.values()) {
      if (framework.subscriber === subscriber) this.#disconnect(framework, undefined);
    }
  }

  #disconnect(framework: Framework, error: string | undefined): void {
    const { subscriber } = framework;
    framework.subscriber = undefined;
    clearInterval(framework.heartbeat);
    this.#allocator.deactivate(framework.id);
    this.#offers.withdraw(framework.id);
    if (subscriber === undefined) return;
    if (error !== undefined) {
      subscriber.send({ type: 'ERROR', error: { message: error } });
      subscriber.end();
    } else this.#disconnected(framework);
  }

  #disconnected(framework: Framework): void {
    this.#allocator.deactivate(framework.id);
    const timeoutMs = Math.min((framework.info.failoverTimeout ?? 0) * 1000, 0x7fffffff);
    clearTimeout(framework.failover);
    framework.failover = setTimeout(() => this.#removeFramework(framework), timeoutMs).unref();
  }

  #removeFramework(framework: Framework): void {
    clearTimeout(framework.failover);
    clearInterval(framework.heartbeat);
    for (const task of this.tasks.of(framework.id)) {
      this.#updates.forget(task);
      if (isTerminal(task.latest.state)) this.#forget(task);
      else this.#agent.abandon(task);
    }
    this.#offers.withdraw(framework.id);
    this.#allocator.removeFramework(framework.id);
    this.#frameworks.delete(framework.id);
    this.#removed.add(framework.id);
    this.#log.append({ type: 'frameworkRemoved', id: framework.id });
    framework.subscriber?.end();
    framework.subscriber = undefined;
  }

  // ---- calls of subscribed frameworks ----

  /** Why the call is refused: the checks of the master before it looks at what is called. */
  refuse(frameworkId: string, streamId: string | undefined): { status: 400 | 403; body: string } | undefined {
    const framework = this.#frameworks.get(frameworkId);
    if (framework === undefined) return { status: 400, body: 'Framework cannot be found' };
    if (framework.subscriber === undefined) return { status: 403, body: 'Framework is not subscribed' };
    if (streamId === undefined) {
      return { status: 400, body: "All non-subscribe calls should include the 'Mesos-Stream-Id' header" };
    }
    if (streamId === framework.subscriber.streamId) return undefined;
    return {
      status: 400,
      body: `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${frameworkId}`,
    };
  }

  /** Returns false for calls that local Mesos does not have. */
  handle(frameworkId: string, call: Call): boolean {
    const framework = this.#frameworks.get(frameworkId);
    if (framework === undefined) return true;
    switch (call.type) {
      case 'TEARDOWN':
        this.#removeFramework(framework);
        return true;
      case 'ACCEPT':
        this.#accept(framework, call.accept);
        return true;
      case 'DECLINE':
        for (const { value } of call.decline.offerIds) {
          const offer = this.#offers.take(value, framework.id);
          if (offer !== undefined) this.#offers.giveBack(offer, call.decline.filters);
        }
        return true;
      case 'REVIVE':
        this.#allocator.revive(framework.id, call.revive?.roles ?? []);
        this.#allocate();
        return true;
      case 'SUPPRESS':
        this.#allocator.suppress(framework.id, call.suppress?.roles ?? []);
        return true;
      case 'KILL':
        this.#kill(framework, call.kill);
        return true;
      case 'ACKNOWLEDGE': {
        const task = this.tasks.get(framework.id, call.acknowledge.taskId.value);
        if (task !== undefined) this.#updates.acknowledge(task, call.acknowledge.uuid);
        return true;
      }
      case 'RECONCILE':
        this.#reconcile(framework, call.reconcile.tasks);
        return true;
      default:
        return false;
    }
  }

  #accept(framework: Framework, accept: (Call & { type: 'ACCEPT' })['accept']): void {
    const infos = accept.operations.flatMap((operation) =>
      operation.type === 'LAUNCH' ? operation.launch.taskInfos : [],
    );
    const offer = this.#offers.takeAll(
      accept.offerIds.map(({ value }) => value),
      framework.id,
    );
    if ('error' in offer) {
      for (const { taskId, agentId } of infos) {
        const state = stateFor(framework.info, 'TASK_DROPPED');
        const message = `Task launched with invalid offers: ${offer.error}`;
        this.#tell(
          framework.id,
          masterStatus(taskId.value, state, 'REASON_INVALID_OFFERS', message, agentId.value),
        );
      }
      return;
    }
    for (const info of infos) {
      const { agentId, role } = offer;
      const checked = invalidTask(info, {
        agentId,
        role,
        available: offer.resources,
        isActive: (taskId) => this.tasks.get(framework.id, taskId) !== undefined,
      });
      if (typeof checked === 'string') {
        const status = masterStatus(info.taskId.value, 'TASK_ERROR', 'REASON_TASK_INVALID', checked, agentId);
        this.#tell(framework.id, status);
        continue;
      }
      offer.use(checked.resources);
      this.#launch(framework, info, checked.resources, role);
    }
    this.#offers.giveBack(offer, accept.filters);
  }

  #launch(framework: Framework, info: Task['launched']['info'], resources: Resources, role: string): void {
    const containerId = randomUUID();
    const launched = {
      containerId,
      frameworkId: framework.id,
      info,
      sandbox: this.#options.sandboxOf(framework.id, info.taskId.value, containerId),
      launcher: this.#agent.assignLauncher(),
      launchedAt: Date.now(),
    };
    const latest: TaskStatus = { taskId: info.taskId, state: 'TASK_STAGING', agentId: info.agentId };
    const task: Task = {
      launched,
      resources,
      role,
      pending: [],
      latest,
      sentAt: undefined,
      retryMs: this.#options.statusRetryMs ?? 10_000,
      kill: undefined,
    };
    this.tasks.add(task);
    this.#log.append({ type: 'launched', task: launched });
    this.#agent.launch(task);
  }

  #kill(framework: Framework, kill: (Call & { type: 'KILL' })['kill']): void {
    const task = this.tasks.get(framework.id, kill.taskId.value);
    if (task === undefined) {
      const known = kill.agentId?.value === this.#agent.id;
      this.#tell(
        framework.id,
        reconciledUnknown(framework.info, kill.taskId.value, kill.agentId?.value, known),
      );
      return;
    }
    const graceMs = killGraceMs(task, kill.killPolicy?.gracePeriod?.nanoseconds);
    this.#agent.kill(
      task,
      { cause: 'framework', graceMs },
      hasCapability(framework.info, 'TASK_KILLING_STATE'),
    );
  }

  #reconcile(framework: Framework, asked: (Call & { type: 'RECONCILE' })['reconcile']['tasks']): void {
    if (asked.length === 0) {
      for (const task of this.tasks.of(framework.id)) this.#tell(framework.id, reconciled(task));
      return;
    }
    for (const { taskId, agentId } of asked) {
      const task = this.tasks.get(framework.id, taskId.value);
      const known = agentId?.value === this.#agent.id;
      const answer =
        task === undefined
          ? reconciledUnknown(framework.info, taskId.value, agentId?.value, known)
          : reconciled(task);
      this.#tell(framework.id, answer);
    }
  }

  // ---- what happens by itself ----

  killAll(): void {
    for (const task of this.#agent.running) {
      this.#agent.kill(task, { cause: 'framework', graceMs: killGraceMs(task, undefined) }, false);
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const framework of this.#frameworks.values()) {
      clearTimeout(framework.failover);
      clearInterval(framework.heartbeat);
      framework.subscriber?.end();
      framework.subscriber = undefined;
    }
    await this.#agent.stop();
  }

  #allocate(): void {
    for (const [frameworkId, offers] of this.#offers.make(performance.now())) {
      const subscriber = this.#frameworks.get(frameworkId)?.subscriber;
      if (subscriber === undefined) this.#offers.withdraw(frameworkId);
      else this.#log.whenWritten(() => subscriber.send({ type: 'OFFERS', offers: { offers } }));
    }
  }

  #tell(frameworkId: string, status: TaskStatus): void {
    const send = (): void => {
      this.#frameworks.get(frameworkId)?.subscriber?.send({ type: 'UPDATE', update: { status } });
    };
    if (status.uuid === undefined) this.#log.whenWritten(send);
    else send();
  }

  #release(task: Task): void {
    this.#allocator.recover(this.#allocation(task));
    if (this.#removed.has(task.launched.frameworkId)) {
      this.#updates.forget(task);
      this.#forget(task);
    }
  }

  #forget(task: Task): void {
    this.tasks.remove(task);
    this.#log.append({ type: 'forgotten', containerId: task.launched.containerId });
    this.#options.onForgotten?.(task);
  }

  #allocation(task: Task): Parameters<Allocator['recover']>[0] {
    const { frameworkId, info } = task.launched;
    return { agentId: info.agentId.value, frameworkId, role: task.role, resources: task.resources };
  }

  #framework(id: string, info: FrameworkInfo): Framework {
    const known = this.#frameworks.get(id);
    if (known !== undefined) return known;
    const created = { id, info, subscriber: undefined, heartbeat: undefined, failover: undefined };
    this.#frameworks.set(id, created);
    return created;
  }

  #newFrameworkId(): string {
    const id = `${this.#options.masterInfo.id}-${String(this.#nextFramework).padStart(4, '0')}`;
    this.#nextFramework += 1;
    return id;
  }
}

function numberOf(frameworkId: string): number {
  return Number(/-(\d{4,})$/.exec(frameworkId)?.[1] ?? -1);
}
