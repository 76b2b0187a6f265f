import type { DomainInfo, Unavailability, Url } from './common.js';
import type { AgentId, ExecutorId, FrameworkId, OfferId, OperationId } from './ids.js';
import type { AllocationInfo, Attribute, DiskSource, Resource, Scalar } from './resources.js';
import type { ExecutorInfo, TaskInfo } from './tasks.js';

export interface Offer {
  readonly id: OfferId;
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  readonly hostname: string;
  readonly url?: Url;
  readonly domain?: DomainInfo;
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly executorIds: readonly ExecutorId[];
  readonly unavailability?: Unavailability;
  readonly allocationInfo?: AllocationInfo;
}

export interface InverseOffer {
  readonly id: OfferId;
  readonly url?: Url;
  readonly frameworkId: FrameworkId;
  readonly agentId?: AgentId;
  readonly unavailability: Unavailability;
  readonly resources: readonly Resource[];
}

export interface Filters {
  /** Default 5. */
  readonly refuseSeconds?: number;
}

export type OfferOperation = { readonly id?: OperationId } & (
  | { readonly type: 'LAUNCH'; readonly launch: { readonly taskInfos: readonly TaskInfo[] } }
  | {
      readonly type: 'LAUNCH_GROUP';
      readonly launchGroup: {
        readonly executor: ExecutorInfo;
        readonly taskGroup: { readonly tasks: readonly TaskInfo[] };
      };
    }
  | {
      readonly type: 'RESERVE';
      readonly reserve: { readonly source?: readonly Resource[]; readonly resources: readonly Resource[] };
    }
  | { readonly type: 'UNRESERVE'; readonly unreserve: { readonly resources: readonly Resource[] } }
  | { readonly type: 'CREATE'; readonly create: { readonly volumes: readonly Resource[] } }
  | { readonly type: 'DESTROY'; readonly destroy: { readonly volumes: readonly Resource[] } }
  | {
      readonly type: 'GROW_VOLUME';
      readonly growVolume: { readonly volume: Resource; readonly addition: Resource };
    }
  | {
      readonly type: 'SHRINK_VOLUME';
      readonly shrinkVolume: { readonly volume: Resource; readonly subtract: Scalar };
    }
  | {
      readonly type: 'CREATE_DISK';
      readonly createDisk: {
        readonly source: Resource;
        readonly targetType: DiskSource['type'];
        readonly targetProfile?: string;
      };
    }
  | { readonly type: 'DESTROY_DISK'; readonly destroyDisk: { readonly source: Resource } }
);
