import { hash } from 'node:crypto';
import { runRef, runStream } from '@carillon/scheduler-framework';
import { Faults } from './faults.js';
import { Guarantees } from './guarantees.js';
import { DAY } from './job-specs.js';
import { Random } from './random.js';
import type { TaskPlan } from './simulated-agent.js';
import { VirtualClock } from './virtual-clock.js';
import { leaveMetricsUnread } from './unread-metrics.js';
import { installVirtualGlobals } from './virtual-globals.js';
import { Violation } from './violation.js';
import { Workload } from './workload.js';
import { World } from './world.js';

export interface SimulationOptions {
  readonly seed: number;
  readonly schedules: number;
  readonly days: number;
  readonly timers: number;
  readonly frameworks: number;
  /** Between two due instants of each schedule; absent: as people write them, most daily, few every minute. */
  readonly everyMinutes?: number;
  /** Mean time between two faults, milliseconds; none: nothing goes wrong. */
  readonly faultsEveryMs?: number;
  /** Share of messages lost and repeated: 1 is a bad network. */
  readonly noise: number;
  /** By how much readers of the log are behind at most, milliseconds: the later, the more they handle at once. */
  readonly lagMs: number;
  /** By how much short timers are late: what polls does so less often. */
  readonly timerSlack: number;
  /** Of the jobs: 0 cron alone, 1 all kinds and policies. */
  readonly variety: number;
  readonly actionEveryMs: number;
  /** Forgets what was checked, so that memory does not grow with time. */
  readonly forgets: boolean;
  /** One of so many appends is replayed. */
  readonly replayEvery: number;
  /** Told now and then. */
  readonly onProgress?: (result: Progress) => void;
  /** For those who break something on purpose, before anything starts. */
  readonly sabotage?: (world: World) => void;
}

export interface Progress {
  readonly simulatedMs: number;
  readonly steps: number;
  readonly statements: number;
  readonly events: number;
  readonly dueInstants: number;
  readonly missed: number;
  readonly runs: number;
  readonly ended: number;
  readonly skipped: number;
  readonly attempts: number;
  readonly messages: number;
  readonly faults: ReadonlyMap<string, number>;
}

export interface Result extends Progress {
  readonly seed: number;
  /** Absent: everything held. */
  readonly broken?: {
    readonly guarantee: string;
    readonly message: string;
    readonly step: number;
    readonly at: number;
  };
}

/** A Saturday evening before Europe's clocks go forward. */
const STARTED_AT = Date.UTC(2026, 2, 28, 22);
const DAY_MS = 86_400_000;
/** After the last fault everything must come to rest within so long; agents that stay away are given up after 10 minutes. */
const QUIET_MS = 2 * 3_600_000;
const LEAST_QUIET_MS = 900_000;
const LATE_MS = 120_000;
/** With all that waits for it. */
const LONGEST_RUN_MS = 3_600_000;
const SLICE_MS = 60_000;

