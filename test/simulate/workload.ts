import type { Job } from '@carillon/contracts';
import { isCarillonError } from '@carillon/event-sourcing';
import { pause } from '@carillon/service-runtime';
import { compileSchedule } from '@carillon/time';
import type { Guarantees } from './guarantees.js';
import { JobSpecs, type SpecOptions } from './job-specs.js';
import type { Random } from './random.js';
import { Part } from './virtual-clock.js';
import type { FrameworkClient, RegistryClient, TimerClient, World } from './world.js';

export interface WorkloadOptions extends SpecOptions {
  readonly schedules: number;
  /** Between two things that people do, milliseconds. */
  readonly actionEveryMs: number;
}

const ACTIONS = {
  edit: 5,
  editAtOnce: 3,
  editWhenDue: 4,
  pause: 3,
  resume: 3,
  remove: 2,
  create: 2,
  startRun: 6,
  stopRun: 3,
  backfill: 1,
};
type Action = keyof typeof ACTIONS;

const CREATED_AT_ONCE = 64;

/** People and scripts in front of the services: they ask again when they get no answer, as the guarantees tell them to. */
export class Workload {
  readonly #part = new Part('client');
  readonly #world: World;
  readonly #guarantees: Guarantees;
  readonly #random: Random;
  readonly #specs: JobSpecs;
  readonly #options: WorkloadOptions;
  readonly #registry: RegistryClient;
  readonly #framework: FrameworkClient;
  readonly #timer: TimerClient;
  /** As the registry answered last, JSON; and their ids, in the order of their creation. */
  readonly #jobs = new Map<string, string>();
  readonly #ids: string[] = [];
  #over = false;
  #made = 0;
  #underWay = 0;
  failure: unknown;
  requests = 0;

  constructor(world: World, guarantees: Guarantees, options: WorkloadOptions) {
    this.#world = world;
    this.#guarantees = guarantees;
    this.#options = options;
    this.#random = world.clock.random.fork();
    this.#specs = new JobSpecs(this.#random.fork(), options);
    this.#registry = world.registry(this.#part);
    this.#framework = world.framework(this.#part);
    this.#timer = world.timer(this.#part);
  }

