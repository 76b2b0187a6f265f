import type { CheckInfo, CheckStatusInfo, HealthCheck } from './checks.js';
import type { CommandInfo } from './command.js';
import type { DurationInfo, Labels, TimeInfo } from './common.js';
import type { ContainerInfo, NetworkInfo } from './containers.js';
import type { AgentId, ContainerId, ExecutorId, FrameworkId, TaskId, Unrecognized } from './ids.js';
import type { Resource, Scalar } from './resources.js';

export type TaskState =
  | 'TASK_STAGING'
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_KILLING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_ERROR'
  | 'TASK_LOST'
  | 'TASK_DROPPED'
  | 'TASK_UNREACHABLE'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN';

export type TaskStatusSource = 'SOURCE_MASTER' | 'SOURCE_AGENT' | 'SOURCE_EXECUTOR';

export type TaskStatusReason =
  | 'REASON_COMMAND_EXECUTOR_FAILED'
  | 'REASON_CONTAINER_LAUNCH_FAILED'
  | 'REASON_CONTAINER_LIMITATION'
  | 'REASON_CONTAINER_LIMITATION_DISK'
  | 'REASON_CONTAINER_LIMITATION_MEMORY'
  | 'REASON_CONTAINER_PREEMPTED'
  | 'REASON_CONTAINER_UPDATE_FAILED'
  | 'REASON_MAX_COMPLETION_TIME_REACHED'
  | 'REASON_EXECUTOR_REGISTRATION_TIMEOUT'
  | 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT'
  | 'REASON_EXECUTOR_TERMINATED'
  | 'REASON_EXECUTOR_UNREGISTERED'
  | 'REASON_FRAMEWORK_REMOVED'
  | 'REASON_GC_ERROR'
  | 'REASON_INVALID_FRAMEWORKID'
  | 'REASON_INVALID_OFFERS'
  | 'REASON_IO_SWITCHBOARD_EXITED'
  | 'REASON_MASTER_DISCONNECTED'
  | 'REASON_RECONCILIATION'
  | 'REASON_RESOURCES_UNKNOWN'
  | 'REASON_AGENT_DISCONNECTED'
  | 'REASON_AGENT_DRAINING'
  | 'REASON_AGENT_REMOVED'
  | 'REASON_AGENT_REMOVED_BY_OPERATOR'
  | 'REASON_AGENT_REREGISTERED'
  | 'REASON_AGENT_RESTARTED'
  | 'REASON_AGENT_UNKNOWN'
  | 'REASON_TASK_KILLED_DURING_LAUNCH'
  | 'REASON_TASK_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_GROUP_INVALID'
  | 'REASON_TASK_GROUP_UNAUTHORIZED'
  | 'REASON_TASK_INVALID'
  | 'REASON_TASK_UNAUTHORIZED'
  | 'REASON_TASK_UNKNOWN';

export interface ContainerStatus {
  readonly containerId?: ContainerId;
  readonly networkInfos?: readonly NetworkInfo[];
  readonly executorPid?: number;
  readonly cgroupInfo?: { readonly netCls?: { readonly classid?: number } };
}

export interface TaskStatus {
  readonly taskId: TaskId;
  readonly state: TaskState | Unrecognized;
  readonly message?: string;
  readonly source?: TaskStatusSource | Unrecognized;
  readonly reason?: TaskStatusReason | Unrecognized;
  readonly data?: Uint8Array;
  readonly agentId?: AgentId;
  readonly executorId?: ExecutorId;
  /** Seconds since the epoch, with a fraction. */
  readonly timestamp?: number;
  /** Present exactly when the update must be acknowledged. */
  readonly uuid?: Uint8Array;
  readonly healthy?: boolean;
  readonly checkStatus?: CheckStatusInfo;
  readonly labels?: Labels;
  readonly containerStatus?: ContainerStatus;
  readonly unreachableTime?: TimeInfo;
  readonly limitation?: { readonly resources: readonly Resource[] };
}

export interface KillPolicy {
  readonly gracePeriod?: DurationInfo;
}

export type Visibility = 'FRAMEWORK' | 'CLUSTER' | 'EXTERNAL' | Unrecognized;

export interface DiscoveryPort {
  readonly number: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly visibility?: Visibility;
  readonly labels?: Labels;
}

export interface DiscoveryInfo {
  readonly visibility: Visibility;
  readonly name?: string;
  readonly environment?: string;
  readonly location?: string;
  readonly version?: string;
  readonly ports?: { readonly ports: readonly DiscoveryPort[] };
  readonly labels?: Labels;
}

export interface ExecutorInfo {
  readonly type?: 'UNKNOWN' | 'DEFAULT' | 'CUSTOM' | Unrecognized;
  readonly executorId: ExecutorId;
  readonly frameworkId?: FrameworkId;
  readonly command?: CommandInfo;
  readonly container?: ContainerInfo;
  readonly resources?: readonly Resource[];
  readonly name?: string;
  readonly source?: string;
  readonly data?: Uint8Array;
  readonly discovery?: DiscoveryInfo;
  readonly shutdownGracePeriod?: DurationInfo;
  readonly labels?: Labels;
}

export interface TaskInfo {
  readonly name: string;
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  readonly resources: readonly Resource[];
  readonly executor?: ExecutorInfo;
  readonly command?: CommandInfo;
  readonly container?: ContainerInfo;
  readonly healthCheck?: HealthCheck;
  readonly check?: CheckInfo;
  readonly killPolicy?: KillPolicy;
  readonly data?: Uint8Array;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly maxCompletionTime?: DurationInfo;
  readonly limits?: Readonly<Record<string, Scalar>>;
}
