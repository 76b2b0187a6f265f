import type { FrameworkMessage } from './call.js';
import type { MasterInfo } from './framework.js';
import type { AgentId, ExecutorId, FrameworkId, OfferId, Unrecognized } from './ids.js';
import type { InverseOffer, Offer } from './offers.js';
import type { OperationStatus } from './operations.js';
import type { TaskStatus } from './tasks.js';

/** An event of the v1 scheduler API: `type` says which body it has. */
export type Event =
  | { readonly type: 'SUBSCRIBED'; readonly subscribed: Subscribed }
  | { readonly type: 'OFFERS'; readonly offers: { readonly offers: readonly Offer[] } }
  | {
      readonly type: 'INVERSE_OFFERS';
      readonly inverseOffers: { readonly inverseOffers: readonly InverseOffer[] };
    }
  | { readonly type: 'RESCIND'; readonly rescind: { readonly offerId: OfferId } }
  | {
      readonly type: 'RESCIND_INVERSE_OFFER';
      readonly rescindInverseOffer: { readonly inverseOfferId: OfferId };
    }
  | { readonly type: 'UPDATE'; readonly update: { readonly status: TaskStatus } }
  | {
      readonly type: 'UPDATE_OPERATION_STATUS';
      readonly updateOperationStatus: { readonly status: OperationStatus };
    }
  | { readonly type: 'MESSAGE'; readonly message: FrameworkMessage }
  | {
      readonly type: 'FAILURE';
      readonly failure: {
        readonly agentId?: AgentId;
        readonly executorId?: ExecutorId;
        readonly status?: number;
      };
    }
  | { readonly type: 'ERROR'; readonly error: { readonly message: string } }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'UNKNOWN' }
  | { readonly type: Unrecognized };

export interface Subscribed {
  readonly frameworkId: FrameworkId;
  readonly heartbeatIntervalSeconds?: number;
  readonly masterInfo?: MasterInfo;
}
