import type { Offer } from '@carillon/mesos';
import { OfferResources } from './offer-resources.js';

/** The offers of one agent for one role: what one ACCEPT may combine. Mutable; lives for one plan. */
export interface AgentOffers {
  readonly agentId: string;
  readonly hostname: string;
  /** Any of them: they differ in resources only. */
  readonly offer: Offer;
  readonly offerIds: readonly string[];
  readonly resources: OfferResources;
  /** How many more tasks may be launched here. */
  room: number;
}

export function groupByAgent(offers: readonly Offer[], room: (agentId: string) => number): AgentOffers[] {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = `${offer.agentId.value}\n${offer.allocationInfo?.role ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(offer);
    else groups.set(key, [offer]);
  }
  const left = new Map<string, number>();
  return [...groups.values()].flatMap((group) => {
    const [offer] = group;
    if (offer === undefined) return [];
    const agentId = offer.agentId.value;
    // An agent that is offered for several roles starts no more tasks for that.
    const share = left.has(agentId) ? 0 : room(agentId);
    left.set(agentId, share);
    return [
      {
        agentId,
        hostname: offer.hostname,
        offer,
        offerIds: group.map(({ id }) => id.value),
        resources: new OfferResources(group),
        room: share,
      },
    ];
  });
}