  start(): void {
    this.#world.clock.after(1_000, this.#part, () => {
      const { schedules } = this.#options;
      for (let n = 0; n < Math.min(CREATED_AT_ONCE, schedules); n += 1) this.#run(() => this.#createMany());
      this.#actSoon();
    });
  }

  stop(): void {
    this.#over = true;
  }

  /** Nobody waits for an answer any more. */
  get isIdle(): boolean {
    return this.#over && this.#underWay === 0;
  }

  async #createMany(): Promise<void> {
    while (this.#made < this.#options.schedules) await this.#create();
  }

  #run(work: () => Promise<unknown>): void {
    this.#underWay += 1;
    work()
      .catch((error: unknown) => {
        this.failure ??= error;
      })
      .finally(() => {
        this.#underWay -= 1;
      });
  }

  #actSoon(): void {
    this.#world.clock.after(this.#random.until(this.#options.actionEveryMs), this.#part, () => {
      if (this.#over) return;
      const action = this.#random.weighted(ACTIONS);
      this.#run(() => this.#actions[action]());
      this.#actSoon();
    });
  }

  readonly #actions: Readonly<Record<Action, () => Promise<unknown>>> = {
    create: () => this.#create(),
    edit: () => this.#onJob((job) => this.#edit(job)),
    editWhenDue: () =>
      this.#onJob(async (job) => {
        const [schedule] = job.spec.schedules;
        if (!schedule) return;
        const dueAt = compileSchedule(schedule, job.spec.id).next(this.#world.server.now);
        if (dueAt === undefined || dueAt - this.#world.server.now > 3_600_000) return;
        await pause(dueAt - this.#world.server.now + this.#random.between(-3, 3));
        if (!this.#over) await this.#edit(job);
      }),
    editAtOnce: () =>
      this.#onJob(async (job) => {
        await Promise.all([this.#edit(job), this.#edit(job)]);
      }),
    pause: () =>
      this.#onJob(async ({ spec: { id: jobId } }) => {
        const until = this.#world.server.now + this.#random.int(10_000, 1_800_000);
        await this.#insist(() =>
          this.#registry.pauseJob(this.#random.chance(0.7) ? { jobId, until } : { jobId }),
        );
      }),
    resume: () =>
      this.#onJob(async ({ spec: { id: jobId } }) => {
        await this.#insist(() => this.#registry.resumeJob({ jobId }));
      }),
    remove: () => this.#onJob((job) => this.#remove(job)),
    startRun: () => this.#onJob((job) => this.#startRun(job)),
    stopRun: () => this.#stopRun(),
    backfill: () => this.#onJob((job) => this.#backfill(job)),
  };

  async #onJob(work: (job: Job) => Promise<void>): Promise<void> {
    if (this.#ids.length === 0) return;
    await work(JSON.parse(this.#jobs.get(this.#random.pick(this.#ids)) ?? '') as Job);
  }

  #knows(job: Job): void {
    const { id } = job.spec;
    if (!this.#jobs.has(id)) this.#ids.push(id);
    this.#jobs.set(id, JSON.stringify(job));
  }

  #forgets(id: string): void {
    if (this.#jobs.delete(id)) this.#ids.splice(this.#ids.indexOf(id), 1);
  }

  async #create(): Promise<void> {
    const number = (this.#made += 1);
    const id = `sim.j${number}`;
    const parents =
      this.#random.chance(0.15 * this.#options.variety) && this.#ids.length > 0
        ? [this.#random.pick(this.#ids)]
        : [];
    const spec = this.#specs.spec(id, parents, this.#world.server.now);
    const request = this.#random.chance(0.5) ? { request: { key: `create-${id}`, fingerprint: id } } : {};
    const made = await this.#insist(() => this.#registry.createJob({ spec, ...request }));
    const job = made ?? (await this.#insist(() => this.#registry.getJob({ jobId: id })));
    if (!job && parents.length > 0) return; // removed meanwhile
    if (!job) throw new Error(`the registry refuses ${JSON.stringify(spec)}`);
    this.#guarantees.due.answered(job);
    this.#knows(job);
  }

  async #edit({ spec }: Job): Promise<void> {
    const dependencies = spec.dependencies.map(({ id }) => id);
    const now = this.#world.server.now;
    const changed = this.#random.chance(0.3)
      ? { ...spec, labels: { edited: String(Math.floor(now)) } }
      : this.#specs.spec(spec.id, dependencies, now);
    const job = await this.#insist(() =>
      this.#registry.updateJob({ jobId: spec.id, spec: changed, keepSchedules: false, keepVolumes: false }),
    );
    if (!job) return;
    this.#guarantees.due.answered(job);
    this.#knows(job);
  }

  /** As the gateway does (services/gateway/src/application/remove-job.ts). */
  async #remove({ spec: { id: jobId } }: Job): Promise<void> {
    const prepared = await this.#insist(() => this.#registry.prepareRemoval({ jobId }));
    if (!prepared) return;
    const { uid } = prepared;
    const closed = await this.#insist(() => this.#framework.closeJob({ jobId, uid, stopRuns: true }));
    if (!closed) return;
    const removed = await this.#insist(() => this.#registry.removeJob({ jobId, uid }));
    if (removed) this.#forgets(jobId);
  }

  async #startRun({ spec: { id: jobId }, uid, revision }: Job): Promise<void> {
    const idempotencyKey = `by-hand-${(this.requests += 1)}`;
    this.#guarantees.runs.askedByHand(idempotencyKey);
    const policy = this.#random.chance(0.3) ? { concurrencyPolicy: 'FORBID' as const } : {};
    this.#guarantees.overlaps.askedByHand(idempotencyKey, policy.concurrencyPolicy ?? 'ALLOW');
    const start = () => this.#framework.startRun({ jobId, uid, revision, idempotencyKey, ...policy });
    const run = await this.#insist(start);
    if (run) this.#guarantees.runs.answeredByHand(idempotencyKey, run.runId);
    if (!run || !this.#random.chance(0.3)) return;
    const again = await this.#insist(start);
    if (again) this.#guarantees.runs.answeredByHand(idempotencyKey, again.runId);
  }

  async #stopRun(): Promise<void> {
    const live = this.#guarantees.runs.liveRuns;
    if (live.length === 0) return;
    const [uid = '', runId = ''] = this.#random.pick(live).split('/');
    await this.#insist(() => this.#framework.stopRun({ jobId: '', uid, runId }));
  }

  async #backfill({ spec, uid }: Job): Promise<void> {
    const [schedule] = spec.schedules;
    if (!schedule) return;
    const until = this.#world.server.now - 1_000;
    const from = until - (this.#options.everyMinutes ?? 60) * 60_000 * this.#random.int(1, 5);
    const backfillId = `b${(this.requests += 1)}`;
    const concurrency = this.#random.int(1, 3);
    const request = { jobId: spec.id, uid, scheduleId: schedule.id, from, until, concurrency, backfillId };
    await this.#insist(() => this.#timer.startBackfill(request));
  }

  /** Asks until it is answered; undefined when the answer is no. */
  async #insist<T>(ask: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!isCarillonError(error)) throw error;
        if (error.kind !== 'unavailable' && error.kind !== 'conflict') return undefined;
        await pause(this.#random.between(100, 2_000));
      }
    }
  }
}
