import type { Resource } from '@carillon/mesos';
import type { AgentNode } from '../agent/agent-node.js';
import { conversionsOf } from '../master/conversions.js';
import { add, contains, describe, parseResources, subtract, toMessages } from '../master/resources.js';

/** What frameworks have reserved and made volumes of, by agent: for the state log. */
export function convertedOf(nodes: readonly AgentNode[]): Map<string, readonly Resource[]> {
  const all = nodes.map(
    ({ id, total }) => [id, toMessages(conversionsOf(total).to, { refined: true })] as const,
  );
  return new Map(all.filter(([, resources]) => resources.length > 0));
}

/** What was reserved is still reserved. Returns where it is not, because the agent has become too small for it. */
export function convertAgain(
  nodes: readonly AgentNode[],
  converted: ReadonlyMap<string, readonly Resource[]>,
): { readonly id: string; readonly reserved: string }[] {
  const givenUp: { readonly id: string; readonly reserved: string }[] = [];
  for (const node of nodes) {
    const resources = parseResources(converted.get(node.id) ?? []);
    if ('error' in resources) continue;
    const { from, to } = conversionsOf(resources);
    if (contains(node.total, from)) node.total = add(subtract(node.total, from), to);
    else givenUp.push({ id: node.id, reserved: describe(to, undefined) });
  }
  return givenUp;
}
