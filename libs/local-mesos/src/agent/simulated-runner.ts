import { constants } from 'node:os';
import type { TaskInfo } from '@carillon/mesos';
import type { SimulatedRun } from '../options.js';
import type { LaunchedTask } from '../state/records.js';
import type { TaskRunner, TaskRunnerEvents } from './task-runner.js';

export interface SimulatedRunnerOptions {
  readonly events: TaskRunnerEvents;
  simulate(task: TaskInfo): SimulatedRun;
  whenDurable(effect: () => void): void;
}

/** Tasks that are no processes: each ends on a timer, or when it gets a signal. */
export class SimulatedRunner implements TaskRunner {
  readonly #options: SimulatedRunnerOptions;
  readonly #ends = new Map<string, NodeJS.Timeout | undefined>();
  #pid = 0;
  #stopped = false;

  constructor(options: SimulatedRunnerOptions) {
    this.#options = options;
  }

  assignLauncher(): number {
    return 0;
  }

  run(task: LaunchedTask): void {
    this.#ends.set(task.containerId, undefined);
    this.#options.events.onPrepared(task.containerId);
    this.#options.whenDurable(() => this.#start(task, Date.now()));
  }

  /** It has gone on meanwhile, and may have ended. */
  adopt(task: LaunchedTask): void {
    this.#ends.set(task.containerId, undefined);
    setImmediate(() => this.#start(task, task.launchedAt));
  }

  recover(): void {
    // adopt() has said all.
  }

  signal(containerId: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#end(containerId, constants.signals[signal]);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#ends.values()) clearTimeout(timer);
    return Promise.resolve();
  }

  #start({ containerId, info }: LaunchedTask, at: number): void {
    if (this.#stopped || !this.#ends.has(containerId)) return;
    const { durationMs, exitStatus = 0 } = this.#options.simulate(info);
    const leftMs = Math.min(Math.max(0, at + durationMs - Date.now()), 0x7fffffff);
    this.#ends.set(
      containerId,
      setTimeout(() => this.#end(containerId, exitStatus << 8), leftMs),
    );
    this.#pid += 1;
    this.#options.events.onStarted(containerId, this.#pid, at);
  }

  #end(containerId: string, waitStatus: number): void {
    if (!this.#ends.has(containerId)) return;
    clearTimeout(this.#ends.get(containerId));
    this.#ends.delete(containerId);
    this.#options.events.onEnded(containerId, { kind: 'exited', waitStatus, at: Date.now() });
  }
}
