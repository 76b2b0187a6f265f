import {
  type Call,
  type CallBody,
  type Event,
  MesosCallError,
  type MesosConnection,
  type MesosConnectionOptions,
  MesosUnavailable,
  type Offer,
  type TaskInfo,
  type TaskStatus,
} from '@carillon/mesos';
import type { Random } from './random.js';
import {
  type AgentsMaster,
  type Cores,
  SimulatedAgent,
  type Task,
  type TaskPlan,
} from './simulated-agent.js';
import type { Part, VirtualClock } from './virtual-clock.js';

export interface MesosOptions {
  readonly agents: number;
  readonly cpus: number;
  readonly mem: number;
  /** How a task fares, told once for each. */
  readonly plan: (taskId: string) => TaskPlan;
}

export interface MesosFaults {
  /** A call that the master never gets, or whose answer is lost: the connection breaks. */
  losesCall(): boolean;
  losesAnswer(): boolean;
  /** An agent's update is sent twice. */
  repeatsUpdate(): boolean;
  /** An agent gets a task and loses it without a word. */
  losesTask(): boolean;
}

/** What must hold of what the master is told; throws when it does not. */
export interface MesosObserver {
  launching(task: TaskInfo, by: Part): void;
  acknowledged(status: TaskStatus, by: Part): void;
}

/** Agents that the master does not hear of for so long are unreachable: five pings of 15 s. */
const AGENT_TIMEOUT_MS = 75_000;
const DEFAULT_REFUSE_S = 5;
const NO_FAULTS: MesosFaults = {
  losesCall: () => false,
  losesAnswer: () => false,
  repeatsUpdate: () => false,
  losesTask: () => false,
};

/** One subscription of a part's connection. */
interface Link {
  readonly part: Part;
  readonly options: MesosConnectionOptions;
  frameworkId: string | undefined;
  subscribed: boolean;
  running: boolean;
  /** Streams and calls keep their order. */
  eventsUntil: number;
  callsUntil: number;
}

interface MadeOffer {
  readonly agent: SimulatedAgent;
  readonly resources: Cores;
}

/** A master and agents by the rules of Mesos 1.11, as far as a framework can tell, on virtual time. */
export class SimulatedMesos implements AgentsMaster {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly agents: SimulatedAgent[];
  faults: MesosFaults = NO_FAULTS;
  observer: MesosObserver | undefined;
  launches = 0;
  updates = 0;
  readonly #options: MesosOptions;
  readonly #offers = new Map<string, MadeOffer>();
  readonly #goneAgents = new Set<string>();
  #up = true;
  #frameworks = 0;
  #link: Link | undefined;
  #suppressed = false;
  #offerIds = 0;
  #allocating = false;

  constructor(clock: VirtualClock, options: MesosOptions) {
    this.clock = clock;
    this.random = clock.random.fork();
    this.#options = options;
    const { agents, cpus, mem } = options;
    this.agents = Array.from({ length: agents }, (_, n) => new SimulatedAgent(this, n, { cpus, mem }));
  }

