import type { MasterDetector } from '../connection/master-detector.js';
import type { Security } from '../connection/security.js';
import type { ExecutorId, FrameworkId } from '../types/ids.js';
import type {
  AgentCall,
  AgentContainer,
  AgentResponse,
  Agents,
  AgentState,
  AgentTasks,
  FileChunk,
  FileInfo,
  Frameworks,
  MasterCall,
  MasterEvent,
  MasterResponse,
  MasterState,
  Tasks,
  VersionInfo,
} from '../types/operator.js';
import type { MasterInfo } from '../types/framework.js';

export interface OperatorOptions {
  readonly security?: Security;
  readonly format?: 'protobuf' | 'json';
  /** Of a whole call. Default 15,000. */
  readonly timeoutMs?: number;
  /** Of an answer. Default 64 MiB. */
  readonly maxBytes?: number;
}

export interface MasterOperatorOptions extends OperatorOptions {
  /** As a connection's: a list, `zk://…`, or what finds the leader. */
  readonly masters: string | MasterDetector;
}

export interface AgentOperatorOptions extends OperatorOptions {
  /** `host:port`, with or without a scheme. */
  readonly address: string;
}

interface FileReader {
  /** What is in a folder. */
  listFiles(path: string): Promise<readonly FileInfo[]>;
  /** From `offset`, at most `length` bytes; past the end there are none. */
  readFile(path: string, offset: number, length?: number): Promise<FileChunk>;
}

/** Reads of the leading master's operator API. All throw MesosCallError (it said no) or MesosUnavailable. */
export interface MasterOperator extends FileReader {
  getHealth(): Promise<boolean>;
  getVersion(): Promise<VersionInfo>;
  getMaster(): Promise<MasterInfo | undefined>;
  getState(): Promise<MasterState>;
  getAgents(): Promise<Agents>;
  getFrameworks(): Promise<Frameworks>;
  getTasks(): Promise<Tasks>;
  /** Any other call; undefined where the master has nothing to say but yes. */
  call(call: MasterCall): Promise<MasterResponse | undefined>;
  /** Follows the cluster: SUBSCRIBED with the whole state first, and again after each loss, then what changes. */
  watch(handlers: MasterWatchHandlers): MasterWatch;
  close(): Promise<void>;
}

export interface MasterWatchHandlers {
  onEvent(event: MasterEvent): void;
  /** The stream was lost; it is opened again after a while. */
  onLost?(reason: string): void;
}

export interface MasterWatch {
  stop(): void;
}

/** Reads of an agent's operator API. All throw MesosCallError (it said no) or MesosUnavailable. */
export interface AgentOperator extends FileReader {
  getHealth(): Promise<boolean>;
  getVersion(): Promise<VersionInfo>;
  getState(): Promise<AgentState>;
  getTasks(): Promise<AgentTasks>;
  getContainers(): Promise<readonly AgentContainer[]>;
  call(call: AgentCall): Promise<AgentResponse | undefined>;
}

/** Under which an agent shows the newest sandbox of an executor; a command task's executor has the task's id. */
export function sandboxPath(frameworkId: FrameworkId, executorId: ExecutorId): string {
  return `/frameworks/${frameworkId.value}/executors/${executorId.value}/runs/latest`;
}
