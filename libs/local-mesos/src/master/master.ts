import type { Call, DomainInfo, MasterInfo, TaskStatus } from '@carillon/mesos';
import { regionOf } from '../agent/agent-node.js';
import { hasCapability, type Task } from '../agent/task.js';
import type { Cluster, LeaderLink } from '../cluster.js';
import type { StateLog } from '../state/state-log.js';
import { Allocator } from './allocator.js';
import { Claims } from './claims.js';
import type { Framework } from './framework.js';
import { Frameworks } from './frameworks.js';
import { Kills } from './kills.js';
import { Launches } from './launches.js';
import { Maintenance } from './maintenance.js';
import { Memberships } from './membership.js';
import { Offers } from './offers.js';
import { Operations, type VolumeFolders } from './operations.js';
import { isKnown, reconcile } from './reconciliation.js';
import type { Registry } from './registry.js';
import { Watchers } from './watchers.js';
import type { FrameworkInfo } from '@carillon/mesos';

export interface MasterOptions {
  readonly masterInfo: MasterInfo;
  readonly domain?: DomainInfo | undefined;
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly log: StateLog;
  readonly heartbeatIntervalMs: number;
  readonly allocationIntervalMs: number;
  readonly statusRetryMs: number;
  readonly agentTimeoutMs: number;
  /** None where tasks are simulated. */
  readonly volumes: VolumeFolders | undefined;
  sandboxOf(frameworkId: string, taskId: string, containerId: string): string;
}

/** What is answered to a call; 501: local Mesos does not have it. */
export interface Answer {
  readonly status: 200 | 202 | 400 | 501;
  readonly body: string;
}

const ACCEPTED: Answer = { status: 202, body: '' };

/** What a leading Mesos master does with the calls of frameworks. */
export class Master implements LeaderLink {
  readonly #options: MasterOptions;
  readonly #log: StateLog;
  readonly #cluster: Cluster;
  readonly #allocator: Allocator;
  readonly #claims: Claims;
  readonly #launches: Launches;
  readonly #operations: Operations;
  readonly #kills: Kills;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly watchers: Watchers;
  readonly offers: Offers;
  readonly frameworks: Frameworks;
  readonly agents: Memberships;
  readonly maintenance: Maintenance;
  readonly startedAt = Date.now();

