import type { DomainInfo, DurationInfo, Labels, TimeInfo, Unavailability } from './common.js';
import type { ContainerInfo } from './containers.js';
import type { HealthCheck } from './checks.js';
import type { FrameworkInfo, MasterInfo } from './framework.js';
import type { AgentId, ContainerId, ExecutorId, FrameworkId, TaskId, Unrecognized } from './ids.js';
import type { OfferConstraints } from './offer-constraints.js';
import type { InverseOffer, Offer } from './offers.js';
import type { Attribute, Resource, Scalar } from './resources.js';
import type {
  ContainerStatus,
  DiscoveryInfo,
  ExecutorInfo,
  KillPolicy,
  TaskState,
  TaskStatus,
} from './tasks.js';

export interface VersionInfo {
  readonly version: string;
  readonly buildDate?: string;
  readonly buildTime?: number;
  readonly buildUser?: string;
  readonly gitSha?: string;
  readonly gitBranch?: string;
  readonly gitTag?: string;
}

/** As stat(2) tells it; `mode` has the kind of the file too. */
export interface FileInfo {
  readonly path: string;
  readonly nlink?: number;
  readonly size?: number;
  readonly mtime?: TimeInfo;
  readonly mode?: number;
  readonly uid?: string;
  readonly gid?: string;
}

/** `size` is the whole file's; `data` what was asked for of it. */
export interface FileChunk {
  readonly size: number;
  readonly data: Uint8Array;
}

export interface MachineId {
  readonly hostname?: string;
  readonly ip?: string;
}

export interface AgentInfo {
  readonly hostname: string;
  readonly port?: number;
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly id?: AgentId;
  readonly domain?: DomainInfo;
}

export interface DrainInfo {
  readonly state: 'UNKNOWN' | 'DRAINING' | 'DRAINED' | Unrecognized;
  readonly config: {
    readonly maxGracePeriod?: { readonly seconds?: number; readonly nanos?: number };
    readonly markGone?: boolean;
  };
}

/** An agent as the master knows it. */
export interface KnownAgent {
  readonly agentInfo: AgentInfo;
  readonly active: boolean;
  readonly deactivated?: boolean;
  readonly version: string;
  readonly pid?: string;
  readonly registeredTime?: TimeInfo;
  readonly reregisteredTime?: TimeInfo;
  readonly totalResources: readonly Resource[];
  readonly allocatedResources: readonly Resource[];
  readonly offeredResources: readonly Resource[];
  readonly capabilities: readonly { readonly type?: string }[];
  readonly drainInfo?: DrainInfo;
  readonly estimatedDrainStartTime?: TimeInfo;
}

/** A framework as the master knows it. */
export interface KnownFramework {
  readonly frameworkInfo: FrameworkInfo;
  readonly active: boolean;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly registeredTime?: TimeInfo;
  readonly reregisteredTime?: TimeInfo;
  readonly unregisteredTime?: TimeInfo;
  readonly offers: readonly Offer[];
  readonly inverseOffers: readonly InverseOffer[];
  readonly allocatedResources: readonly Resource[];
  readonly offeredResources: readonly Resource[];
  readonly offerConstraints?: OfferConstraints;
}

/** A task as masters and agents know it: with its statuses, without its command. */
export interface Task {
  readonly name: string;
  readonly taskId: TaskId;
  readonly frameworkId: FrameworkId;
  readonly executorId?: ExecutorId;
  readonly agentId: AgentId;
  readonly state: TaskState | Unrecognized;
  readonly resources: readonly Resource[];
  readonly statuses: readonly TaskStatus[];
  readonly statusUpdateState?: TaskState | Unrecognized;
  readonly statusUpdateUuid?: Uint8Array;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly container?: ContainerInfo;
  readonly healthCheck?: HealthCheck;
  readonly killPolicy?: KillPolicy;
  readonly user?: string;
  readonly limits?: Readonly<Record<string, Scalar>>;
}

export interface Agents {
  readonly agents: readonly KnownAgent[];
  readonly recoveredAgents: readonly AgentInfo[];
}

