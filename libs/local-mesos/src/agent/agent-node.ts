import type { Attribute, DomainInfo } from '@carillon/mesos';
import type { Resources } from '../master/resources.js';

/**
 * `up`: it reaches the leading master. `cut`: it does not, and nobody is told. `dead`: its process is gone, the
 * connection broken; commands whose framework checkpoints go on.
 */
export type Link = 'up' | 'cut' | 'dead';

/** A simulated agent: who it is, and what lies between it and the master. */
export interface AgentNode {
  readonly id: string;
  /** From 1: as agents of one process are called, `slave(1)`. */
  readonly number: number;
  readonly hostname: string;
  readonly ip: string;
  readonly port: number;
  readonly attributes: readonly Attribute[];
  readonly domain: DomainInfo | undefined;
  /** What it was started with. */
  readonly declared: Resources;
  /** The same amounts, with what frameworks have reserved and made volumes of. */
  total: Resources;
  link: Link;
  /** Of each message, either way. */
  delayMs: number;
}

/** Its process within the host, libprocess's way. */
export function pidOf({ number, ip, port }: AgentNode): string {
  return `slave(${number})@${ip}:${port}`;
}

export function regionOf(domain: DomainInfo | undefined): string | undefined {
  return domain?.faultDomain?.region.name;
}
