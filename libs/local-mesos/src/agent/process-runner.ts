import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import type { JournalEntry } from '../launcher/journal.js';
import { type Launcher, type LauncherKind, journalPath } from '../launcher/launcher.js';
import { Launchers } from '../launcher/launchers.js';
import { FormerLauncher } from '../launcher/former-launcher.js';
import type { LaunchedTask } from '../state/records.js';
import { startRequest } from './command.js';
import { fetchUris } from './fetcher.js';
import { hasVolumes } from './volumes.js';
import { giveSandboxTo } from './task-user.js';
import { gatherMs } from './storm.js';
import type { TaskRunner, TaskRunnerEvents } from './task-runner.js';

export interface ProcessRunnerOptions {
  /** For the launchers' journals. */
  readonly folder: string;
  readonly kind: LauncherKind;
  /** What a task sees besides its own variables and MESOS_TASK_ID and the like. */
  environmentOf(task: LaunchedTask): Readonly<Record<string, string>>;
  readonly events: TaskRunnerEvents;
  /** Puts its persistent volumes into its sandbox, which is there; throws when it cannot. */
  mountVolumes(task: LaunchedTask): void;
  /** Before a task is handed to another launcher; calls `proceed` when that is durable. */
  beforeRelaunch(containerId: string, launcher: number, proceed: () => void): void;
  onTrouble(message: string): void;
  onStarting(count: number): void;
  /** Runs the effect when everything that the events caused is durable. */
  whenDurable(effect: () => void): void;
}

interface Running {
  readonly task: LaunchedTask;
  pid: number | undefined;
  signal: 'SIGTERM' | 'SIGKILL' | undefined;
  startError: string | undefined;
  /** While its URIs are fetched: ends that. */
  fetching: AbortController | undefined;
}

const RESTART_MS = 1_000;
const UNSEEN_END = 'its launcher was killed, so nobody saw how it ended';

