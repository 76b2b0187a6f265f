import type { LaunchedTask } from '../state/records.js';

/** How a command ended. */
export type Outcome =
  /** A status of waitpid(2). */
  | { readonly kind: 'exited'; readonly waitStatus: number; readonly at: number }
  | { readonly kind: 'notStarted'; readonly message: string; readonly at: number }
  /** It ran, or may have, and nobody was there to see how it ended. */
  | { readonly kind: 'unknown'; readonly message: string; readonly at: number };

export interface TaskRunnerEvents {
  /** What the task needs is there; what this causes is durable before its command starts. */
  onPrepared(containerId: string): void;
  onStarted(containerId: string, pid: number, at: number): void;
  /** Exactly once for each run() or adopt(). */
  onEnded(containerId: string, outcome: Outcome): void;
}

/**
 * Runs the commands of an agent. `ProcessRunner` starts processes; an agent that only simulates would have
 * a runner whose tasks end on a timer.
 */
export interface TaskRunner {
  /** The number to store with a task before it is run. */
  assignLauncher(containerId: string): number;
  run(task: LaunchedTask): void;
  /** Takes up a task that an earlier process had launched; may run it, if it is certain that it never ran. */
  adopt(task: LaunchedTask): void;
  /** After the last adopt(). */
  recover(): void;
  /** To the whole process group. A task that is still being started gets it when it has started. */
  signal(containerId: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Tasks go on; nothing more is reported. */
  stop(): Promise<void>;
}
