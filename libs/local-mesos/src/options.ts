import type { TaskInfo } from '@carillon/mesos';
import type { LauncherKind } from './launcher/launcher.js';

export interface LocalMesosLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Declared, not enforced. `mem` and `disk` in MB. */
export interface LocalResources {
  readonly cpus?: number;
  readonly mem?: number;
  readonly disk?: number;
  readonly gpus?: number;
}

export interface LocalAgentOptions extends LocalResources {
  /** Default: the machine's, with a number from the second on. */
  readonly hostname?: string;
  /** A number is a scalar, anything else a text. */
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly region?: string;
  readonly zone?: string;
  /** Besides what is not reserved, by role. */
  readonly reserved?: Readonly<Record<string, LocalResources>>;
  /** Both included. Default 31000–32000. */
  readonly ports?: readonly [number, number];
}

/** How a simulated task goes. */
export interface SimulatedRun {
  readonly durationMs: number;
  /** Default 0. */
  readonly exitStatus?: number;
}

export interface LocalMesosOptions extends LocalAgentOptions {
  /** For state, launchers' journals and sandboxes; created if missing. */
  readonly dataDir: string;
  /** Without: a start knows nothing of the one before, and tasks that are processes outlive it unknown. Default: kept. */
  readonly keepState?: boolean;
  /** Of the first master, on 127.0.0.1; 0 or absent: a free one. */
  readonly port?: number;
  /** Default: one agent, with the resources given beside. A number: as many like that. */
  readonly agents?: number | readonly LocalAgentOptions[];
  /** Default 1: the first leads, the others answer 307 until it is killed. */
  readonly masters?: number;
  /** `zk://…`: masters announce themselves there, and the first in line leads. */
  readonly zk?: string;
  /** Tasks are no processes: each ends after the time that this says. */
  readonly simulate?: (task: TaskInfo) => SimulatedRun;
  /** What tasks inherit; by default PATH, HOME, locale and a few more of this process's variables. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly logger?: LocalMesosLogger;
  readonly launcher?: LauncherKind;
  /** So many commands wait to be started: told again and again while some do. */
  readonly onStarting?: (count: number) => void;
  readonly heartbeatIntervalMs?: number;
  readonly allocationIntervalMs?: number;
  readonly statusRetryMs?: number;
  /** How long an agent may be silent before it is unreachable. Default 75 s, as Mesos's pings. */
  readonly agentTimeoutMs?: number;
  /** Without `zk`: how long it takes until another master leads. Default 100 ms. */
  readonly electionMs?: number;
  /** How long agents take to register with a new leader. Default 50 ms. */
  readonly registrationMs?: number;
  /** How long, how many, and how much in all of the sandboxes of ended tasks is kept. Default: 7 days, 10,000, 5 GiB. */
  readonly sandboxMaxAgeMs?: number;
  readonly sandboxMaxCount?: number;
  readonly sandboxMaxBytes?: number;
  /** Of stdout, and of stderr: a longer one is copied to `stdout.1` and begun anew. Default 10 MiB. */
  readonly outputMaxBytes?: number;
}

/** An agent, and what can happen to one. */
export interface LocalAgent {
  readonly id: string;
  readonly hostname: string;
  /** Its process is gone: tasks go on if their framework checkpoints. */
  kill(): void;
  /** It does not reach the master any more, and nobody is told. */
  partition(): void;
  /** After kill() or partition(): it registers again. */
  restart(): void;
  /** Delays each message, either way. */
  slow(delayMs: number): void;
}

export interface LocalMaster {
  /** `host:port`. */
  readonly address: string;
  readonly isLeading: boolean;
  /** Connections break, and are refused until start(). */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Delays each request. */
  slow(delayMs: number): void;
  /** Nothing goes in or out any more, while connections stay; another leads. start() ends it. */
  partition(): void;
}

export interface LocalMesos {
  /** `host:port` of the first master. */
  readonly address: string;
  /** Of the first agent. */
  readonly agentId: string;
  readonly agents: readonly LocalAgent[];
  readonly masters: readonly LocalMaster[];
  readonly launcher: LauncherKind;
  /** Where a task has, or had, its stdout, stderr and `process`; undefined when that was removed. */
  sandboxOf(frameworkId: string, taskId: string): string | undefined;
  /** Task ids of what runs now. */
  runningTasks(): readonly string[];
  /**
   * Tasks go on without it, to be found again by the next start on the same folder, unless `killTasks`
   * (SIGTERM, then SIGKILL after their grace period). Safe to call twice.
   */
  stop(options?: { readonly killTasks?: boolean }): Promise<{ readonly leftRunning: readonly string[] }>;
}
