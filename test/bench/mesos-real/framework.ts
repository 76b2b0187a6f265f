import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, eventually } from '../../e2e/support/api.js';
import { cpuSecondsOfAll } from '../../e2e/support/processor-time.js';
import { type StandaloneProcess, startStandalone } from '../../e2e/support/standalone.js';

interface EventRow {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One for each client: starts of one job wait for each other. */
const JOBS = Array.from({ length: 8 }, (_, n) => `bench.task-${n}`);
/** Seconds between the due instants of single tasks: each has the machine to itself. */
const EVERY = 3;
export const EVERY_MS = EVERY * 1_000;
/** After a due instant: by then its task has ended. */
const LOOK_AFTER_MS = 2_000;

export interface Rate {
  /** From the first launch to the last end. */
  readonly perSecond: number;
  readonly failed: number;
  /** Unfinished attempts at once. */
  readonly most: number;
  /** Processor time of Carillon and its PostgreSQL, for each run. */
  readonly cpuMs: number;
}

/** In ms from the due instant; RUNNING by the executor's clock, the rest by Carillon's. */
export interface SingleRun {
  readonly decided: number;
  readonly queued: number;
  readonly launched: number;
  readonly running: number;
}

/** Carillon in one process on a real Mesos, as its users see it: by its API and its events. */
export class CarillonOnMesos {
  readonly #api: Api;
  readonly #carillon: StandaloneProcess;
  readonly #folder: string;
  #read = 0;

  private constructor(carillon: StandaloneProcess, folder: string) {
    this.#carillon = carillon;
    this.#api = new Api(carillon.apiUrl);
    this.#folder = folder;
  }

  static async started(master: string): Promise<CarillonOnMesos> {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
    await chmod(folder, 0o755);
    const carillon = await startStandalone({ dataDir: join(folder, 'data'), args: ['--mesos', master] });
    const made = new CarillonOnMesos(carillon, folder);
    for (const id of JOBS) await made.#api.createJob({ id, cmd: 'true' });
    return made;
  }

  /** Queues `count` runs as fast as the API takes them. */
  async rate(count: number): Promise<Rate> {
    const cpu = await this.cpuSeconds();
    let queued = 0;
    await Promise.all(
      JOBS.map(async (id) => {
        while (queued++ < count) await this.#api.startRun(id);
      }),
    );
    const events = await this.#until((seen) => named(seen, 'RunEnded').length >= count, 1_000_000);
    const cpuMs = ((await this.cpuSeconds()) - cpu) * 1_000;
    const launches = named(events, 'AttemptLaunched').map(({ data }) => Number(data['launchedAt']));
    const ends = named(events, 'RunEnded');
    const last = Math.max(...ends.map(({ data }) => Number(data['endedAt'])));
    const failed = ends.filter(({ data }) => data['outcome'] !== 'succeeded').length;
    return {
      perSecond: count / ((last - Math.min(...launches)) / 1_000),
      failed: failed + (launches.length - count), // an attempt more is a failure that was made good
      most: atOnce(events),
      cpuMs: cpuMs / count,
    };
  }

  /** Runs of one schedule, each with the machine to itself: in ms from the due instant, hop by hop. */
  async singles(count: number): Promise<SingleRun[]> {
    const id = 'bench.single';
    const run = { cpus: 0.01, mem: 32, disk: 0, cmd: 'true' };
    const schedules = [{ id: 'often', cron: `*/${EVERY} * * * * * *` }];
    await this.#api.expect(201, 'POST', '/v2/jobs', { id, run, schedules });
    const events = await this.#until(
      (seen) => named(seen, 'RunEnded').length >= count,
      count * EVERY_MS + 120_000,
      { betweenDueInstants: true },
    );
    await this.#api.expect(200, 'DELETE', `/v1/jobs/${id}?stopCurrentJobRuns=true`);
    const at = (event: string, field: string) =>
      new Map(named(events, event).map(({ data }) => [data['runId'], Number(data[field])]));
    const [decided, queued, launched] = [
      at('RunDue', 'decidedAt'),
      at('RunQueued', 'queuedAt'),
      at('AttemptLaunched', 'launchedAt'),
    ];
    const due = at('RunDue', 'dueAt');
    return [...at('AttemptStarted', 'startedAt')].flatMap(([runId, startedAt]) => {
      const dueAt = due.get(runId);
      if (dueAt === undefined) return [];
      const since = (instant: number | undefined) => (instant ?? Number.NaN) - dueAt;
      return [
        {
          decided: since(decided.get(runId)),
          queued: since(queued.get(runId)),
          launched: since(launched.get(runId)),
          running: since(startedAt),
        },
      ];
    });
  }

  /** Seconds of processor time that Carillon and its PostgreSQL have used. */
  cpuSeconds(): Promise<number> {
    return cpuSecondsOfAll(this.#carillon.process.pid ?? 0);
  }

  async stop(): Promise<void> {
    await this.#carillon.interrupt();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** New events, once there are enough; looked at seldom, for reading along is part of what is measured. */
  async #until(
    enough: (events: readonly EventRow[]) => boolean,
    timeoutMs: number,
    { betweenDueInstants = false } = {},
  ): Promise<EventRow[]> {
    const events: EventRow[] = [];
    const everyMs = betweenDueInstants ? EVERY_MS : 2_000;
    const next = () =>
      betweenDueInstants ? Math.ceil(Date.now() / everyMs) * everyMs + LOOK_AFTER_MS : Date.now() + everyMs;
    let lookAt = next();
    return eventually(
      'enough runs ended',
      async () => {
        if (Date.now() < lookAt) return undefined;
        lookAt = next();
        for (;;) {
          const path = `/v2/events?after=${this.#read}&limit=1000`;
          const page = await this.#api.expect<{ events: EventRow[] }>(200, 'GET', path);
          events.push(...page.events);
          this.#read = page.events.at(-1)?.position ?? this.#read;
          if (page.events.length === 0) break;
        }
        return enough(events) && events;
      },
      timeoutMs,
    );
  }
}

const named = (events: readonly EventRow[], name: string) =>
  events.filter(({ type }) => type === `carillon.${name}`);

/** The most attempts that were launched and not ended at one time. */
function atOnce(events: readonly EventRow[]): number {
  const changes = [
    ...named(events, 'AttemptLaunched').map(({ data }) => [Number(data['launchedAt']), 1] as const),
    ...named(events, 'RunEnded').map(({ data }) => [Number(data['endedAt']), -1] as const),
  ].sort(([a, up], [b, other]) => a - b || up - other);
  let now = 0;
  return Math.max(0, ...changes.map(([, change]) => (now += change)));
}
