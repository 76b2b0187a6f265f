import type { Address, DomainInfo, Labels } from './common.js';
import type { FrameworkId, Unrecognized } from './ids.js';
import type { Scalar } from './resources.js';

export type FrameworkCapability =
  | 'REVOCABLE_RESOURCES'
  | 'TASK_KILLING_STATE'
  | 'GPU_RESOURCES'
  | 'SHARED_RESOURCES'
  | 'PARTITION_AWARE'
  | 'MULTI_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'REGION_AWARE';

export interface FrameworkInfo {
  readonly user: string;
  readonly name: string;
  readonly id?: FrameworkId;
  /** Seconds for which the master keeps the tasks of a framework that is not subscribed. Default 0. */
  readonly failoverTimeout?: number;
  readonly checkpoint?: boolean;
  /** For frameworks without MULTI_ROLE. */
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly hostname?: string;
  readonly principal?: string;
  readonly webuiUrl?: string;
  readonly capabilities?: readonly { readonly type?: FrameworkCapability | 'UNKNOWN' | Unrecognized }[];
  readonly labels?: Labels;
  /** By role: the least that an offer must have to be sent. */
  readonly offerFilters?: Readonly<Record<string, OfferFilters>>;
}

export interface OfferFilters {
  readonly minAllocatableResources?: {
    /** An offer must have all of at least one of these. */
    readonly quantities: readonly { readonly quantities: Readonly<Record<string, Scalar>> }[];
  };
}

export interface MasterInfo {
  readonly id: string;
  /** Little-endian; read `address` instead. */
  readonly ip: number;
  readonly port: number;
  readonly pid?: string;
  readonly hostname?: string;
  readonly version?: string;
  readonly address?: Address;
  readonly domain?: DomainInfo;
  readonly capabilities?: readonly {
    readonly type?: 'UNKNOWN' | 'AGENT_UPDATE' | 'AGENT_DRAINING' | Unrecognized;
  }[];
}
