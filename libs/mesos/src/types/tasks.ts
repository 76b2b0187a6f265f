import type { DurationInfo, Labels, Secret, TimeInfo } from './common.js';
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
  readonly labels?: Labels;
  readonly containerStatus?: ContainerStatus;
  readonly unreachableTime?: TimeInfo;
  readonly limitation?: { readonly resources: readonly Resource[] };
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly type?: 'UNKNOWN' | 'VALUE' | 'SECRET' | Unrecognized;
  readonly value?: string;
  readonly secret?: Secret;
}

export interface Environment {
  readonly variables: readonly EnvironmentVariable[];
}

export interface CommandUri {
  readonly value: string;
  readonly executable?: boolean;
  /** Default true. */
  readonly extract?: boolean;
  readonly cache?: boolean;
  readonly outputFile?: string;
}

export interface CommandInfo {
  readonly uris?: readonly CommandUri[];
  readonly environment?: Environment;
  /** Default true: `value` is given to `/bin/sh -c`. False: `value` is executed with `arguments` as its argv. */
  readonly shell?: boolean;
  readonly value?: string;
  readonly arguments?: readonly string[];
  readonly user?: string;
}

export interface KillPolicy {
  readonly gracePeriod?: DurationInfo;
}

export interface HealthCheck {
  readonly type?: 'UNKNOWN' | 'COMMAND' | 'HTTP' | 'TCP' | Unrecognized;
  readonly delaySeconds?: number;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly consecutiveFailures?: number;
  readonly gracePeriodSeconds?: number;
  readonly command?: CommandInfo;
  readonly http?: { readonly scheme?: string; readonly port: number; readonly path?: string };
  readonly tcp?: { readonly port: number };
}

export interface DiscoveryInfo {
  readonly visibility: 'FRAMEWORK' | 'CLUSTER' | 'EXTERNAL' | Unrecognized;
  readonly name?: string;
  readonly environment?: string;
  readonly location?: string;
  readonly version?: string;
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
  readonly killPolicy?: KillPolicy;
  readonly data?: Uint8Array;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly maxCompletionTime?: DurationInfo;
  readonly limits?: Readonly<Record<string, Scalar>>;
}
