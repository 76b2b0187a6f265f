/** Identifiers as Mesos wraps them on the wire: one string in a message of its own. */
export interface FrameworkId {
  readonly value: string;
}
export interface OfferId {
  readonly value: string;
}
export interface AgentId {
  readonly value: string;
}
export interface TaskId {
  readonly value: string;
}
export interface ExecutorId {
  readonly value: string;
}
export interface ContainerId {
  readonly value: string;
  readonly parent?: ContainerId;
}
export interface OperationId {
  readonly value: string;
}
export interface ResourceProviderId {
  readonly value: string;
}

/** How a value of an enum that this version does not know is kept: by number (protobuf) or name (JSON). */
export type Unrecognized = `UNRECOGNIZED_${string}`;
