import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus as machineCpus, hostname as machineHostname, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { Agent } from './agent/agent.js';
import { ProcessRunner } from './agent/process-runner.js';
import { Sandboxes } from './agent/sandboxes.js';
import { type Task, taskIdOf } from './agent/task.js';
import { agentIdOf, HOST, inheritedEnvironment, masterInfo, textAttributes } from './defaults.js';
import { handleSchedulerRequest } from './http/scheduler-api.js';
import { type LauncherKind, preferredLauncher } from './launcher/launcher.js';
import { Master } from './master/master.js';
import { resourcesOf } from './master/resources.js';
import { recoverState, snapshot } from './state/recovery.js';
import { StateLog } from './state/state-log.js';

export interface LocalMesosLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface LocalMesosOptions {
  /** For state, launchers' journals and sandboxes; created if missing. */
  readonly dataDir: string;
  /** On 127.0.0.1; 0 or absent: a free one. */
  readonly port?: number;
  /** Declared, not enforced: as many as the machine has, unless given. `mem` and `disk` in MB. */
  readonly cpus?: number;
  readonly mem?: number;
  readonly disk?: number;
  readonly gpus?: number;
  /** Text attributes of the agent. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  /** What tasks inherit; by default PATH, HOME, locale and a few more of this process's variables. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly logger?: LocalMesosLogger;
  readonly launcher?: LauncherKind;
  readonly heartbeatIntervalMs?: number;
  readonly allocationIntervalMs?: number;
  readonly statusRetryMs?: number;
  /** How long, and how many, sandboxes of ended tasks are kept. Default: 7 days, 10,000. */
  readonly sandboxMaxAgeMs?: number;
  readonly sandboxMaxCount?: number;
}

export interface LocalMesos {
  /** `host:port` of the master. */
  readonly address: string;
  readonly agentId: string;
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

/** As Mesos's agent: the first repetition of an update that is not acknowledged. */
const STATUS_RETRY_MS = 10_000;

export async function startLocalMesos(options: LocalMesosOptions): Promise<LocalMesos> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const { log, records } = StateLog.open(join(dataDir, 'state.jsonl'));
  const recovered = recoverState(records, options.statusRetryMs ?? STATUS_RETRY_MS);
  const masterId = recovered.masterId ?? randomUUID();
  if (recovered.masterId === undefined) log.append({ type: 'master', masterId, version: 1 });

  const server = createServer({ keepAliveTimeout: 3_600_000, requestTimeout: 0 });
  const port = await listen(server, options.port ?? 0);
  const launcher = options.launcher ?? preferredLauncher();
  const sandboxes = new Sandboxes(join(dataDir, 'sandboxes'), {
    maxAgeMs: options.sandboxMaxAgeMs ?? 7 * 24 * 3_600_000,
    maxCount: options.sandboxMaxCount ?? 10_000,
  });
  const master = createMaster(options, { dataDir, masterId, port, launcher, log, sandboxes });
  const local = new RunningLocalMesos({ server, master, log, sandboxes }, { masterId, port, launcher });
  master.restore(recovered);
  sandboxes.restore(new Set([...master.tasks.all()].map(({ launched }) => launched.sandbox)));
  log.compact(snapshot(masterId, master));
  log.flush();
  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url ?? '/', `http://${HOST}`);
    if (pathname === '/api/v1/scheduler' || pathname === '/master/api/v1/scheduler') {
      handleSchedulerRequest(master, request, response);
      return;
    }
    request.resume();
    response.writeHead(pathname === '/health' || pathname === '/master/health' ? 200 : 404).end();
  });
  master.recover();
  options.logger?.info(
    { address: local.address, agentId: local.agentId, launcher, recoveredTasks: recovered.tasks.length },
    'local Mesos is up',
  );
  return local;
}

interface Identity {
  readonly masterId: string;
  readonly port: number;
  readonly launcher: LauncherKind;
}

