import type { FrameworkInfo } from './framework.js';
import type {
  AgentId,
  ExecutorId,
  FrameworkId,
  OfferId,
  OperationId,
  ResourceProviderId,
  TaskId,
} from './ids.js';
import type { OfferConstraints } from './offer-constraints.js';
import type { Filters, OfferOperation } from './offers.js';
import type { Resource } from './resources.js';
import type { KillPolicy } from './tasks.js';

/** A call of the v1 scheduler API (mesos/v1/scheduler/scheduler.proto): `type` says which body it has. */
export type Call = { readonly frameworkId?: FrameworkId } & CallBody;

export type CallBody =
  | {
      readonly type: 'SUBSCRIBE';
      readonly subscribe: {
        readonly frameworkInfo: FrameworkInfo;
        readonly suppressedRoles?: readonly string[];
        readonly offerConstraints?: OfferConstraints;
      };
    }
  | { readonly type: 'TEARDOWN' }
  | {
      readonly type: 'ACCEPT';
      readonly accept: {
        readonly offerIds: readonly OfferId[];
        readonly operations: readonly OfferOperation[];
        readonly filters?: Filters;
      };
    }
  | {
      readonly type: 'DECLINE';
      readonly decline: { readonly offerIds: readonly OfferId[]; readonly filters?: Filters };
    }
  | { readonly type: 'ACCEPT_INVERSE_OFFERS'; readonly acceptInverseOffers: InverseOfferAnswer }
  | { readonly type: 'DECLINE_INVERSE_OFFERS'; readonly declineInverseOffers: InverseOfferAnswer }
  | { readonly type: 'REVIVE'; readonly revive?: { readonly roles: readonly string[] } }
  | { readonly type: 'SUPPRESS'; readonly suppress?: { readonly roles: readonly string[] } }
  | {
      readonly type: 'KILL';
      readonly kill: {
        readonly taskId: TaskId;
        readonly agentId?: AgentId;
        readonly killPolicy?: KillPolicy;
      };
    }
  | {
      readonly type: 'SHUTDOWN';
      readonly shutdown: { readonly executorId: ExecutorId; readonly agentId: AgentId };
    }
  | {
      readonly type: 'ACKNOWLEDGE';
      readonly acknowledge: { readonly agentId: AgentId; readonly taskId: TaskId; readonly uuid: Uint8Array };
    }
  | {
      readonly type: 'ACKNOWLEDGE_OPERATION_STATUS';
      readonly acknowledgeOperationStatus: {
        readonly agentId?: AgentId;
        readonly resourceProviderId?: ResourceProviderId;
        readonly uuid: Uint8Array;
        readonly operationId: OperationId;
      };
    }
  | {
      readonly type: 'RECONCILE';
      /** No tasks: implicit, the master answers for every task it knows. */
      readonly reconcile: {
        readonly tasks: readonly { readonly taskId: TaskId; readonly agentId?: AgentId }[];
      };
    }
  | {
      readonly type: 'RECONCILE_OPERATIONS';
      readonly reconcileOperations: {
        readonly operations: readonly {
          readonly operationId: OperationId;
          readonly agentId?: AgentId;
          readonly resourceProviderId?: ResourceProviderId;
        }[];
      };
    }
  | { readonly type: 'MESSAGE'; readonly message: FrameworkMessage }
  | {
      readonly type: 'REQUEST';
      readonly request: {
        readonly requests: readonly { readonly agentId?: AgentId; readonly resources: readonly Resource[] }[];
      };
    }
  | {
      readonly type: 'UPDATE_FRAMEWORK';
      readonly updateFramework: {
        readonly frameworkInfo: FrameworkInfo;
        readonly suppressedRoles?: readonly string[];
        readonly offerConstraints?: OfferConstraints;
      };
    };

export interface InverseOfferAnswer {
  readonly inverseOfferIds: readonly OfferId[];
  readonly filters?: Filters;
}

export interface FrameworkMessage {
  readonly agentId: AgentId;
  readonly executorId: ExecutorId;
  readonly data: Uint8Array;
}
