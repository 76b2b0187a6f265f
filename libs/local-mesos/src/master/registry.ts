import type { MachineId, MaintenanceSchedule } from '@carillon/mesos';
import type { AgentNode } from '../agent/agent-node.js';

/**
 * `recovered`: known, and not heard of since this master leads. `disconnected`: its connection broke, and the
 * pings may still find it. `unreachable`, `gone` (by an operator), `down` (maintenance): not registered.
 */
export type Membership = 'recovered' | 'active' | 'disconnected' | 'unreachable' | 'gone' | 'down';

export interface Drain {
  readonly markGone: boolean;
  readonly maxGraceMs: number | undefined;
  readonly startedAt: number;
  drained: boolean;
}

/** An agent as the masters know it. Times in milliseconds since the epoch. */
export interface Member {
  readonly node: AgentNode;
  membership: Membership;
  deactivated: boolean;
  drain: Drain | undefined;
  registeredAt: number;
  reregisteredAt: number | undefined;
  unreachableAt: number | undefined;
}

/** What masters hand on when another one leads: the replicated log of real ones. */
export class Registry {
  readonly members: ReadonlyMap<string, Member>;
  schedule: MaintenanceSchedule = { windows: [] };
  readonly down = new Map<string, MachineId>();

  constructor(nodes: readonly AgentNode[]) {
    const at = Date.now();
    this.members = new Map(nodes.map((node) => [node.id, newMember(node, at)]));
  }

  isRegistered(agentId: string): boolean {
    const membership = this.members.get(agentId)?.membership;
    return membership === 'active' || membership === 'disconnected';
  }
}

function newMember(node: AgentNode, registeredAt: number): Member {
  return {
    node,
    membership: 'recovered',
    deactivated: false,
    drain: undefined,
    registeredAt,
    reregisteredAt: undefined,
    unreachableAt: undefined,
  };
}