/** Runs commands as processes through launchers of its own (see launcher/launcher.py). */
export class ProcessRunner implements TaskRunner {
  readonly #options: ProcessRunnerOptions;
  readonly #running = new Map<string, Running>();
  /** Asked for and not started yet. */
  readonly #starting = new Set<string>();
  readonly #former = new Map<number, FormerLauncher>();
  readonly #launchers: Launchers;
  #stopped = false;

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    const earlier = readdirSync(options.folder)
      .map((name) => Number(/^(\d+)\.journal$/.exec(name)?.[1]))
      .filter((number) => Number.isInteger(number));
    for (const number of earlier) this.#watchFormer(number);
    this.#launchers = new Launchers({
      folder: options.folder,
      kind: options.kind,
      lastNumber: Math.max(0, ...earlier),
      gatherMs: () => gatherMs(this.#starting.size),
      onEntries: (entries) => this.#onEntries(entries),
      onEnd: (launcher) => this.#onLauncherEnd(launcher),
    });
  }

  assignLauncher(containerId: string): number {
    return this.#launchers.assign(containerId);
  }

  run(task: LaunchedTask): void {
    this.#running.set(task.containerId, newRunning(task));
    this.#prepare(task);
  }

  adopt(task: LaunchedTask): void {
    this.#running.set(task.containerId, newRunning(task));
    const former = this.#former.get(task.launcher);
    if (former === undefined) this.#end(task.containerId, { kind: 'unknown', message: UNSEEN_END });
    else former.watch(task.containerId);
  }

  /** After the last adopt(): what former launchers have written is read now. */
  recover(): void {
    for (const former of this.#former.values()) former.start();
  }

  signal(containerId: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const running = this.#running.get(containerId);
    if (running === undefined) return;
    running.signal = signal;
    running.fetching?.abort();
    if (running.pid !== undefined) signalGroup(running.pid, signal);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const former of this.#former.values()) former.stop();
    for (const { fetching } of this.#running.values()) fetching?.abort();
    const busy = new Set([...this.#running.values()].map(({ task }) => task.launcher));
    await this.#launchers.stop((number) => !busy.has(number));
  }

  #prepare(task: LaunchedTask): void {
    const uris = task.info.command?.uris ?? [];
    const running = this.#running.get(task.containerId);
    if (running === undefined || uris.length === 0 || running.signal !== undefined) {
      this.#prepared(task);
      return;
    }
    const fetching = new AbortController();
    running.fetching = fetching;
    fetchUris(uris, task.sandbox, fetching.signal).then(
      () => this.#prepared(task),
      (error: unknown) => {
        if (fetching.signal.aborted) this.#prepared(task);
        else this.#notFetched(task, error instanceof Error ? error.message : String(error));
      },
    );
  }

  #notFetched({ containerId }: LaunchedTask, why: string): void {
    this.#onNotStarted(containerId, `Failed to fetch all URIs for container '${containerId}': ${why}`);
    this.#end(containerId, { kind: 'unknown', message: why });
  }

  #prepared(task: LaunchedTask): void {
    const running = this.#running.get(task.containerId);
    if (running === undefined || this.#stopped) return;
    if (running.signal !== undefined) {
      const waitStatus = constants.signals[running.signal];
      this.#end(task.containerId, { kind: 'exited', waitStatus });
      return;
    }
    giveSandboxTo(task.info.command?.user, task.sandbox);
    if (hasVolumes(task) && !this.#mount(task)) return;
    this.#options.events.onPrepared(task.containerId);
    this.#options.whenDurable(() => this.#start(task));
  }

  #mount(task: LaunchedTask): boolean {
    try {
      mkdirSync(task.sandbox, { recursive: true });
      this.#options.mountVolumes(task);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#onNotStarted(task.containerId, `Failed to mount its persistent volumes: ${why}`);
      this.#end(task.containerId, { kind: 'unknown', message: why });
      return false;
    }
  }

  // A launcher that is gone by now was never given this one.
  #start(task: LaunchedTask): void {
    const launcher = this.#launchers.find(task.launcher);
    if (launcher === undefined) {
      this.#relaunch(task.containerId);
      return;
    }
    this.#starting.add(task.containerId);
    this.#options.onStarting(this.#starting.size);
    launcher.start(startRequest(task, this.#options.environmentOf(task)));
  }

  #onEntries(entries: readonly JournalEntry[]): void {
    this.#options.onStarting(this.#starting.size);
    for (const entry of entries) {
      switch (entry.kind) {
        case 'started':
          this.#onStarted(entry.id, entry.pid, entry.at);
          break;
        case 'notStarted':
          this.#onNotStarted(entry.id, entry.message);
          break;
        case 'exited':
          this.#end(entry.id, { kind: 'exited', waitStatus: entry.waitStatus }, entry.at);
          break;
        case 'givenOut':
        case 'launcherStarted':
        case 'noMoreRequests':
        case 'launcherEnded':
          break;
      }
    }
  }

  #onStarted(id: string, pid: number, at: number): void {
    this.#starting.delete(id);
    const running = this.#running.get(id);
    if (running === undefined || running.pid !== undefined) return;
    this.#launchers.settle(running.task.launcher, id);
    running.pid = pid;
    if (running.signal !== undefined) signalGroup(pid, running.signal);
    if (!this.#stopped) this.#options.events.onStarted(id, pid, at);
  }

  #onNotStarted(id: string, message: string): void {
    const running = this.#running.get(id);
    if (running !== undefined) running.startError = message;
  }

  #end(
    id: string,
    outcome: { kind: 'exited'; waitStatus: number } | { kind: 'unknown'; message: string },
    at = Date.now(),
  ): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#running.delete(id);
    this.#starting.delete(id);
    this.#launchers.settle(running.task.launcher, id);
    if (this.#stopped) return;
    const { startError } = running;
    const { events } = this.#options;
    if (startError === undefined) events.onEnded(id, { ...outcome, at });
    else events.onEnded(id, { kind: 'notStarted', message: startError, at });
  }

  // It was killed, or its journal has grown long enough: what it had in hand is settled like after a restart.
  #onLauncherEnd(launcher: Launcher): void {
    const orphans = [...this.#running.values()].filter(({ task }) => task.launcher === launcher.number);
    this.#watchFormer(launcher.number);
    const former = this.#former.get(launcher.number);
    for (const { task } of orphans) former?.watch(task.containerId);
    if (this.#stopped) return;
    if (orphans.length > 0) this.#options.onTrouble(`launcher ${launcher.number} ended with tasks in hand`);
    // One that could not even be started would be replaced at once, again and again.
    setTimeout(() => !this.#stopped && former?.start(), launcher.hasStarted ? 0 : RESTART_MS);
  }

  #watchFormer(number: number): void {
    const path = journalPath(this.#options.folder, number);
    const former = new FormerLauncher(path, {
      onEntries: (entries) => this.#onEntries(entries),
      onNeverRun: (id) => this.#relaunch(id),
      onUnseenEnd: (id) => this.#end(id, { kind: 'unknown', message: UNSEEN_END }),
      onSettled: () => {
        this.#former.delete(number);
        this.#options.whenDurable(() => rmSync(path, { force: true }));
      },
    });
    this.#former.set(number, former);
  }

  #relaunch(id: string): void {
    const running = this.#running.get(id);
    if (running === undefined || this.#stopped) return;
    const launcher = this.assignLauncher(id);
    const task: LaunchedTask = { ...running.task, launcher };
    this.#running.set(id, { ...running, task });
    this.#options.beforeRelaunch(id, launcher, () => this.#prepare(task));
  }
}

function newRunning(task: LaunchedTask): Running {
  return { task, pid: undefined, signal: undefined, startError: undefined, fetching: undefined };
}

function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended: its exit is on the way.
  }
}
