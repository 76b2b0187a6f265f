import type { FrameworkInfo } from '@carillon/mesos';
import type { LongTimeout } from '../long-timeout.js';
import type { Subscriber } from './subscriber.js';

/** Times in milliseconds since the epoch. */
export interface Framework {
  readonly id: string;
  info: FrameworkInfo;
  subscriber: Subscriber | undefined;
  /** From SUBSCRIBED on. */
  heartbeat: NodeJS.Timeout | undefined;
  /** Removes the framework when it has been gone for its failover_timeout. */
  failover: LongTimeout | undefined;
  /** Undefined: known from its agents only, since another master leads. */
  registeredAt: number | undefined;
  reregisteredAt: number | undefined;
}

export function rolesOf(info: FrameworkInfo): readonly string[] {
  const multi = info.capabilities?.some(({ type }) => type === 'MULTI_ROLE') === true;
  return multi ? [...new Set(info.roles ?? [])] : [info.role ?? '*'];
}
