import type { TaskInfo, TaskState, TaskStatus } from '@carillon/mesos';
import type { Random } from './random.js';
import type { Entry, VirtualClock } from './virtual-clock.js';

export interface Cores {
  readonly cpus: number;
  readonly mem: number;
}

/** How a task fares: for how long it runs, and with which status it exits; `hangs`: until it is killed. */
export interface TaskPlan {
  readonly startMs: number;
  readonly runMs: number;
  readonly exitCode: number;
}

interface Update {
  readonly uuid: string;
  readonly status: TaskStatus;
}

export interface Task {
  readonly id: string;
  readonly agentId: string;
  readonly frameworkId: string;
  readonly resources: Cores;
  state: TaskState;
  endedAt: number | undefined;
  /** Not acknowledged yet, the oldest first: each is sent until it is. */
  readonly updates: Update[];
  /** When the first is sent again. */
  retry: Entry | undefined;
}

/** What agents ask of their master, and tell it. */
export interface AgentsMaster {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly isUp: boolean;
  readonly faults: { losesTask(): boolean };
  plan(taskId: string): TaskPlan;
  update(frameworkId: string, status: TaskStatus): void;
  allocateSoon(): void;
  agentRegistered(agent: SimulatedAgent, again: boolean): void;
  agentLost(agent: SimulatedAgent): void;
  agentGone(agentId: string, tasks: readonly Task[]): void;
}

/** First and longest pause between two sendings of an update that nobody acknowledges. */
const RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 600_000;

const amountOf = (task: TaskInfo, name: string) =>
  task.resources.reduce((sum, one) => sum + (one.name === name ? (one.scalar?.value ?? 0) : 0), 0);

/** An agent with its executors: runs tasks by their plans and sees to it that the framework hears of every state. */
export class SimulatedAgent {
  readonly hostname: string;
  id: string;
  /** At the master, which can be reached. */
  registered = true;
  unreachable = false;
  lostAt: number | undefined;
  offered = false;
  refusedUntil = 0;
  free: Cores;
  readonly tasks = new Map<string, Task>();
  readonly #mesos: AgentsMaster;
  readonly #total: Cores;
  #lives = 0;
  #uuids = 0;
  #away = false;

  constructor(mesos: AgentsMaster, number: number, total: Cores) {
    this.#mesos = mesos;
    this.#total = total;
    this.free = total;
    this.hostname = `agent-${number}`;
    this.id = `${this.hostname}-S0`;
  }

