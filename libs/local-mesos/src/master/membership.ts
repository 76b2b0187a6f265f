import type { Event, TaskState, TaskStatus } from '@carillon/mesos';
import { type AgentNode, regionOf } from '../agent/agent-node.js';
import { hasCapability, isTerminal, type KillState, type Task, taskIdOf } from '../agent/task.js';
import { killGraceMs } from '../agent/agent.js';
import type { Cluster } from '../cluster.js';
import type { Allocator } from './allocator.js';
import { masterStatus, stateFor } from './answers.js';
import type { Claims } from './claims.js';
import type { Frameworks } from './frameworks.js';
import type { Offers } from './offers.js';
import type { Member, Registry } from './registry.js';
import type { Watchers } from './watchers.js';

export interface MembershipOptions {
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly allocator: Allocator;
  readonly claims: Claims;
  readonly offers: Offers;
  readonly frameworks: Frameworks;
  readonly watchers: Watchers;
  /** How long an agent may be silent. */
  readonly agentTimeoutMs: number;
  tell(frameworkId: string, status: TaskStatus): void;
  send(frameworkId: string, event: Event): void;
  allocate(): void;
}

/** Refused: the status of the operator API, and Mesos's sentence. */
export type Refusal = { readonly status: 400 | 404; readonly body: string } | undefined;

/** Which agents take part, and what their tasks' frameworks hear when one leaves or returns. */
export class Memberships {
  readonly #options: MembershipOptions;
  readonly #silentSince = new Map<string, number>();

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** It has reached this master, for the first time or again. */
  register(node: AgentNode): void {
    const { registry, allocator, claims } = this.#options;
    const member = registry.members.get(node.id);
    if (member === undefined || member.membership === 'gone' || member.membership === 'down') return;
    const before = member.membership;
    member.membership = 'active';
    this.#silentSince.delete(node.id);
    if (before === 'active') {
      this.#makeUpFor(member);
      return;
    }
    if (before !== 'recovered') member.reregisteredAt = Date.now();
    if (!allocator.hasAgent(node.id)) {
      allocator.addAgent(node.id, node.total, regionOf(node.domain));
      for (const task of this.#tasksOn(node.id)) if (!isTerminal(task.latest.state)) claims.claim(task);
    }
    allocator.setActive(node.id, !member.deactivated);
    if (before !== 'disconnected') this.#tellOfReturn(member);
    if (before === 'unreachable') this.#welcomeBack(member);
    this.#makeUpFor(member);
    if (member.drain !== undefined && !member.drain.drained) this.#killForDrain(member);
    this.#options.allocate();
  }

  /** What did not get through while it could not be reached, either way. */
  #makeUpFor({ node }: Member): void {
    const { cluster } = this.#options;
    const tasks = this.#tasksOn(node.id);
    for (const task of tasks) {
      if (cluster.takeLostLaunch(task)) this.#dropLost(task);
      cluster.killAgain(task);
    }
    cluster.updates.resendOf(tasks);
  }

  /** Its connection broke: what was offered is not valid any more, and tasks that do not checkpoint are lost. */
  disconnect(node: AgentNode): void {
    const { registry, allocator, frameworks, cluster } = this.#options;
    const member = registry.members.get(node.id);
    if (member?.membership !== 'active') return;
    member.membership = 'disconnected';
    this.#silentSince.set(node.id, performance.now());
    allocator.setActive(node.id, false);
    this.#rescind(node.id);
    for (const task of this.#tasksOn(node.id)) {
      const info = frameworks.known.get(task.launched.frameworkId)?.info;
      if (info?.checkpoint === true) continue;
      this.#lose(task, 'TASK_LOST', 'REASON_AGENT_DISCONNECTED', `Agent ${node.hostname} disconnected`);
      cluster.abandon(task);
      cluster.forget(task);
    }
  }