/** Runs the suite on virtual time. The same options give the same steps. */
export async function simulate(options: SimulationOptions): Promise<Result> {
  const { seed, schedules, days, timers, frameworks, noise, lagMs } = options;
  const random = new Random(seed);
  const clock = new VirtualClock(STARTED_AT, random);
  const restore = installVirtualGlobals(clock, random.fork(), options.timerSlack);
  const readMetrics = leaveMetricsUnread();
  const world = new World(clock, {
    ...{ registries: 2, timers, frameworks, partitions: 4, runsPerList: 3, historyEvents: 1_000 },
    ...agentsFor(schedules, options.everyMinutes),
    framework: options.forgets ? UNHURRIED : QUICK,
    plan: planOf,
  });
  const guarantees = new Guarantees(world.server, options.replayEvery);
  world.mesos.observer = {
    launching: (task, by) => guarantees.runs.launching(task, by),
    acknowledged: (status, by) => guarantees.runs.acknowledged(status, by),
  };
  const workload = new Workload(world, guarantees, { ...options, schedules });
  const { faultsEveryMs: meanMs } = options;
  const faults =
    meanMs === undefined ? undefined : new Faults(world, { meanMs, noise, lagMs, keepsLog: options.forgets });
  world.log.faults = { publishFate: () => 'done', fetchMs: () => lagMs / 6 };
  let fatal: unknown;
  world.onFatal = (error) => {
    fatal ??= error;
  };
  options.sabotage?.(world);
  const progress = (): Progress => ({
    simulatedMs: clock.now - clock.startedAt,
    steps: clock.steps,
    statements: world.server.statements,
    events: [...world.server.schemas.values()].reduce((sum, { lastPosition }) => sum + lastPosition, 0),
    dueInstants: guarantees.due.runs,
    missed: guarantees.due.missed,
    runs: guarantees.runs.counts.queued,
    ended: guarantees.runs.counts.ended,
    skipped: guarantees.runs.counts.skipped,
    attempts: guarantees.runs.counts.attempts,
    messages: world.log.messages,
    faults: faults?.counts ?? new Map(),
  });
  const failed = () => {
    const failure = fatal ?? workload.failure;
    if (failure !== undefined) throw failure as Error;
    return false;
  };
  const runUntil = async (end: number, until: () => boolean = () => false) => {
    while (clock.now < end && !until()) {
      await clock.run(Math.min(end, clock.now + SLICE_MS), failed);
      failed();
      if (options.forgets) forget(world, guarantees);
      options.onProgress?.(progress());
    }
  };
  try {
    world.startAll();
    workload.start();
    faults?.start();
    await runUntil(STARTED_AT + days * DAY_MS);
    workload.stop();
    faults?.stop();
    const quietSince = clock.now;
    await runUntil(quietSince + QUIET_MS, () => clock.now > quietSince + LEAST_QUIET_MS && workload.isIdle);
    await runUntil(clock.now + 2 * LATE_MS);
    guarantees.due.settled(world.server.now - LATE_MS);
    world.server.holdsClocks = true;
    await runUntil(clock.now + LONGEST_RUN_MS, () => guarantees.isAtRest);
    guarantees.settled();
    return { seed, ...progress() };
  } catch (error) {
    const guarantee = error instanceof Violation ? error.guarantee : 'nothing fails that should not';
    const message =
      error instanceof Error
        ? error instanceof Violation
          ? error.message
          : (error.stack ?? '')
        : String(error);
    return { seed, ...progress(), broken: { guarantee, message, step: clock.steps, at: clock.now } };
  } finally {
    restore();
    readMetrics();
  }
}

/** A lease lives longer than what its renewal and the standby's look can be late by (`timerSlack`). */
const QUICK = { leaseMs: 6_000, forgetEveryMs: 3_000, lookEveryMs: 60_000 };
const UNHURRIED = { leaseMs: 15_000, forgetEveryMs: 60_000, lookEveryMs: 600_000 };

/** Twice what the schedules need on average, so that runs seldom wait for a place. */
function agentsFor(schedules: number, everyMinutes: number | undefined) {
  const every = everyMinutes ?? DAY;
  // Of those that are due once a day or less often many are so at one instant: room for all of these within a minute or so.
  const needed = every < DAY ? (schedules * 20) / (every * 60) : (schedules * DAY) / (every * 50);
  const atOnce = Math.ceil(needed) + 8;
  return { agents: 4, agentCpus: Math.max(1, Math.ceil(atOnce * 0.05 * 2)) };
}

/** Most succeed within half a minute, some fail, few take long. The same for the same task. */
function planOf(taskId: string): TaskPlan {
  const dice = new Random(Number.parseInt(hash('md5', taskId).slice(0, 8), 16));
  const runMs = dice.chance(0.03) ? dice.between(60_000, 900_000) : dice.between(50, 30_000);
  return { startMs: dice.between(5, 400), runMs, exitCode: dice.chance(0.1) ? 1 : 0 };
}

/** What every consumer has passed, and runs that have ended everywhere. */
function forget(world: World, guarantees: Guarantees): void {
  world.log.prune();
  const { server } = world;
  const framework = server.schema('scheduler_framework');
  const index = framework.table<object>('runs').rows;
  const { known } = guarantees.readSide;
  const later: string[] = [];
  for (const key of known.splice(0)) {
    if (index.has(key)) later.push(key);
    else framework.streams.rows.delete(runStream(runRef(key)));
  }
  known.push(...later);
  for (const schema of server.schemas.values()) {
    const cursors = schema.table<{ tick: number; position: number }>('relay_cursors').rows;
    for (const { tick, position } of cursors.values()) {
      schema.events.splice(0, Math.max(0, schema.indexAfter(tick, position) - KEPT_EVENTS));
    }
  }
}

const KEPT_EVENTS = 5_000;
