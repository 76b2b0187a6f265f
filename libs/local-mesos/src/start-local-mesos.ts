import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Agent, killGraceMs } from './agent/agent.js';
import { type AgentNode, pidOf } from './agent/agent-node.js';
import { OutputLimits } from './agent/output-limits.js';
import { ProcessRunner } from './agent/process-runner.js';
import { Sandboxes } from './agent/sandboxes.js';
import { SimulatedRunner } from './agent/simulated-runner.js';
import { taskIdOf } from './agent/task.js';
import type { TaskRunner, TaskRunnerEvents } from './agent/task-runner.js';
import { Volumes } from './agent/volumes.js';
import { AgentPort } from './agent-port.js';
import { Cluster } from './cluster.js';
import { HOST, inheritedEnvironment, masterInfo } from './defaults.js';
import { type LauncherKind, preferredLauncher } from './launcher/launcher.js';
import { Master } from './master/master.js';
import { Registry } from './master/registry.js';
import { type Election, LocalElection } from './masters/election.js';
import { Masters } from './masters/masters.js';
import { ZooKeeperElection } from './masters/zookeeper-election.js';
import { createNodes, domainOf } from './nodes.js';
import type { LocalAgent, LocalMaster, LocalMesos, LocalMesosOptions } from './options.js';
import { convertAgain, convertedOf } from './state/converted.js';
import { type Recovered, recoverState, snapshot } from './state/recovery.js';
import { StateLog } from './state/state-log.js';

/** As Mesos's agent: the first repetition of an update that is not acknowledged. */
const STATUS_RETRY_MS = 10_000;
/** As Mesos's default: 5 pings, 15 s each. */
const AGENT_TIMEOUT_MS = 75_000;
const COMPACT_EVERY_MS = 1_000;
/** Output is bounded of what has run for so long: most commands are over by then. */
const OUTPUT_AFTER_MS = 1_000;

export async function startLocalMesos(options: LocalMesosOptions): Promise<LocalMesos> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const { log, records } =
    options.keepState === false
      ? { log: StateLog.withoutFile(), records: [] }
      : StateLog.open(join(dataDir, 'state.jsonl'));
  const recovered = recoverState(records, options.statusRetryMs ?? STATUS_RETRY_MS);
  const running = new RunningLocalMesos(options, dataDir, log, recovered);
  await running.start(recovered);
  return running;
}

class RunningLocalMesos implements LocalMesos {
  readonly launcher: LauncherKind;
  readonly #options: LocalMesosOptions;
  readonly #dataDir: string;
  readonly #log: StateLog;
  readonly #clusterId: string;
  readonly #sandboxes: Sandboxes;
  readonly #volumes: Volumes;
  readonly #masters: Masters;
  readonly #agentPort: AgentPort;
  /** What a new leader knows from the one before. */
  #frameworks: Pick<Recovered, 'frameworks' | 'removedFrameworks'>;
  #masterId: string;
  #hasLed = false;
  #cluster!: Cluster;
  #registry!: Registry;
  #outputLimits: OutputLimits | undefined;
  #compaction: NodeJS.Timeout | undefined;
  #registration: NodeJS.Timeout | undefined;
  #stopping: Promise<{ leftRunning: readonly string[] }> | undefined;

