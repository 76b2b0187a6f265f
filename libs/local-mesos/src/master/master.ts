import type { Attribute, Call, FrameworkInfo, MasterInfo, TaskStatus } from '@carillon/mesos';
import { type Agent, killGraceMs } from '../agent/agent.js';
import { StatusUpdates } from '../agent/status-updates.js';
import { hasCapability, isTerminal, type Task } from '../agent/task.js';
import type { StateLog } from '../state/state-log.js';
import { type Allocation, Allocator } from './allocator.js';
import { reconciled, reconciledUnknown } from './answers.js';
import type { Framework } from './framework.js';
import { Frameworks } from './frameworks.js';
import { Launches } from './launches.js';
import { Offers } from './offers.js';
import type { Resources } from './resources.js';
import { Tasks } from './tasks.js';

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
  readonly statusRetryMs: number;
  createAgent(updates: StatusUpdates, onEnded: (task: Task) => void): Agent;
  sandboxOf(frameworkId: string, taskId: string, containerId: string): string;
  onForgotten(task: Task): void;
}

/** What a Mesos master does with the calls of frameworks. It has one agent for now. */
export class Master {
  readonly #options: MasterOptions;
  readonly #log: StateLog;
  readonly #allocator = new Allocator();
  readonly #offers: Offers;
  readonly #updates: StatusUpdates;
  readonly #agent: Agent;
  readonly #launches: Launches;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly frameworks: Frameworks;
  readonly tasks = new Tasks();

  constructor(options: MasterOptions) {
    const { log, statusRetryMs, masterInfo, heartbeatIntervalMs } = options;
    this.#options = options;
    this.#log = log;
    this.#allocator.addAgent(options.agent.id, options.agent.total);
    this.#offers = new Offers(this.#allocator, options.agent, masterInfo.id);
    this.#updates = new StatusUpdates({
      log,
      retryMinMs: statusRetryMs,
      deliver: (task, status) => this.#send(task.launched.frameworkId, status),
      onForgotten: (task) => this.#forget(task),
    });
    this.frameworks = new Frameworks({
      log,
      masterInfo,
      heartbeatIntervalMs,
      allocator: this.#allocator,
      offers: this.#offers,
      onSubscribed: ({ id }) => {
        this.#updates.resend(id);
        this.#allocate();
      },
      onRemoved: (framework) => this.#abandonTasks(framework),
    });
    this.#agent = options.createAgent(this.#updates, (task) => this.#release(task));
    this.#launches = new Launches({
      log,
      statusRetryMs,
      agent: this.#agent,
      offers: this.#offers,
      tasks: this.tasks,
      tell: (frameworkId, status) => this.#tell(frameworkId, status),
      sandboxOf: (...of) => options.sandboxOf(...of),
    });
    this.#timers = [
      setInterval(() => this.#allocate(), options.allocationIntervalMs),
      setInterval(() => this.#updates.resendOverdue(performance.now()), Math.min(1_000, statusRetryMs)),
    ];
  }

  /** What was there before: before anything else happens. */
  restore(from: {
    readonly frameworks: ReadonlyMap<string, FrameworkInfo>;
    readonly removedFrameworks: ReadonlySet<string>;
    readonly tasks: readonly Task[];
  }): void {
    for (const id of from.removedFrameworks) this.frameworks.restoreRemoved(id);
    for (const [id, info] of from.frameworks) this.frameworks.restore(id, info);
    for (const task of from.tasks) {
      this.tasks.add(task);
      if (!isTerminal(task.latest.state)) this.#allocator.claim(this.#allocation(task));
      this.#updates.restore(task);
      this.#agent.adopt(task);
    }
  }

  /** Finds out what became of the tasks that were restored. */
  recover(): void {
    this.#agent.recover();
  }

  get runningTasks(): readonly Task[] {
    return this.#agent.running;
  }

  /** A call of a subscribed framework. False: local Mesos does not have this one. */
  handle(frameworkId: string, call: Call): boolean {
    const framework = this.frameworks.known.get(frameworkId);
    if (framework === undefined) return true;
    switch (call.type) {
      case 'TEARDOWN':
        this.frameworks.remove(framework);
        return true;
      case 'ACCEPT':
        this.#launches.accept(framework, call.accept);
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

  /** What the calls so far have changed survives the death of this process when the effect runs. */
  whenDurable(effect: () => void): void {
    this.#log.whenWritten(effect);
  }

  killAll(): void {
    for (const task of this.#agent.running) {
      this.#agent.kill(task, { cause: 'framework', graceMs: killGraceMs(task, undefined) }, false);
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.frameworks.stop();
    await this.#agent.stop();
  }

  #kill(framework: Framework, { taskId, agentId, killPolicy }: (Call & { type: 'KILL' })['kill']): void {
    const task = this.tasks.get(framework.id, taskId.value);
    if (task === undefined) {
      this.#tell(framework.id, this.#unknown(framework, taskId.value, agentId?.value));
      return;
    }
    const graceMs = killGraceMs(task, killPolicy?.gracePeriod?.nanoseconds);
    const tellKilling = hasCapability(framework.info, 'TASK_KILLING_STATE');
    this.#agent.kill(task, { cause: 'framework', graceMs }, tellKilling);
  }

  #reconcile(framework: Framework, asked: (Call & { type: 'RECONCILE' })['reconcile']['tasks']): void {
    if (asked.length === 0) {
      for (const task of this.tasks.of(framework.id)) this.#tell(framework.id, reconciled(task));
      return;
    }
    for (const { taskId, agentId } of asked) {
      const task = this.tasks.get(framework.id, taskId.value);
      const answer =
        task === undefined ? this.#unknown(framework, taskId.value, agentId?.value) : reconciled(task);
      this.#tell(framework.id, answer);
    }
  }

  #unknown(framework: Framework, taskId: string, agentId: string | undefined): TaskStatus {
    return reconciledUnknown(framework.info, taskId, agentId, agentId === this.#agent.id);
  }

  #allocate(): void {
    for (const [frameworkId, offers] of this.#offers.make(performance.now())) {
      this.#log.whenWritten(() => this.frameworks.send(frameworkId, { type: 'OFFERS', offers: { offers } }));
    }
  }

  #tell(frameworkId: string, status: TaskStatus): void {
    this.#log.whenWritten(() => this.#send(frameworkId, status));
  }

  #send(frameworkId: string, status: TaskStatus): void {
    this.frameworks.send(frameworkId, { type: 'UPDATE', update: { status } });
  }

  #release(task: Task): void {
    this.#allocator.recover(this.#allocation(task));
    if (!this.frameworks.removed.has(task.launched.frameworkId)) return;
    this.#updates.forget(task);
    this.#forget(task);
  }

  #abandonTasks(framework: Framework): void {
    for (const task of this.tasks.of(framework.id)) {
      this.#updates.forget(task);
      if (isTerminal(task.latest.state)) this.#forget(task);
      else this.#agent.abandon(task);
    }
  }

  #forget(task: Task): void {
    this.tasks.remove(task);
    this.#log.append({ type: 'forgotten', containerId: task.launched.containerId });
    this.#options.onForgotten(task);
  }

  #allocation({ launched, role, resources }: Task): Allocation {
    return { agentId: launched.info.agentId.value, frameworkId: launched.frameworkId, role, resources };
  }
}