export interface Frameworks {
  readonly frameworks: readonly KnownFramework[];
  readonly completedFrameworks: readonly KnownFramework[];
}

export interface Tasks {
  readonly pendingTasks: readonly Task[];
  readonly tasks: readonly Task[];
  readonly unreachableTasks: readonly Task[];
  readonly completedTasks: readonly Task[];
}

export interface Executors {
  readonly executors: readonly { readonly executorInfo: ExecutorInfo; readonly agentId: AgentId }[];
}

export interface MasterState {
  readonly getTasks?: Tasks;
  readonly getExecutors?: Executors;
  readonly getFrameworks?: Frameworks;
  readonly getAgents?: Agents;
}

export interface AgentTasks {
  readonly pendingTasks: readonly Task[];
  readonly queuedTasks: readonly Task[];
  readonly launchedTasks: readonly Task[];
  readonly terminatedTasks: readonly Task[];
  readonly completedTasks: readonly Task[];
}

export interface AgentState {
  readonly getTasks?: AgentTasks;
  readonly getExecutors?: {
    readonly executors: readonly { readonly executorInfo: ExecutorInfo }[];
    readonly completedExecutors: readonly { readonly executorInfo: ExecutorInfo }[];
  };
  readonly getFrameworks?: {
    readonly frameworks: readonly { readonly frameworkInfo: FrameworkInfo }[];
    readonly completedFrameworks: readonly { readonly frameworkInfo: FrameworkInfo }[];
  };
}

export interface AgentContainer {
  readonly frameworkId?: FrameworkId;
  readonly executorId?: ExecutorId;
  readonly executorName?: string;
  readonly containerId: ContainerId;
  readonly containerStatus?: ContainerStatus;
}

export interface MaintenanceSchedule {
  readonly windows: readonly {
    readonly machineIds: readonly MachineId[];
    readonly unavailability: Unavailability;
  }[];
}

export interface MaintenanceStatus {
  readonly drainingMachines: readonly {
    readonly id: MachineId;
    readonly statuses: readonly {
      readonly status: 'UNKNOWN' | 'ACCEPT' | 'DECLINE' | Unrecognized;
      readonly frameworkId: FrameworkId;
      readonly timestamp: TimeInfo;
    }[];
  }[];
  readonly downMachines: readonly MachineId[];
}

/** Common to masters and agents. */
type SharedCall =
  | {
      readonly type:
        | 'GET_HEALTH'
        | 'GET_VERSION'
        | 'GET_FLAGS'
        | 'GET_STATE'
        | 'GET_FRAMEWORKS'
        | 'GET_TASKS';
    }
  | { readonly type: 'GET_EXECUTORS' | 'GET_OPERATIONS' }
  | { readonly type: 'GET_METRICS'; readonly getMetrics?: { readonly timeout?: DurationInfo } }
  | { readonly type: 'LIST_FILES'; readonly listFiles: { readonly path: string } }
  | {
      readonly type: 'READ_FILE';
      readonly readFile: { readonly path: string; readonly offset: number; readonly length?: number };
    };

/** A call of the v1 operator API of a master (mesos/v1/master/master.proto). */
export type MasterCall =
  | SharedCall
  | { readonly type: 'GET_AGENTS' | 'GET_ROLES' | 'GET_MASTER' | 'SUBSCRIBE' }
  | { readonly type: 'GET_MAINTENANCE_STATUS' | 'GET_MAINTENANCE_SCHEDULE' }
  | {
      readonly type: 'UPDATE_MAINTENANCE_SCHEDULE';
      readonly updateMaintenanceSchedule: { readonly schedule: MaintenanceSchedule };
    }
  | {
      readonly type: 'START_MAINTENANCE';
      readonly startMaintenance: { readonly machines: readonly MachineId[] };
    }
  | {
      readonly type: 'STOP_MAINTENANCE';
      readonly stopMaintenance: { readonly machines: readonly MachineId[] };
    }
  | {
      readonly type: 'DRAIN_AGENT';
      readonly drainAgent: {
        readonly agentId: AgentId;
        readonly maxGracePeriod?: { readonly seconds?: number; readonly nanos?: number };
        readonly markGone?: boolean;
      };
    }
  | { readonly type: 'DEACTIVATE_AGENT'; readonly deactivateAgent: { readonly agentId: AgentId } }
  | { readonly type: 'REACTIVATE_AGENT'; readonly reactivateAgent: { readonly agentId: AgentId } }
  | { readonly type: 'MARK_AGENT_GONE'; readonly markAgentGone: { readonly agentId: AgentId } }
  | { readonly type: 'TEARDOWN'; readonly teardown: { readonly frameworkId: FrameworkId } };

