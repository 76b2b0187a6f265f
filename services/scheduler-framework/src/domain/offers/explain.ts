import type { AgentOffers } from './agent-offers.js';
import type { AgentRules } from './agent-rules.js';
import { attributeOf } from './constraints.js';
import { diskToReserve } from './offer-resources.js';
import type { PlacementNeed, VolumesNeed } from './placement-need.js';
import { SCALARS, units } from './quantities.js';
import type { JobSpread } from './spread.js';

/** Whether the agent is one for such a run, whatever is free on it. */
export function suits(
  agent: Pick<AgentOffers, 'offer' | 'resources'>,
  need: PlacementNeed,
  rules: AgentRules,
): boolean {
  return (
    !isKeptForGpus(agent, need, rules) &&
    drainsFrom(agent, rules) === undefined &&
    foreignRegion(agent, need, rules) === undefined &&
    need.constraints.every(({ attribute, accepts }) => accepts(attributeOf(agent.offer, attribute)))
  );
}

const isKeptForGpus = (
  { resources }: Pick<AgentOffers, 'resources'>,
  { quantities }: PlacementNeed,
  { keepGpusForGpuRuns }: AgentRules,
) => keepGpusForGpuRuns && resources.offersGpus && quantities.gpus === 0;

/** The instant at which the agent's maintenance begins, if it is near or going on. */
function drainsFrom({ offer }: Pick<AgentOffers, 'offer'>, { maintenance }: AgentRules): number | undefined {
  const { unavailability } = offer;
  if (unavailability === undefined || maintenance === undefined) return undefined;
  const start = Number(unavailability.start.nanoseconds) / 1e6;
  const end = start + (unavailability.duration?.nanoseconds ?? Infinity) / 1e6;
  const { now, drainingMs } = maintenance;
  return now >= start - drainingMs && now < end ? start : undefined;
}

function foreignRegion(
  { offer }: Pick<AgentOffers, 'offer'>,
  { anyRegion }: PlacementNeed,
  { localRegion }: AgentRules,
): string | undefined {
  if (anyRegion || localRegion === undefined) return undefined;
  const region = attributeOf(offer, '@region');
  return region === localRegion ? undefined : region;
}

/** What the agent lacks for such a run, in words; nothing: it can take it. */
export function whyNot(
  agent: Pick<AgentOffers, 'offer' | 'resources' | 'room'>,
  need: PlacementNeed,
  rules: AgentRules,
  spread?: JobSpread,
): string[] {
  const lacks: string[] = [];
  const { free } = agent.resources;
  for (const name of SCALARS) {
    if (need.quantities[name] > free[name]) {
      lacks.push(`${name}: ${units(need.quantities[name])} needed, ${units(free[name])} offered`);
    }
  }
  if (need.ports > agent.resources.freePorts) {
    lacks.push(`ports: ${need.ports} needed, ${agent.resources.freePorts} offered`);
  }
  if (need.volumes) lacks.push(...volumeLacks(agent, need.volumes, need.quantities.disk));
  for (const { text, attribute, accepts } of need.constraints) {
    const value = attributeOf(agent.offer, attribute);
    if (!accepts(value)) lacks.push(`constraint ${text}: the agent has ${value ?? 'no such attribute'}`);
  }
  for (const rule of need.spread) {
    const value = attributeOf(agent.offer, rule.attribute);
    if (value === undefined) lacks.push(`constraint ${rule.text}: the agent has no such attribute`);
    else if (spread && spread.allows(rule, value) !== 'yes') {
      lacks.push(`constraint ${rule.text}: other runs of the job are on ${value}`);
    }
  }
  if (isKeptForGpus(agent, need, rules)) lacks.push('gpus: the agent is kept for runs that need some');
  const drains = drainsFrom(agent, rules);
  if (drains !== undefined)
    lacks.push(`maintenance: the agent is drained from ${new Date(drains).toISOString()}`);
  const region = foreignRegion(agent, need, rules);
  if (region !== undefined)
    lacks.push(`region: the agent is in ${region}, and the job names no region or zone`);
  if (agent.room <= 0) lacks.push('room: the agent is busy starting other tasks');
  return lacks;
}

function volumeLacks(
  { offer, resources }: Pick<AgentOffers, 'offer' | 'resources'>,
  { wanted }: VolumesNeed,
  disk: number,
): string[] {
  const lacks = wanted.flatMap(({ containerPath, persistenceId, kept }) =>
    kept === undefined || resources.hasVolume(persistenceId)
      ? []
      : [
          kept.agentId === offer.agentId.value
            ? `volume ${containerPath}: it is on this agent, but not in what was offered`
            : `volume ${containerPath}: it is on ${kept.hostname} (agent ${kept.agentId})`,
        ],
  );
  const made = diskToReserve(wanted);
  const most = Math.min(resources.unreservedDisk, resources.free.disk - disk);
  if (made > most) {
    const names = wanted.filter(({ kept }) => kept === undefined).map(({ containerPath }) => containerPath);
    lacks.push(
      (offer.allocationInfo?.role ?? '*') === '*'
        ? `volume ${names.join(', ')}: what is offered to role * cannot be reserved`
        : `volume ${names.join(', ')}: ${units(made)} MiB of unreserved disk needed, ${units(Math.max(0, most))} offered`,
    );
  }
  return lacks;
}

/** What a lack is about: `cpus`, or `constraint rack UNIQUE`. */
export const lackKind = (lack: string): string => lack.split(':')[0] ?? lack;

export interface AgentExplanation {
  readonly agentId: string;
  readonly hostname: string;
  /** Empty: it would have fitted when this was asked. */
  readonly lacks: readonly string[];
}

/** Why a run with this need was not placed on what was looked at last. */
export const explain = (
  looked: readonly AgentOffers[],
  need: PlacementNeed,
  rules: AgentRules,
  spread?: JobSpread,
): AgentExplanation[] =>
  looked.map((agent) => ({
    agentId: agent.agentId,
    hostname: agent.hostname,
    lacks: whyNot(agent, need, rules, spread),
  }));