  launch(info: TaskInfo, frameworkId: string): void {
    const resources = { cpus: amountOf(info, 'cpus'), mem: amountOf(info, 'mem') };
    this.free = { cpus: this.free.cpus - resources.cpus, mem: this.free.mem - resources.mem };
    if (this.free.cpus < -1e-6 || this.free.mem < -1e-6) {
      throw new Error(`more was launched on ${this.id} than was offered`);
    }
    const { value: id } = info.taskId;
    const task: Task = {
      ...{ id, agentId: this.id, frameworkId, resources },
      ...{ state: 'TASK_STAGING', endedAt: undefined, updates: [], retry: undefined },
    };
    this.tasks.set(id, task);
    if (this.#mesos.faults.losesTask()) {
      this.#remove(task);
      return;
    }
    const { startMs, runMs, exitCode } = this.#mesos.plan(id);
    const { clock } = this.#mesos;
    clock.after(startMs, undefined, () => {
      this.#moves(task, 'TASK_STARTING');
      clock.after(startMs / 4, undefined, () => this.#moves(task, 'TASK_RUNNING'));
      clock.after(startMs / 4 + runMs, undefined, () => this.#exits(task, exitCode));
    });
  }

  kill(task: Task): void {
    const { clock, random } = this.#mesos;
    clock.after(random.between(1, 20), undefined, () => {
      if (task.endedAt !== undefined || task.state === 'TASK_KILLING') return;
      if (task.state === 'TASK_STAGING') {
        this.#ends(task, 'TASK_KILLED', { reason: 'REASON_TASK_KILLED_DURING_LAUNCH' });
        return;
      }
      this.#moves(task, 'TASK_KILLING');
      clock.after(random.between(10, 3_000), undefined, () => this.#ends(task, 'TASK_KILLED', {}));
    });
  }

  /** `check` is asked before it is believed. */
  acknowledged(taskId: string, uuid: string, check: (status: TaskStatus) => void): void {
    const task = this.tasks.get(taskId);
    const first = task?.updates[0];
    if (!task || first?.uuid !== uuid) return;
    check(first.status);
    task.updates.shift();
    if (task.retry) task.retry.work = undefined;
    if (task.updates.length > 0) this.#send(task, RETRY_MS);
    else if (task.endedAt !== undefined) this.tasks.delete(taskId);
  }

  /** What the master knows of, for which the framework waits. */
  knownTasks(): Task[] {
    return [...this.tasks.values()].filter(({ endedAt }) => endedAt === undefined);
  }

  /** Cut off from the master; its tasks go on. */
  partition(forMs: number): void {
    if (this.#away) return;
    this.#away = true;
    this.registered = false;
    this.#mesos.agentLost(this);
    this.#mesos.clock.after(forMs, undefined, () => {
      this.#away = false;
      this.registerSoon(this.#mesos.random.between(10, 2_000));
    });
  }

  /** The machine starts again: tasks and updates are gone, and it registers as another agent. */
  reboot(forMs: number): void {
    if (this.#away) return;
    this.#away = true;
    this.registered = false;
    this.#mesos.agentLost(this);
    const running = this.knownTasks();
    for (const task of this.tasks.values()) {
      task.endedAt ??= this.#mesos.clock.now;
      task.updates.length = 0;
    }
    this.tasks.clear();
    this.#mesos.agentGone(this.id, running);
    this.#mesos.clock.after(forMs, undefined, () => {
      this.#lives += 1;
      this.id = `${this.hostname}-S${this.#lives}`;
      this.free = this.#total;
      this.#away = false;
      this.registerSoon(this.#mesos.random.between(10, 2_000));
    });
  }

  registerSoon(delayMs: number): void {
    this.#mesos.clock.after(delayMs, undefined, () => {
      if (this.#away || this.registered || !this.#mesos.isUp) return;
      const again = this.unreachable;
      this.registered = true;
      this.unreachable = false;
      this.lostAt = undefined;
      this.#mesos.agentRegistered(this, again);
    });
  }

  #moves(task: Task, state: TaskState): void {
    if (task.endedAt !== undefined || task.state === 'TASK_KILLING') return;
    this.#enqueue(task, state, {});
  }

  #exits(task: Task, exitCode: number): void {
    const message = `Command exited with status ${exitCode}`;
    this.#ends(task, exitCode === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', { message });
  }

  #ends(task: Task, state: TaskState, more: Partial<TaskStatus>): void {
    if (task.endedAt !== undefined) return;
    task.endedAt = this.#mesos.clock.now;
    this.#free(task);
    this.#enqueue(task, state, more);
  }

  #remove(task: Task): void {
    task.endedAt = this.#mesos.clock.now;
    this.tasks.delete(task.id);
    this.#free(task);
  }

  #free({ resources, agentId }: Task): void {
    if (agentId !== this.id) return;
    const cpus = Math.min(this.#total.cpus, this.free.cpus + resources.cpus);
    this.free = { cpus, mem: Math.min(this.#total.mem, this.free.mem + resources.mem) };
    if (this.registered) this.#mesos.allocateSoon();
  }

  #enqueue(task: Task, state: TaskState, more: Partial<TaskStatus>): void {
    task.state = state;
    const uuid = `${this.id} ${(this.#uuids += 1)}`;
    const status: TaskStatus = {
      taskId: { value: task.id },
      agentId: { value: task.agentId },
      ...{ state, source: 'SOURCE_EXECUTOR', uuid: Buffer.from(uuid) },
      timestamp: this.#mesos.clock.now / 1_000,
      ...more,
    };
    task.updates.push({ uuid, status });
    if (task.updates.length === 1) this.#send(task, RETRY_MS);
  }

  #send(task: Task, retryMs: number): void {
    const first = task.updates[0];
    if (!first) return;
    const { clock, random } = this.#mesos;
    clock.after(random.between(0.1, 2), undefined, () => {
      if (task.updates[0] !== first) return;
      if (this.registered) this.#mesos.update(task.frameworkId, first.status);
    });
    task.retry = clock.after(retryMs, undefined, () => {
      if (task.updates[0] === first) this.#send(task, Math.min(2 * retryMs, LONGEST_RETRY_MS));
    });
  }
}
