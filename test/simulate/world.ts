import { type EventSourceApi, TOPICS } from '@carillon/contracts';
import { unavailable } from '@carillon/event-sourcing';
import { historyParts } from '@carillon/history';
import { jobRegistryParts } from '@carillon/job-registry';
import { completeConfig, schedulerFrameworkParts } from '@carillon/scheduler-framework';
import { Rush } from '@carillon/service-runtime';
import { timerOf, timerParts } from '@carillon/timer';
import { MemoryDatabase } from './memory-database.js';
import { MemoryLog } from './memory-log.js';
import { MemoryServer } from './memory-server.js';
import type { Random } from './random.js';
import { SimulatedMesos } from './simulated-mesos.js';
import type { TaskPlan } from './simulated-agent.js';
import { asError } from './violation.js';
import { Part, type VirtualClock } from './virtual-clock.js';

export interface WorldOptions {
  readonly registries: number;
  readonly timers: number;
  readonly frameworks: number;
  readonly agents: number;
  readonly agentCpus: number;
  readonly partitions: number;
  readonly plan: (taskId: string) => TaskPlan;
  readonly runsPerList: number;
  readonly historyEvents: number;
  readonly framework: FrameworkSettings;
}

/** Of the scheduler-frameworks, milliseconds; the rest is as by default. */
export interface FrameworkSettings {
  readonly leaseMs: number;
  readonly forgetEveryMs: number;
  readonly lookEveryMs: number;
}

type Kind = 'registry' | 'timer' | 'framework' | 'history';

/** A process of a service, in one of its lives. */
interface Running {
  readonly part: Part;
  readonly kind: Kind;
  /** What others may ask it, by the name of the API. */
  readonly apis: Readonly<Record<string, object>>;
}

export type RegistryClient = ReturnType<typeof jobRegistryParts>['api'];
export type FrameworkClient = ReturnType<typeof schedulerFrameworkParts>['api'];
export type TimerClient = ReturnType<typeof timerParts>['service'];
type HistoryClient = ReturnType<typeof historyParts>['api'];

const CALL_TIMEOUT_MS = 10_000;
const RESTART_MS = 1_000;
const SCHEMAS = { job_registry: 'job-', timer: undefined, scheduler_framework: undefined };

/** All services as they are, on one database server, one log and one Mesos that are not. */
export class World {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly server: MemoryServer;
  readonly log: MemoryLog;
  readonly mesos: SimulatedMesos;
  readonly options: WorldOptions;
  /** Whether a call between services is lost. */
  losesCall: () => boolean = () => false;
  onFatal: (error: Error) => void = () => undefined;
  readonly #running = new Map<string, Running>();

  constructor(clock: VirtualClock, options: WorldOptions) {
    this.clock = clock;
    this.random = clock.random.fork();
    this.options = options;
    this.server = new MemoryServer(clock);
    const { partitions, agents, agentCpus: cpus, plan } = options;
    this.log = new MemoryLog(
      clock,
      Object.values(TOPICS).map((name) => ({ name, partitions })),
    );
    this.mesos = new SimulatedMesos(clock, { agents, cpus, mem: cpus * 4_096, plan });
    for (const [name, prefix] of Object.entries(SCHEMAS)) {
      if (prefix) this.server.schema(name).keepsEventsOf = (stream) => stream.startsWith(prefix);
    }
  }