  constructor(options: LocalMesosOptions, dataDir: string, log: StateLog, recovered: Recovered) {
    this.#options = options;
    this.#dataDir = dataDir;
    this.#log = log;
    this.#frameworks = recovered;
    this.#masterId = recovered.masterId ?? randomUUID();
    this.#clusterId = recovered.clusterId ?? this.#masterId;
    this.launcher = options.launcher ?? preferredLauncher();
    this.#sandboxes = new Sandboxes(join(dataDir, 'sandboxes'), {
      maxAgeMs: options.sandboxMaxAgeMs ?? 7 * 24 * 3_600_000,
      maxCount: options.sandboxMaxCount ?? 10_000,
      maxBytes: options.sandboxMaxBytes ?? 5 * 1024 ** 3,
    });
    this.#volumes = new Volumes(join(dataDir, 'volumes'));
    this.#agentPort = new AgentPort({
      sandboxes: this.#sandboxes,
      masterAddress: () => this.address,
      cluster: () => this.#cluster,
    });
    this.#masters = new Masters({
      count: options.masters ?? 1,
      firstPort: options.port ?? 0,
      lead: (port) => this.#lead(port),
      depose: (master, abruptly) => this.#depose(master, abruptly),
    });
  }

  async start(recovered: Recovered): Promise<void> {
    try {
      await this.#masters.listen();
      await this.#agentPort.listen();
    } catch (error) {
      await this.#masters.stop();
      this.#log.close();
      throw error;
    }
    this.#log.append(this.#identity);
    const nodes = createNodes(this.#options, this.#clusterId, this.#agentPort.port);
    for (const { id, reserved } of convertAgain(nodes, recovered.converted)) {
      this.#options.logger?.warn(
        { agentId: id, reserved },
        'the agent is too small for what was reserved on it',
      );
    }
    this.#registry = new Registry(nodes);
    this.#cluster = this.#createCluster(nodes);
    for (const task of recovered.tasks) this.#cluster.adopt(task);
    this.#sandboxes.restore(new Set(recovered.tasks.map(({ launched }) => launched.sandbox)));
    for (const id of recovered.removedFrameworks) this.#cluster.abandonTasksOf(id);
    this.#masters.start(this.#createElection());
    this.#log.compact(this.#snapshot());
    this.#log.flush();
    this.#cluster.agent.recover();
    if (this.#options.simulate === undefined) {
      this.#outputLimits = new OutputLimits({
        maxBytes: this.#options.outputMaxBytes ?? 10 * 1024 ** 2,
        running: () =>
          this.#cluster.agent
            .runningSince(Date.now() - OUTPUT_AFTER_MS)
            .map(({ launched }) => launched.sandbox),
      });
    }
    this.#compaction = setInterval(() => {
      if (this.#log.wantsCompaction) this.#log.compact(this.#snapshot());
    }, COMPACT_EVERY_MS);
    const { address, agentId, launcher } = this;
    const recoveredTasks = recovered.tasks.length;
    this.#options.logger?.info({ address, agentId, launcher, recoveredTasks }, 'local Mesos is up');
  }

  get address(): string {
    return this.#masters.addresses[0] ?? '';
  }

  get agentId(): string {
    return this.#cluster.nodes[0]?.id ?? '';
  }

  get agents(): readonly LocalAgent[] {
    return this.#cluster.nodes.map((node) => this.#agent(node));
  }

  get masters(): readonly LocalMaster[] {
    return this.#masters.handles;
  }

  sandboxOf(frameworkId: string, taskId: string): string | undefined {
    const known = this.#cluster.tasks.get(frameworkId, taskId)?.launched.sandbox;
    return known ?? this.#sandboxes.find(frameworkId, taskId);
  }

  runningTasks(): readonly string[] {
    return this.#cluster.agent.running.map(taskIdOf);
  }

  stop(options: { readonly killTasks?: boolean } = {}): Promise<{ readonly leftRunning: readonly string[] }> {
    this.#stopping ??= this.#stop(options.killTasks === true);
    return this.#stopping;
  }

  async #stop(killTasks: boolean): Promise<{ readonly leftRunning: readonly string[] }> {
    const { agent } = this.#cluster;
    while (killTasks && agent.running.length > 0) {
      for (const task of agent.running) {
        // Frameworks go on launching until all has ended; further kills of a task change nothing.
        agent.kill(task, { cause: 'framework', graceMs: killGraceMs(task, undefined) }, false);
      }
      await new Promise((done) => setTimeout(done, 10));
    }
    clearInterval(this.#compaction);
    clearTimeout(this.#registration);
    const leftRunning = this.runningTasks();
    await this.#masters.stop();
    await this.#agentPort.close();
    await this.#cluster.stop();
    await this.#outputLimits?.stop();
    await this.#sandboxes.stop();
    this.#log.close();
    return { leftRunning };
  }

  #createElection(): Election {
    const { zk, electionMs = 100 } = this.#options;
    return zk === undefined ? new LocalElection(electionMs) : new ZooKeeperElection(zk, electionMs);
  }

  #createCluster(nodes: readonly AgentNode[]): Cluster {
    const isSimulated = this.#options.simulate !== undefined;
    return new Cluster({
      log: this.#log,
      statusRetryMs: this.#options.statusRetryMs ?? STATUS_RETRY_MS,
      nodes,
      createAgent: (updates, toMaster) =>
        new Agent({
          ip: HOST,
          log: this.#log,
          updates,
          ...toMaster,
          createRunner: (events) => this.#createRunner(events),
        }),
      onForgotten: ({ launched }) => {
        if (!isSimulated) this.#sandboxes.ended(launched.sandbox, Date.now());
      },
    });
  }

  #createRunner(events: TaskRunnerEvents): TaskRunner {
    const { environment, logger, simulate } = this.#options;
    const log = this.#log;
    const whenDurable = (effect: () => void): void => log.whenWritten(effect);
    if (simulate !== undefined) return new SimulatedRunner({ events, simulate, whenDurable });
    const inherited = environment ?? inheritedEnvironment();
    return new ProcessRunner({
      folder: join(this.#dataDir, 'launchers'),
      kind: this.launcher,
      environmentOf: ({ info }) => ({ ...inherited, ...this.#agentVariables(info.agentId.value) }),
      events,
      beforeRelaunch: (containerId, number, proceed) => {
        this.#cluster.agent.relaunched(containerId, number);
        log.whenWritten(proceed);
      },
      onStarting: (count) => this.#options.onStarting?.(count),
      onTrouble: (message) => logger?.warn({ folder: this.#dataDir }, message),
      whenDurable,
      mountVolumes: (task) => this.#volumes.mount(task),
    });
  }

  #agentVariables(agentId: string): Readonly<Record<string, string>> {
    const node = this.#cluster.node(agentId);
    if (node === undefined) return {};
    return { MESOS_SLAVE_PID: pidOf(node), MESOS_AGENT_ENDPOINT: `${node.ip}:${node.port}` };
  }

  /** The first leader of a folder keeps its id from start to start; one after it has an id of its own. */
  #lead(port: number): Master {
    if (this.#hasLed) {
      this.#masterId = randomUUID();
      this.#log.append(this.#identity);
    }
    const options = this.#options;
    const domain = domainOf(options);
    const master = new Master({
      masterInfo: masterInfo(this.#masterId, port, domain),
      domain,
      cluster: this.#cluster,
      registry: this.#registry,
      log: this.#log,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? 15_000,
      allocationIntervalMs: options.allocationIntervalMs ?? 100,
      statusRetryMs: options.statusRetryMs ?? STATUS_RETRY_MS,
      agentTimeoutMs: options.agentTimeoutMs ?? AGENT_TIMEOUT_MS,
      volumes: options.simulate === undefined ? this.#volumes : undefined,
      sandboxOf: (frameworkId, taskId, containerId) =>
        options.simulate === undefined
          ? this.#sandboxes.pathFor(frameworkId, taskId, containerId)
          : join(this.#dataDir, 'sandboxes', frameworkId, taskId),
    });
    master.restore(this.#frameworks);
    this.#cluster.attach(master);
    const register = (): void => {
      for (const node of this.#cluster.nodes) if (node.link === 'up') master.agents.register(node);
    };
    // At the start agents are there at once; a new leader has to wait for them.
    if (this.#hasLed) this.#registration = setTimeout(register, this.#options.registrationMs ?? 50);
    else register();
    this.#hasLed = true;
    return master;
  }

  #depose(master: Master, abruptly: boolean): void {
    clearTimeout(this.#registration);
    this.#cluster.attach(undefined);
    const { known, removed } = master.frameworks;
    const frameworks = new Map([...known].map(([id, { info }]) => [id, info]));
    this.#frameworks = { frameworks, removedFrameworks: removed };
    master.stop(abruptly);
    for (const member of this.#registry.members.values()) {
      if (this.#registry.isRegistered(member.node.id)) member.membership = 'recovered';
    }
  }

  get #identity(): { type: 'master'; masterId: string; clusterId: string; version: number } {
    return { type: 'master', masterId: this.#masterId, clusterId: this.#clusterId, version: 1 };
  }

  #snapshot(): ReturnType<typeof snapshot> {
    const master = this.#masters.leading;
    const frameworks =
      master === undefined
        ? this.#frameworks
        : {
            frameworks: new Map([...master.frameworks.known].map(([id, { info }]) => [id, info])),
            removedFrameworks: master.frameworks.removed,
          };
    const converted = convertedOf(this.#cluster.nodes);
    return snapshot(this.#identity, { ...frameworks, converted, tasks: this.#cluster.tasks.all() });
  }

  #agent(node: AgentNode): LocalAgent {
    const leave = (link: 'cut' | 'dead'): void => {
      node.link = link;
      if (link === 'dead') this.#masters.leading?.agents.disconnect(node);
    };
    return {
      id: node.id,
      hostname: node.hostname,
      kill: () => leave('dead'),
      partition: () => leave('cut'),
      restart: () => {
        node.link = 'up';
        this.#masters.leading?.agents.register(node);
      },
      slow: (delayMs) => {
        node.delayMs = delayMs;
      },
    };
  }
}