  constructor(options: MasterOptions) {
    const { cluster, registry, log, masterInfo, heartbeatIntervalMs } = options;
    this.#options = options;
    this.#log = log;
    this.#cluster = cluster;
    const allocator = new Allocator(regionOf(options.domain));
    this.#allocator = allocator;
    this.watchers = new Watchers(heartbeatIntervalMs);
    this.#claims = new Claims(allocator);
    this.offers = new Offers({
      allocator,
      prefix: masterInfo.id,
      node: (id) => cluster.node(id),
      unavailabilityOf: (node) => this.maintenance.unavailabilityOf(node),
      isRefined: (id) => hasCapabilityOf(this.frameworks.known.get(id), 'RESERVATION_REFINEMENT'),
    });
    this.frameworks = new Frameworks({
      log,
      masterInfo,
      heartbeatIntervalMs,
      allocator,
      offers: this.offers,
      onSubscribed: ({ id }) => {
        cluster.updates.resend(id);
        this.#operations.resend(id);
        this.allocate();
      },
      onChanged: (framework, isNew) =>
        this.watchers.tell((each) =>
          isNew ? each.frameworkAdded(framework) : each.frameworkUpdated(framework),
        ),
      onRemoved: (framework) => {
        this.#abandonTasks(framework);
        this.watchers.tell((each) => each.frameworkRemoved(framework));
      },
    });
    const send = (id: string, event: Parameters<Frameworks['send']>[1]): void =>
      log.whenWritten(() => this.frameworks.send(id, event));
    const allocate = (): void => this.allocate();
    const agents = new Memberships({
      ...{ cluster, registry, allocator, send, allocate },
      agentTimeoutMs: options.agentTimeoutMs,
      claims: this.#claims,
      offers: this.offers,
      frameworks: this.frameworks,
      watchers: this.watchers,
      tell: (frameworkId, status) => this.#tell(frameworkId, status),
    });
    this.agents = agents;
    this.maintenance = new Maintenance({
      ...{ registry, send, allocate },
      offers: this.offers,
      frameworksOn: (agentId) => this.#frameworksOn(agentId),
      takeDown: (member) => agents.takeDown(member),
    });
    this.#kills = new Kills({
      ...{ cluster, registry },
      tell: (frameworkId, status) => this.#tell(frameworkId, status),
    });
    this.#operations = new Operations({
      log,
      volumes: options.volumes,
      node: (id) => cluster.node(id),
      send: (id, event) => this.frameworks.send(id, event),
    });
    this.#launches = new Launches({
      onLaunched: (task) => this.watchers.tell((each) => each.taskAdded(task)),
      log,
      operations: this.#operations,
      statusRetryMs: options.statusRetryMs,
      cluster,
      claims: this.#claims,
      offers: this.offers,
      tell: (frameworkId, status) => this.#tell(frameworkId, status),
      sandboxOf: (...of) => options.sandboxOf(...of),
    });
    const pingEveryMs = Math.max(10, Math.min(1_000, options.agentTimeoutMs / 5));
    this.#timers = [
      setInterval(() => this.allocate(), options.allocationIntervalMs),
      setInterval(() => agents.checkPings(performance.now()), pingEveryMs),
      setInterval(() => this.#operations.resendAll(), options.statusRetryMs),
    ];
  }

  get info(): MasterInfo {
    return this.#options.masterInfo;
  }

  get registry(): Registry {
    return this.#options.registry;
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  /** What is known of frameworks before they, and the agents, have reached this master. */
  restore(from: {
    readonly frameworks: ReadonlyMap<string, FrameworkInfo>;
    readonly removedFrameworks: Iterable<string>;
  }): void {
    for (const id of from.removedFrameworks) this.frameworks.restoreRemoved(id);
    for (const [id, info] of from.frameworks) this.frameworks.restore(id, info);
  }

  /** A call of a subscribed framework. */
  handle(frameworkId: string, call: Call): Answer {
    const framework = this.frameworks.known.get(frameworkId);
    if (framework === undefined) return ACCEPTED;
    switch (call.type) {
      case 'TEARDOWN':
        this.frameworks.remove(framework);
        return ACCEPTED;
      case 'ACCEPT':
        this.#launches.accept(framework, call.accept);
        return ACCEPTED;
      case 'DECLINE':
        for (const { value } of call.decline.offerIds) {
          const offer = this.offers.take(value, framework.id);
          if (offer !== undefined) this.offers.giveBack(offer, call.decline.filters);
        }
        return ACCEPTED;
      case 'REVIVE':
        this.#allocator.revive(framework.id, call.revive?.roles ?? []);
        this.allocate();
        return ACCEPTED;
      case 'SUPPRESS':
        this.#allocator.suppress(framework.id, call.suppress?.roles ?? []);
        return ACCEPTED;
      case 'KILL':
        this.#kills.kill(framework, call.kill);
        return ACCEPTED;
      case 'ACKNOWLEDGE': {
        const task = this.#cluster.tasks.get(framework.id, call.acknowledge.taskId.value);
        if (task !== undefined) this.#cluster.acknowledge(task, call.acknowledge.uuid);
        return ACCEPTED;
      }
      case 'ACKNOWLEDGE_OPERATION_STATUS': {
        const { operationId, uuid } = call.acknowledgeOperationStatus;
        this.#operations.acknowledge(framework.id, operationId.value, uuid);
        return ACCEPTED;
      }
      case 'RECONCILE_OPERATIONS':
        this.#operations.reconcile(framework.id, call.reconcileOperations.operations);
        return ACCEPTED;
      case 'RECONCILE': {
        const known = { tasks: this.#cluster.tasks, registry: this.registry };
        for (const status of reconcile(framework, call.reconcile.tasks, known))
          this.#tell(framework.id, status);
        return ACCEPTED;
      }
      case 'ACCEPT_INVERSE_OFFERS': {
        const { inverseOfferIds, filters } = call.acceptInverseOffers;
        this.#answerInverse(framework, inverseOfferIds, 'ACCEPT', filters?.refuseSeconds);
        return ACCEPTED;
      }
      case 'DECLINE_INVERSE_OFFERS': {
        const { inverseOfferIds, filters } = call.declineInverseOffers;
        this.#answerInverse(framework, inverseOfferIds, 'DECLINE', filters?.refuseSeconds);
        return ACCEPTED;
      }
      case 'SHUTDOWN':
        this.#kills.shutdown(framework, call.shutdown);
        return ACCEPTED;
      case 'UPDATE_FRAMEWORK': {
        const refused = this.frameworks.update(framework, call.updateFramework);
        this.allocate();
        return refused === undefined ? { status: 200, body: '' } : { status: 400, body: refused };
      }
      // As on a real master without a request for them: executors for commands have no use for messages.
      case 'REQUEST':
      case 'MESSAGE':
        return ACCEPTED;
      default:
        return { status: 501, body: `${call.type} is not implemented by local Mesos` };
    }
  }

  /** What the calls so far have changed survives the death of this process when the effect runs. */
  whenDurable(effect: () => void): void {
    this.#log.whenWritten(effect);
  }

  allocate(): void {
    const now = performance.now();
    for (const [frameworkId, offers] of this.offers.make(now)) {
      this.#log.whenWritten(() => this.frameworks.send(frameworkId, { type: 'OFFERS', offers: { offers } }));
    }
    this.maintenance.offer(now);
  }

  onUpdate(task: Task, status: TaskStatus): void {
    if (!isKnown(task, this.registry)) return;
    this.watchers.taskUpdated(task, status);
    this.#send(task.launched.frameworkId, status);
  }

  onEnded(task: Task): void {
    this.#claims.release(task);
    if (!this.frameworks.removed.has(task.launched.frameworkId)) return;
    this.#cluster.updates.forget(task);
    this.#cluster.forget(task);
  }

  onExecutorEnded({ launched: { frameworkId, info } }: Task): void {
    if (info.executor === undefined || !this.registry.isRegistered(info.agentId.value)) return;
    const { executorId } = info.executor;
    this.frameworks.send(frameworkId, {
      type: 'FAILURE',
      failure: { agentId: info.agentId, executorId, status: 0 },
    });
  }

  onForgotten(task: Task): void {
    this.agents.checkDrain(task.launched.info.agentId.value);
  }

  /** `abruptly`: as if its process were killed. */
  stop(abruptly = false): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.frameworks.stop(abruptly);
    this.watchers.end(abruptly);
  }

  #answerInverse(
    framework: Framework,
    ids: readonly { readonly value: string }[],
    status: 'ACCEPT' | 'DECLINE',
    refuseSeconds: number | undefined,
  ): void {
    const values = ids.map(({ value }) => value);
    this.maintenance.answer(framework.id, values, status, refuseSeconds);
  }

  *#frameworksOn(agentId: string): Generator<string> {
    for (const id of this.frameworks.known.keys()) {
      const isOn = this.#cluster.tasks
        .of(id)
        .some((task) => this.#claims.has(task) && task.launched.info.agentId.value === agentId);
      if (isOn || this.#holdsOffer(id, agentId)) yield id;
    }
  }

  #holdsOffer(frameworkId: string, agentId: string): boolean {
    for (const out of this.offers.all) {
      if (out.frameworkId === frameworkId && out.agentId === agentId) return true;
    }
    return false;
  }

  #tell(frameworkId: string, status: TaskStatus): void {
    this.#log.whenWritten(() => this.#send(frameworkId, status));
  }

  #send(frameworkId: string, status: TaskStatus): void {
    this.frameworks.send(frameworkId, { type: 'UPDATE', update: { status } });
  }

  #abandonTasks(framework: Framework): void {
    this.maintenance.forgetFramework(framework.id);
    this.#operations.forget(framework.id);
    this.#cluster.abandonTasksOf(framework.id);
  }
}

function hasCapabilityOf(framework: Framework | undefined, capability: string): boolean {
  return framework !== undefined && hasCapability(framework.info, capability);
}