  /** What a part's real connection would be. */
  connect(part: Part, options: MesosConnectionOptions): MesosConnection {
    const link: Link = {
      ...{ part, options, frameworkId: options.frameworkId },
      ...{ subscribed: false, running: false, eventsUntil: 0, callsUntil: 0 },
    };
    const call = (made: Call) => this.#call(link, made);
    return {
      start: () => {
        if (link.running) return;
        link.running = true;
        this.#subscribeSoon(link, 0);
      },
      stop: () => {
        link.running = false;
        link.subscribed = false;
        this.clock.after(1, undefined, () => {
          if (this.#link === link) this.#dropLink();
        });
        return Promise.resolve();
      },
      call,
      callBatch: async (calls) => {
        await Promise.all(calls.map(call));
      },
      updateFramework: () => Promise.resolve(),
      get subscribed() {
        return link.subscribed;
      },
      get frameworkId() {
        return link.frameworkId;
      },
      master: 'simulated:5050',
    };
  }

  plan(taskId: string): TaskPlan {
    return this.#options.plan(taskId);
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Another master takes over: it knows only what agents tell it when they register again. */
  failOver(forMs: number): void {
    this.#up = false;
    this.#cutOff('the master is gone');
    for (const agent of this.agents) agent.registered = false;
    this.clock.after(forMs, undefined, () => {
      this.#up = true;
      for (const agent of this.agents) agent.registerSoon(this.random.between(100, 8_000));
    });
  }

  /** The part's process is gone, or says nothing any more. */
  partDied(part: Part): void {
    this.clock.after(this.random.between(0, 500), undefined, () => {
      if (this.#link?.part === part) this.#dropLink();
    });
  }

  cutOff(): void {
    this.#cutOff('the connection broke');
  }

  #cutOff(reason: string): void {
    const link = this.#link;
    this.#dropLink();
    if (link) this.#disconnected(link, reason, false);
  }

  /** Agents say so. */
  agentRegistered(agent: SimulatedAgent, again: boolean): void {
    if (again) {
      for (const task of agent.tasks.values()) {
        if (task.endedAt === undefined && task.state !== 'TASK_STAGING') {
          this.#tell(task.frameworkId, this.#word(task, task.state, 'REASON_AGENT_REREGISTERED'));
        }
      }
    }
    this.allocateSoon();
  }

  /** It cannot be reached any more; the framework hears of its tasks when the pings have been missed. */
  agentLost(agent: SimulatedAgent): void {
    this.#rescind(agent);
    const lostAt = this.clock.now;
    agent.lostAt = lostAt;
    this.clock.after(AGENT_TIMEOUT_MS, undefined, () => {
      if (agent.lostAt !== lostAt || !this.#up) return;
      agent.unreachable = true;
      for (const task of agent.knownTasks()) {
        this.#tell(task.frameworkId, this.#word(task, 'TASK_UNREACHABLE', 'REASON_AGENT_REMOVED'));
      }
    });
  }

  /** It will never come back under this id. */
  agentGone(agentId: string, tasks: readonly Task[]): void {
    this.clock.after(AGENT_TIMEOUT_MS, undefined, () => {
      this.#goneAgents.add(agentId);
      for (const task of tasks) {
        this.#tell(task.frameworkId, this.#word(task, 'TASK_UNREACHABLE', 'REASON_AGENT_REMOVED'));
      }
    });
  }

  /** What nobody takes the agent sends again. */
  update(frameworkId: string, status: TaskStatus): void {
    if (!this.#up) return;
    this.updates += 1;
    this.#tell(frameworkId, status);
    if (this.faults.repeatsUpdate()) this.#tell(frameworkId, status);
  }

  allocateSoon(delayMs = this.random.between(1, 30)): void {
    if (this.#allocating && delayMs < 1_000) return;
    if (delayMs < 1_000) this.#allocating = true;
    this.clock.after(delayMs, undefined, () => {
      if (delayMs < 1_000) this.#allocating = false;
      this.#allocate();
    });
  }

  #allocate(): void {
    const link = this.#link;
    if (!this.#up || link?.frameworkId === undefined || this.#suppressed) return;
    const offers: Offer[] = [];
    for (const agent of this.agents) {
      if (!agent.registered || agent.offered || agent.refusedUntil > this.clock.now) continue;
      if (agent.free.cpus < 0.01 || agent.free.mem < 1) continue;
      const id = `o${(this.#offerIds += 1)}`;
      const resources = { ...agent.free };
      this.#offers.set(id, { agent, resources });
      agent.offered = true;
      offers.push(this.#offer(id, link.frameworkId, agent, resources));
    }
    if (offers.length > 0) this.#send(link, { type: 'OFFERS', offers: { offers } });
  }

  #offer(id: string, frameworkId: string, agent: SimulatedAgent, { cpus, mem }: Cores): Offer {
    const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
    return {
      id: { value: id },
      frameworkId: { value: frameworkId },
      agentId: { value: agent.id },
      hostname: agent.hostname,
      resources: [scalar('cpus', cpus), scalar('mem', mem), scalar('disk', 1_000_000)],
      attributes: [],
      executorIds: [],
    };
  }

  #rescind(agent: SimulatedAgent): void {
    for (const [id, { agent: of }] of this.#offers) {
      if (of !== agent) continue;
      this.#offers.delete(id);
      if (this.#link) this.#send(this.#link, { type: 'RESCIND', rescind: { offerId: { value: id } } });
    }
    agent.offered = false;
  }

  #dropLink(): void {
    this.#link = undefined;
    for (const [id, { agent }] of this.#offers) {
      agent.offered = false;
      this.#offers.delete(id);
    }
  }

  #subscribeSoon(link: Link, delayMs: number): void {
    this.clock.after(delayMs + this.random.between(0.2, 3), undefined, () => {
      if (!link.running || !link.part.alive || link.subscribed || this.#link === link) return;
      if (!this.#up) {
        this.#subscribeSoon(link, this.random.between(100, 2_000));
        return;
      }
      const former = this.#link;
      this.#dropLink();
      if (former) this.#disconnected(former, 'Framework failed over', true);
      link.frameworkId ??= `f${(this.#frameworks += 1)}`;
      this.#link = link;
      this.#suppressed = false;
      for (const agent of this.agents) agent.refusedUntil = 0;
      const subscribed = { frameworkId: { value: link.frameworkId } };
      this.#deliver(link, () => {
        link.subscribed = true;
        link.options.onSubscribed?.(subscribed);
        link.options.onEvent({ type: 'SUBSCRIBED', subscribed });
      });
      this.allocateSoon();
    });
  }

  #disconnected(link: Link, reason: string, terminal: boolean): void {
    this.#deliver(link, () => {
      const wasSubscribed = link.subscribed;
      link.subscribed = false;
      if (!link.running) return;
      if (terminal) link.running = false;
      else this.#subscribeSoon(link, this.random.between(100, 1_500));
      link.options.onDisconnected?.({ reason, terminal, wasSubscribed });
    });
  }

  #send(link: Link, event: Event): void {
    this.#deliver(link, () => {
      if (link.subscribed && link.running) link.options.onEvent(event);
    });
  }

  #deliver(link: Link, work: () => void): void {
    link.eventsUntil = Math.max(link.eventsUntil, this.clock.now + this.random.between(0.1, 2));
    this.clock.at(link.eventsUntil, link.part, work);
  }

  #tell(frameworkId: string, status: TaskStatus): void {
    const link = this.#link;
    if (link?.frameworkId === frameworkId) this.#send(link, { type: 'UPDATE', update: { status } });
  }

  #call(link: Link, call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      const broken = () => reject(new MesosUnavailable(`${call.type}: the connection broke`));
      if (!link.subscribed) {
        reject(new MesosUnavailable(`${call.type}: not subscribed to a Mesos master`));
        return;
      }
      const answer = (settle: () => void) => this.clock.after(this.random.between(0.1, 1), link.part, settle);
      if (this.faults.losesCall()) {
        this.clock.after(1, undefined, () => {
          if (this.#link === link) this.#cutOff('the connection broke');
          answer(broken);
        });
        return;
      }
      link.callsUntil = Math.max(link.callsUntil, this.clock.now + this.random.between(0.1, 1));
      this.clock.at(link.callsUntil, undefined, () => {
        if (!this.#up) answer(broken);
        else if (this.#link !== link) {
          answer(() => reject(new MesosCallError(call.type, 400, 'unknown stream id')));
        } else {
          this.#take(link, call);
          if (!this.faults.losesAnswer()) answer(resolve);
          else {
            this.#cutOff('the connection broke');
            answer(broken);
          }
        }
      });
    });
  }

  #take(link: Link, call: CallBody): void {
    switch (call.type) {
      case 'ACCEPT':
        this.#accept(link, call.accept);
        break;
      case 'DECLINE':
        for (const { value } of call.decline.offerIds) {
          this.#giveBack(value, call.decline.filters?.refuseSeconds ?? DEFAULT_REFUSE_S);
        }
        break;
      case 'REVIVE':
        this.#suppressed = false;
        for (const agent of this.agents) agent.refusedUntil = 0;
        this.allocateSoon();
        break;
      case 'SUPPRESS':
        this.#suppressed = true;
        break;
      case 'KILL': {
        const { taskId, agentId } = call.kill;
        const agent = this.#agentOf(agentId?.value);
        const task = agent?.registered ? agent.tasks.get(taskId.value) : undefined;
        if (task) agent?.kill(task);
        else this.#answerAbout(link, taskId.value, agentId?.value);
        break;
      }
      case 'ACKNOWLEDGE': {
        const { taskId, agentId, uuid } = call.acknowledge;
        this.#agentOf(agentId.value)?.acknowledged(taskId.value, Buffer.from(uuid).toString(), (status) =>
          this.observer?.acknowledged(status, link.part),
        );
        break;
      }
      case 'RECONCILE':
        this.#reconcile(link, call.reconcile.tasks);
        break;
      default:
        break;
    }
  }

  #accept(
    link: Link,
    { offerIds, operations, filters }: Extract<CallBody, { type: 'ACCEPT' }>['accept'],
  ): void {
    const taskInfos = operations.flatMap((one) =>
      one.type === 'LAUNCH' && 'launch' in one ? one.launch.taskInfos : [],
    );
    for (const task of taskInfos) this.observer?.launching(task, link.part);
    const offers = offerIds.map(({ value }) => this.#offers.get(value));
    if (offers.some((offer) => offer === undefined)) {
      for (const { taskId, agentId } of taskInfos) {
        this.#tell(link.frameworkId ?? '', {
          ...{ taskId, agentId, state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS' },
          ...{ source: 'SOURCE_MASTER', timestamp: this.clock.now / 1_000 },
        });
      }
      for (const { value } of offerIds) this.#giveBack(value, 0);
      return;
    }
    for (const task of taskInfos) {
      this.launches += 1;
      const agent = this.#agentOf(task.agentId.value);
      const offer = offers.find((made) => made?.agent === agent);
      if (!agent || !offer)
        throw new Error(`${task.taskId.value} was launched on an agent that was not offered`);
      agent.launch(task, link.frameworkId ?? '');
    }
    for (const { value } of offerIds) this.#giveBack(value, filters?.refuseSeconds ?? DEFAULT_REFUSE_S);
  }

  #giveBack(offerId: string, refuseSeconds: number): void {
    const offer = this.#offers.get(offerId);
    if (!offer) return;
    this.#offers.delete(offerId);
    offer.agent.offered = false;
    if (refuseSeconds > 0) {
      offer.agent.refusedUntil = this.clock.now + refuseSeconds * 1_000;
      this.allocateSoon(Math.max(1_000, refuseSeconds * 1_000 + 1));
    } else this.allocateSoon();
  }

  #reconcile(link: Link, tasks: Extract<CallBody, { type: 'RECONCILE' }>['reconcile']['tasks']): void {
    if (tasks.length > 0) {
      for (const { taskId, agentId } of tasks) this.#answerAbout(link, taskId.value, agentId?.value);
      return;
    }
    for (const agent of this.agents) {
      if (!agent.registered) continue;
      for (const task of agent.tasks.values()) {
        if (task.endedAt === undefined && task.frameworkId === link.frameworkId) {
          this.#tell(task.frameworkId, this.#word(task, task.state, 'REASON_RECONCILIATION'));
        }
      }
    }
  }

  /** A master that has not heard of the agent since it began says nothing. */
  #answerAbout(link: Link, taskId: string, agentId: string | undefined): void {
    const agent = this.#agentOf(agentId);
    const about = {
      taskId: { value: taskId },
      ...(agentId === undefined ? {} : { agentId: { value: agentId } }),
      ...({ reason: 'REASON_RECONCILIATION', source: 'SOURCE_MASTER' } as const),
      timestamp: this.clock.now / 1_000,
    };
    const frameworkId = link.frameworkId ?? '';
    if (agent?.registered) {
      const task = agent.tasks.get(taskId);
      const state = task === undefined ? 'TASK_GONE' : task.state;
      this.#tell(frameworkId, { ...about, state });
    } else if (agent?.unreachable || this.#goneAgents.has(agentId ?? ''))
      this.#tell(frameworkId, { ...about, state: 'TASK_UNREACHABLE' });
    else if (agent === undefined && agentId === undefined) {
      this.#tell(frameworkId, { ...about, state: 'TASK_UNKNOWN' });
    }
  }

  #word(task: Task, state: TaskStatus['state'], reason: string): TaskStatus {
    return {
      taskId: { value: task.id },
      agentId: { value: task.agentId },
      ...{ state, reason: reason as 'REASON_RECONCILIATION', source: 'SOURCE_MASTER' },
      timestamp: this.clock.now / 1_000,
    };
  }

  #agentOf(id: string | undefined): SimulatedAgent | undefined {
    return this.agents.find((agent) => agent.id === id);
  }
}