function createMaster(
  options: LocalMesosOptions,
  context: Identity & { readonly dataDir: string; readonly log: StateLog; readonly sandboxes: Sandboxes },
): Master {
  const { dataDir, masterId, port, launcher, log, sandboxes } = context;
  const hostname = options.hostname ?? machineHostname();
  const agentId = agentIdOf(masterId);
  return new Master({
    masterInfo: masterInfo(masterId, port),
    agent: {
      id: agentId,
      hostname,
      port,
      ip: HOST,
      attributes: textAttributes(options.attributes ?? {}),
      total: resourcesOf(
        {
          cpus: options.cpus ?? machineCpus().length,
          mem: options.mem ?? Math.floor(totalmem() / 1024 / 1024),
          disk: options.disk ?? 100_000,
          gpus: options.gpus ?? 0,
        },
        [{ begin: 31000, end: 32000 }],
      ),
    },
    log,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 15_000,
    allocationIntervalMs: options.allocationIntervalMs ?? 100,
    statusRetryMs: options.statusRetryMs ?? STATUS_RETRY_MS,
    createAgent: (updates, onEnded) =>
      new Agent({
        id: agentId,
        ip: HOST,
        log,
        updates,
        onEnded,
        createRunner: (events) =>
          new ProcessRunner({
            folder: join(dataDir, 'launchers'),
            kind: launcher,
            environment: options.environment ?? inheritedEnvironment(),
            events,
            beforeRelaunch: (containerId, number, proceed) => {
              log.append({ type: 'relaunched', containerId, launcher: number });
              log.whenWritten(proceed);
            },
            onTrouble: (message) => options.logger?.warn({ folder: dataDir }, message),
            whenDurable: (effect) => log.whenWritten(effect),
          }),
      }),
    sandboxOf: (frameworkId, taskId, containerId) => sandboxes.pathFor(frameworkId, taskId, containerId),
    onForgotten: ({ launched }) => sandboxes.ended(launched.sandbox, Date.now()),
  });
}

interface Parts {
  readonly server: Server;
  readonly master: Master;
  readonly log: StateLog;
  readonly sandboxes: Sandboxes;
}

class RunningLocalMesos implements LocalMesos {
  readonly address: string;
  readonly agentId: string;
  readonly launcher: LauncherKind;
  readonly #server: Server;
  readonly #master: Master;
  readonly #log: StateLog;
  readonly #sandboxes: Sandboxes;
  readonly #compaction: NodeJS.Timeout;
  #stopping: Promise<{ leftRunning: readonly string[] }> | undefined;

  constructor({ server, master, log, sandboxes }: Parts, { masterId, port, launcher }: Identity) {
    this.#server = server;
    this.#master = master;
    this.#log = log;
    this.#sandboxes = sandboxes;
    this.address = `${HOST}:${port}`;
    this.agentId = agentIdOf(masterId);
    this.launcher = launcher;
    this.#compaction = setInterval(() => {
      if (log.wantsCompaction) log.compact(snapshot(masterId, master));
    }, 1_000);
  }

  sandboxOf(frameworkId: string, taskId: string): string | undefined {
    const known = this.#master.tasks.get(frameworkId, taskId)?.launched.sandbox;
    return known ?? this.#sandboxes.find(frameworkId, taskId);
  }

  runningTasks(): readonly string[] {
    return this.#master.runningTasks.map(taskIdOf);
  }

  stop(options: { readonly killTasks?: boolean } = {}): Promise<{ readonly leftRunning: readonly string[] }> {
    this.#stopping ??= this.#stop(options.killTasks === true);
    return this.#stopping;
  }

  async #stop(killTasks: boolean): Promise<{ readonly leftRunning: readonly string[] }> {
    if (killTasks) {
      this.#master.killAll();
      while (this.#master.runningTasks.length > 0) await new Promise((done) => setTimeout(done, 10));
    }
    clearInterval(this.#compaction);
    const leftRunning = this.#master.runningTasks.map((task: Task) => taskIdOf(task));
    await this.#master.stop();
    await this.#sandboxes.stop();
    this.#log.close();
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
    return { leftRunning };
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, HOST, () => {
      server.off('error', failed);
      done((server.address() as AddressInfo).port);
    });
  });
}
