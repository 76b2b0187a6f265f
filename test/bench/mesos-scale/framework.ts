import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  encodeEvent,
  type EventSourceApi,
  type Job,
  type Run,
  type SchedulerFrameworkApi,
  TOPICS,
} from '@carillon/contracts';
import { createEmbeddedEventLog, type EventLog } from '@carillon/event-log';
import type { PostgresServer } from '@carillon/rigs';
import { SCHEDULER_FRAMEWORK_API, SchedulerFrameworkModule } from '@carillon/scheduler-framework';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { eventually } from '../../e2e/support/api.js';

const JOBS = 100;
const TASK_MS = 200;
const UNTIL_ENDED_MS = 300_000;

/** The framework alone, as its neighbours see it: due runs come from the log, launches go to a simulated cluster. */
export class FrameworkOnCluster {
  readonly #cluster: ChildProcess;
  readonly #folder: string;
  readonly #log: EventLog;
  readonly #app: INestApplicationContext;
  readonly #api: SchedulerFrameworkApi;
  /** Those that history has: they are forgotten. */
  readonly #known: Set<string>;
  #fired = 0;

  private constructor(parts: {
    cluster: ChildProcess;
    folder: string;
    log: EventLog;
    app: INestApplicationContext;
    known: Set<string>;
  }) {
    this.#cluster = parts.cluster;
    this.#folder = parts.folder;
    this.#log = parts.log;
    this.#app = parts.app;
    this.#known = parts.known;
    this.#api = parts.app.get<SchedulerFrameworkApi>(SCHEDULER_FRAMEWORK_API);
  }

  static async started(postgres: PostgresServer, agents: number): Promise<FrameworkOnCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-scale-'));
    const main = fileURLToPath(new URL('./simulated-mesos.js', import.meta.url));
    const cluster = spawn(process.execPath, [main, folder, String(agents), String(TASK_MS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [address] = (await once(createInterface({ input: cluster.stdout }), 'line')) as [string];
    const log = await createEmbeddedEventLog({
      url: postgres.url,
      topics: Object.values(TOPICS).map((name) => ({ name })),
    });
    const nobody: EventSourceApi = { readPublished: () => Promise.resolve({ events: [] }) };
    const known = new Set<string>();
    const module = SchedulerFrameworkModule.forRoot({
      config: {
        ...{ databaseUrl: postgres.url, mesosMaster: address, frameworkName: `bench-${agents}` },
        forgetEveryMs: 200,
      },
      log,
      refill: { 'job-registry': nobody, timer: nobody },
      registry: {
        getRevisions: ({ revisions }) => Promise.resolve({ jobs: revisions.map(({ uid }) => job(uid)) }),
      },
      history: {
        haveRuns: ({ runs }) => Promise.resolve({ runs: runs.filter(({ runId }) => known.has(runId)) }),
      },
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    await app.init();
    return new FrameworkOnCluster({ cluster, folder, log, app, known });
  }

  /** So many runs of many jobs, due at once; answers them when they have ended. */
  async fire(count: number): Promise<Run[]> {
    const dueAt = Date.now();
    const first = this.#fired;
    this.#fired += count;
    const ids = Array.from({ length: count }, (_, index) => `run-${first + index}`);
    await this.#log.publish(
      ids.map((runId, index) => {
        const uid = `u${index % JOBS}`;
        const due = { jobId: `bench.${uid}`, uid, revision: 1, runId, scheduleId: 'default' };
        return {
          ...encodeEvent(
            'RunDue',
            { ...due, dueAt, decidedAt: dueAt, trigger: 'schedule' },
            { eventId: runId, time: dueAt, source: 'timer' },
          ),
          ...{ source: 'timer', sourcePosition: { window: '1', position: String(first + index + 1) } },
        };
      }),
    );
    const wanted = new Set(ids);
    let lookAt = 0;
    const runs = await eventually(
      `${count} runs to end`,
      async () => {
        if (Date.now() < lookAt) return undefined;
        const { runs: all } = await this.#api.listRuns({ uids: [], activeOnly: false });
        lookAt = Date.now() + (count > 100 ? 1_000 : 20);
        const ended = all.filter(({ runId, status }) => status === 'ended' && wanted.has(runId));
        return ended.length === count && ended;
      },
      UNTIL_ENDED_MS,
    );
    for (const id of ids) this.#known.add(id);
    await eventually('all runs to be forgotten', async () => {
      const { runs: left } = await this.#api.listRuns({ uids: [], activeOnly: false });
      return left.length === 0;
    });
    return runs;
  }

  async stop(): Promise<void> {
    await this.#app.close();
    await this.#log.close();
    this.#cluster.kill('SIGTERM');
    await once(this.#cluster, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const job = (uid: string): Job => ({
  ...{ uid, revision: 1, createdAt: 0, definedAt: 0 },
  spec: {
    ...{ id: `bench.${uid}`, dependencies: [], labels: {}, schedules: [] },
    run: {
      ...{ cpus: 0.1, mem: 32, disk: 0, gpus: 0, cmd: 'true', args: [], env: {} },
      ...{ placement: { constraints: [] }, artifacts: [], maxLaunchDelay: 3600, volumes: [] },
      ...{ restart: { policy: 'NEVER' }, secrets: {}, networks: [], parameters: [] },
    },
  },
});