  /** Agents that have not been heard of for too long are unreachable. */
  checkPings(now: number): void {
    const { registry, cluster, agentTimeoutMs } = this.#options;
    for (const { id, link } of cluster.nodes) {
      if (link === 'up') {
        this.#silentSince.delete(id);
        continue;
      }
      if (!registry.isRegistered(id)) continue;
      const since = this.#silentSince.get(id);
      if (since === undefined) this.#silentSince.set(id, now);
      else if (now - since >= agentTimeoutMs) this.#markUnreachable(id);
    }
  }

  drain(agentId: string, markGone: boolean, maxGraceMs: number | undefined): Refusal {
    const member = this.#options.registry.members.get(agentId);
    if (member === undefined || !this.#isKnown(member)) return { status: 400, body: 'Unknown agent' };
    member.drain = { markGone, maxGraceMs, startedAt: Date.now(), drained: false };
    this.#deactivate(member);
    if (member.membership === 'active') this.#killForDrain(member);
    this.checkDrain(agentId);
    return undefined;
  }

  deactivate(agentId: string): Refusal {
    const member = this.#options.registry.members.get(agentId);
    if (member === undefined || !this.#isKnown(member)) return { status: 400, body: 'Unknown agent' };
    this.#deactivate(member);
    return undefined;
  }

  reactivate(agentId: string): Refusal {
    const member = this.#options.registry.members.get(agentId);
    if (member?.deactivated !== true) return { status: 400, body: 'Agent is not deactivated' };
    if (member.drain?.drained === false) {
      return { status: 400, body: 'Agent is still in the DRAINING state' };
    }
    member.drain = undefined;
    member.deactivated = false;
    this.#options.allocator.setActive(agentId, member.membership === 'active');
    this.#options.allocate();
    return undefined;
  }

  markGone(agentId: string): Refusal {
    const { registry } = this.#options;
    const member = registry.members.get(agentId);
    if (member === undefined) return { status: 404, body: `Agent '${agentId}' not found` };
    if (member.membership === 'gone') return undefined;
    this.#remove(member, 'gone', (task) => {
      const [state, reason] = ['TASK_GONE_BY_OPERATOR', 'REASON_AGENT_REMOVED_BY_OPERATOR'] as const;
      this.#lose(task, state, reason, 'Agent has been marked gone');
    });
    return undefined;
  }

  /** For maintenance: its tasks are lost, for the partition-aware as well. */
  takeDown(member: Member): void {
    const message = `Agent ${member.node.hostname} removed: Operator initiated 'Machine DOWN'`;
    this.#remove(member, 'down', (task) => this.#lose(task, 'TASK_LOST', 'REASON_AGENT_REMOVED', message));
    this.#options.watchers.tell((each) => each.agentRemoved(member.node.id));
  }

  /** When the last of its tasks is over and acknowledged, an agent is drained. */
  checkDrain(agentId: string): void {
    const member = this.#options.registry.members.get(agentId);
    if (member?.drain === undefined || member.drain.drained) return;
    if (this.#tasksOn(agentId).length > 0) return;
    member.drain.drained = true;
    if (member.drain.markGone) this.markGone(agentId);
  }

  #isKnown({ membership }: Member): boolean {
    return membership !== 'gone' && membership !== 'down';
  }