/** A call of the v1 operator API of an agent (mesos/v1/agent/agent.proto). */
export type AgentCall =
  | SharedCall
  | { readonly type: 'GET_AGENT' }
  | {
      readonly type: 'GET_CONTAINERS';
      readonly getContainers?: { readonly showNested?: boolean; readonly showStandalone?: boolean };
    };

interface SharedResponse {
  readonly getHealth?: { readonly healthy: boolean };
  readonly getVersion?: { readonly versionInfo: VersionInfo };
  readonly getFlags?: { readonly flags: readonly { readonly name: string; readonly value?: string }[] };
  readonly getMetrics?: { readonly metrics: readonly { readonly name: string; readonly value?: number }[] };
  readonly listFiles?: { readonly fileInfos: readonly FileInfo[] };
  readonly readFile?: FileChunk;
}

/** What a master answers: `type` is the call's, and so is the one body. */
export interface MasterResponse extends SharedResponse {
  readonly type: MasterCall['type'] | 'UNKNOWN' | Unrecognized;
  readonly getState?: MasterState;
  readonly getAgents?: Agents;
  readonly getFrameworks?: Frameworks;
  readonly getTasks?: Tasks;
  readonly getExecutors?: Executors;
  readonly getRoles?: {
    readonly roles: readonly {
      readonly name: string;
      readonly weight: number;
      readonly frameworks: readonly FrameworkId[];
      readonly resources: readonly Resource[];
    }[];
  };
  readonly getMaster?: {
    readonly masterInfo?: MasterInfo;
    readonly startTime?: number;
    readonly electedTime?: number;
  };
  readonly getMaintenanceStatus?: { readonly status: MaintenanceStatus };
  readonly getMaintenanceSchedule?: { readonly schedule: MaintenanceSchedule };
}

export interface AgentResponse extends SharedResponse {
  readonly type: AgentCall['type'] | 'UNKNOWN' | Unrecognized;
  readonly getState?: AgentState;
  readonly getTasks?: AgentTasks;
  readonly getContainers?: { readonly containers: readonly AgentContainer[] };
  readonly getAgent?: { readonly agentInfo?: AgentInfo };
}

/** An event of the operator API's SUBSCRIBE: first SUBSCRIBED with the whole state, then what changes. */
export type MasterEvent =
  | {
      readonly type: 'SUBSCRIBED';
      readonly subscribed: { readonly getState?: MasterState; readonly heartbeatIntervalSeconds?: number };
    }
  | { readonly type: 'TASK_ADDED'; readonly taskAdded: { readonly task: Task } }
  | {
      readonly type: 'TASK_UPDATED';
      readonly taskUpdated: {
        readonly frameworkId: FrameworkId;
        readonly status: TaskStatus;
        readonly state: TaskState | Unrecognized;
      };
    }
  | { readonly type: 'AGENT_ADDED'; readonly agentAdded: { readonly agent: KnownAgent } }
  | { readonly type: 'AGENT_REMOVED'; readonly agentRemoved: { readonly agentId: AgentId } }
  | { readonly type: 'FRAMEWORK_ADDED'; readonly frameworkAdded: { readonly framework: KnownFramework } }
  | { readonly type: 'FRAMEWORK_UPDATED'; readonly frameworkUpdated: { readonly framework: KnownFramework } }
  | {
      readonly type: 'FRAMEWORK_REMOVED';
      readonly frameworkRemoved: { readonly frameworkInfo: FrameworkInfo };
    }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'UNKNOWN' }
  | { readonly type: Unrecognized };