  get names(): readonly string[] {
    const many = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n + 1}`);
    const { registries, timers, frameworks } = this.options;
    return [
      ...many('registry', registries),
      ...many('timer', timers),
      ...many('framework', frameworks),
      'history',
    ];
  }

  startAll(): void {
    for (const name of this.names) this.start(name);
  }

  /** Who holds the lease of the scheduler-frameworks. */
  get leader(): string | undefined {
    const [lease] = this.server
      .schema('scheduler_framework')
      .table<{ readonly holder: string }>('leases')
      .rows.values();
    return lease?.holder;
  }

  partOf(name: string): Part | undefined {
    return this.#running.get(name)?.part;
  }

  start(name: string): void {
    const part = new Part(name);
    this.clock.after(1, part, () => {
      try {
        this.#start(name, part);
      } catch (error) {
        this.onFatal(error as Error);
      }
    });
  }

  /** As kill -9: nothing of it goes on, and the others find out by themselves. */
  kill(name: string): void {
    const part = this.partOf(name);
    if (!part?.alive) return;
    this.clock.kill(part);
    this.#running.delete(name);
    this.server.partDied(part);
    this.log.partSilent(part);
    this.mesos.partDied(part);
  }

  /** As SIGSTOP. */
  pause(name: string): void {
    const part = this.partOf(name);
    if (!part?.alive || part.paused) return;
    this.clock.pause(part);
    this.server.partPaused(part);
    this.log.partSilent(part);
  }

  resume(name: string): void {
    const part = this.partOf(name);
    if (part?.paused) this.clock.resume(part);
  }

  registry(from: Part): RegistryClient {
    return this.remote(from, 'registry', 'api');
  }

  framework(from: Part): FrameworkClient {
    return this.remote(from, 'framework', 'api');
  }

  timer(from: Part): TimerClient {
    return this.remote(from, 'timer', 'api');
  }

  /** Calls any instance of a service, which may not answer: as over gRPC. */
  remote<Api extends object>(from: Part, kind: Kind, api: string): Api {
    const call = (method: string, request: unknown) => this.#call(from, kind, api, method, request);
    return new Proxy({} as Api, {
      get: (_target, method) => (request: unknown) => call(String(method), request),
    });
  }

  #call(from: Part, kind: Kind, api: string, method: string, request: unknown): Promise<unknown> {
    const { clock, random } = this;
    return new Promise((resolve, reject) => {
      const timeout = clock.after(CALL_TIMEOUT_MS, from, () => reject(noAnswer(kind)));
      const answer = (settle: () => void) => {
        if (this.losesCall()) return;
        clock.after(random.between(0.1, 1), from, () => {
          timeout.work = undefined;
          settle();
        });
      };
      if (this.losesCall()) return;
      const instances = [...this.#running.values()].filter((one) => one.kind === kind && one.part.alive);
      if (instances.length === 0) {
        answer(() => reject(noAnswer(kind)));
        return;
      }
      const { part, apis } = random.pick(instances);
      clock.after(random.between(0.1, 1), part, () => {
        const target = apis[api] as Record<string, (request: unknown) => Promise<unknown>>;
        target[method]?.(request).then(
          (result) => answer(() => resolve(result)),
          (error: unknown) => answer(() => reject(asError(error))),
        );
      });
    });
  }

  #start(name: string, part: Part): void {
    const [word = ''] = name.split('-');
    const kind = word as Kind;
    const apis = this.#starters[kind](part, name);
    this.#running.set(name, { part, kind, apis });
  }

  #eventSource(part: Part, kind: Kind): EventSourceApi {
    return this.remote(part, kind, 'eventSource');
  }

  #database(schema: string, part: Part): MemoryDatabase {
    return new MemoryDatabase(this.server, schema, part);
  }

  readonly #starters: Readonly<Record<Kind, (part: Part, name: string) => Running['apis']>> = {
    registry: (part) => {
      const { api, eventSource, relay, forgetting } = jobRegistryParts(this.#database('job_registry', part));
      relay(this.log.connect(part)).start();
      forgetting().start();
      return { api, eventSource };
    },
    timer: (part, name) => {
      const parts = timerParts(this.#database('timer', part), this.registry(part));
      const refill = {
        'job-registry': this.#eventSource(part, 'registry'),
        'scheduler-framework': this.#eventSource(part, 'framework'),
      };
      timerOf(parts, { log: this.log.connect(part), refill })
        .start()
        .catch(() => this.#failedToStart(name, part));
      return { api: parts.service, eventSource: parts.eventSource };
    },
    framework: (part, name) => {
      const { api, eventSource, framework } = schedulerFrameworkParts(
        this.#database('scheduler_framework', part),
        {
          config: completeConfig({
            ...{ databaseUrl: '', mesosMaster: '', instance: name, user: 'nobody' },
            ...this.options.framework,
          }),
          log: this.log.connect(part),
          refill: {
            'job-registry': this.#eventSource(part, 'registry'),
            timer: this.#eventSource(part, 'timer'),
          },
          registry: this.registry(part),
          history: this.remote<HistoryClient>(part, 'history', 'api'),
          connect: (options) => this.mesos.connect(part, options),
          rush: new Rush(),
          onFatal: (error) => this.onFatal(error),
        },
      );
      framework.start();
      return { api, eventSource };
    },
    history: (part) => {
      const { runsPerList, historyEvents: events } = this.options;
      const { api, consumer, pruner } = historyParts(this.#database('history', part), {
        runsPerList,
        events,
      });
      consumer({
        log: this.log.connect(part),
        refill: {
          'job-registry': this.#eventSource(part, 'registry'),
          timer: this.#eventSource(part, 'timer'),
          'scheduler-framework': this.#eventSource(part, 'framework'),
        },
      }).start();
      pruner().start();
      return { api };
    },
  };

  /** The process ends, and whoever watches over it starts it again. */
  #failedToStart(name: string, part: Part): void {
    if (this.partOf(name) !== part) return;
    this.kill(name);
    this.clock.after(RESTART_MS, undefined, () => this.start(name));
  }
}

const noAnswer = (kind: Kind) => unavailable('serviceUnavailable', `${kind} does not answer`);