  #deactivate(member: Member): void {
    member.deactivated = true;
    this.#options.allocator.setActive(member.node.id, false);
    this.#rescind(member.node.id);
  }

  #killForDrain({ node, drain }: Member): void {
    const { cluster, frameworks } = this.#options;
    for (const task of this.#tasksOn(node.id)) {
      const own = killGraceMs(task, undefined);
      const graceMs = Math.min(own, drain?.maxGraceMs ?? own);
      const kill: KillState = { cause: 'draining', graceMs };
      const info = frameworks.known.get(task.launched.frameworkId)?.info;
      cluster.kill(task, kill, info !== undefined && hasCapability(info, 'TASK_KILLING_STATE'));
    }
  }

  #markUnreachable(agentId: string): void {
    const { registry, frameworks, allocator, claims } = this.#options;
    const member = registry.members.get(agentId);
    if (member === undefined) return;
    member.membership = 'unreachable';
    member.unreachableAt = Date.now();
    const unreachableTime = { nanoseconds: `${member.unreachableAt}000000` };
    for (const task of this.#tasksOn(agentId)) {
      const info = frameworks.known.get(task.launched.frameworkId)?.info;
      const state = info === undefined ? 'TASK_UNREACHABLE' : stateFor(info, 'TASK_UNREACHABLE');
      const status = {
        ...this.#status(task, state, 'REASON_AGENT_REMOVED', 'health check timed out'),
        unreachableTime,
      };
      this.#options.watchers.taskUpdated(task, status);
      this.#options.tell(task.launched.frameworkId, status);
      claims.release(task);
    }
    this.#leave(agentId);
    allocator.removeAgent(agentId);
  }

  /** The tasks of frameworks that cannot bear it are killed, as masters since 1.1 do. */
  #welcomeBack({ node }: Member): void {
    const { cluster, frameworks, claims } = this.#options;
    for (const task of this.#tasksOn(node.id)) {
      const info = frameworks.known.get(task.launched.frameworkId)?.info;
      if (info !== undefined && !hasCapability(info, 'PARTITION_AWARE')) {
        claims.release(task);
        cluster.abandon(task);
        cluster.forget(task);
      } else if (!isTerminal(task.latest.state)) {
        const { state, containerStatus } = task.pending[0] ?? task.latest;
        const message = 'Unreachable agent re-reregistered';
        const status = this.#status(task, state as TaskState, 'REASON_AGENT_REREGISTERED', message);
        const told = containerStatus === undefined ? status : { ...status, containerStatus };
        this.#options.tell(task.launched.frameworkId, told);
      }
    }
  }

  /** As real masters: its tasks first. That an agent is unreachable or gone they tell by its tasks only. */
  #tellOfReturn(member: Member): void {
    this.#options.watchers.tell((each) => {
      for (const task of this.#tasksOn(member.node.id)) each.taskAdded(task);
      each.agentAdded(member);
    });
  }

  #dropLost(task: Task): void {
    const message = 'Reconciliation: Task is unknown to the agent';
    const status = this.#status(task, 'TASK_DROPPED', 'REASON_RECONCILIATION', message);
    this.#options.cluster.updates.add(task, { ...status, source: 'SOURCE_AGENT' });
    this.#options.claims.release(task);
  }

  #remove(member: Member, as: 'gone' | 'down', lose: (task: Task) => void): void {
    const { cluster, allocator } = this.#options;
    const { node } = member;
    const tasks = this.#tasksOn(node.id);
    for (const task of tasks) lose(task);
    member.membership = as;
    node.link = 'dead';
    for (const task of tasks) {
      cluster.abandon(task);
      cluster.forget(task);
    }
    this.#leave(node.id);
    allocator.removeAgent(node.id);
  }

  #lose(
    task: Task,
    state: Parameters<typeof masterStatus>[1],
    reason: Parameters<typeof masterStatus>[2],
    message: string,
  ): void {
    const status = this.#status(task, state, reason, message);
    this.#options.watchers.taskUpdated(task, status);
    this.#options.tell(task.launched.frameworkId, status);
    this.#options.claims.release(task);
  }

  #status(
    task: Task,
    state: Parameters<typeof masterStatus>[1],
    reason: Parameters<typeof masterStatus>[2],
    message: string,
  ): TaskStatus {
    return masterStatus(taskIdOf(task), state, reason, message, task.launched.info.agentId.value);
  }

  #leave(agentId: string): void {
    this.#rescind(agentId);
    for (const id of this.#options.frameworks.known.keys()) {
      this.#options.send(id, { type: 'FAILURE', failure: { agentId: { value: agentId } } });
    }
  }

  #rescind(agentId: string): void {
    for (const { frameworkId, event } of this.#options.offers.withdrawAgent(agentId)) {
      this.#options.send(frameworkId, event);
    }
  }

  #tasksOn(agentId: string): readonly Task[] {
    return this.#options.cluster.tasks.onAgent(agentId);
  }
}
