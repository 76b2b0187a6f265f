import type { AgentId, OperationId, ResourceProviderId, Unrecognized } from './ids.js';
import type { Resource } from './resources.js';

export type OperationState =
  | 'OPERATION_UNSUPPORTED'
  | 'OPERATION_PENDING'
  | 'OPERATION_FINISHED'
  | 'OPERATION_FAILED'
  | 'OPERATION_ERROR'
  | 'OPERATION_DROPPED'
  | 'OPERATION_UNREACHABLE'
  | 'OPERATION_GONE_BY_OPERATOR'
  | 'OPERATION_RECOVERING'
  | 'OPERATION_UNKNOWN';

export interface OperationStatus {
  readonly operationId?: OperationId;
  readonly state: OperationState | Unrecognized;
  readonly message?: string;
  readonly convertedResources?: readonly Resource[];
  readonly uuid?: { readonly value: Uint8Array };
  readonly agentId?: AgentId;
  readonly resourceProviderId?: ResourceProviderId;
}
