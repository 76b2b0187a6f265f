import type { CallBody, Resource, TaskInfo } from '@carillon/mesos';
import type { AgentPlan, Plan } from '../../domain/offers/match-offers.js';
import type { LaunchAttempt } from '../../domain/run/run.commands.js';
import { timeoutAt } from '../../domain/run/run.state.js';
import type { LaunchPath } from '../../domain/tasks/launch-path.js';
import type { Fence } from '../leadership.js';
import type { Recorded } from '../run-batch.js';
import type { RunLedger } from '../run-ledger.js';
import { taskIdOf } from '../task-ids.js';
import type { LaunchWindows } from './launch-windows.js';
import { decline, launchCall, UNFIT_REFUSE_SECONDS } from './offer-calls.js';
import type { OfferPool } from './offer-pool.js';
import type { BookedRun, RunBook } from './run-book.js';
import { orderOf } from './waiting-runs.js';

export interface LaunchTasksOptions {
  readonly ledger: Pick<RunLedger, 'record'>;
  readonly fence: Fence;
  readonly book: RunBook;
  readonly offers: OfferPool;
  readonly windows: LaunchWindows;
  readonly path: LaunchPath;
  readonly clock: () => number;
  /** Takes note of what was written. */
  readonly see: (recorded: Recorded) => void;
}

/** What one ACCEPT is to do. */
interface Launches {
  readonly infos: TaskInfo[];
  readonly created: Resource[];
}

/** Carries out a plan: AttemptLaunched of all is on disk before Mesos is told. */
export class LaunchTasks {
  readonly #o: LaunchTasksOptions;

  constructor(options: LaunchTasksOptions) {
    this.#o = options;
  }

  /** The calls that launch what was written, and decline what is not used. Throws what the ledger throws, all as it was. */
  async launch(plan: Plan): Promise<CallBody[]> {
    const { book, offers, ledger, fence, path, windows, clock, see } = this.#o;
    offers.lend([...plan.accepts.flatMap(({ offerIds }) => offerIds), ...plan.declines]);
    const places = plan.accepts.flatMap((accept) =>
      accept.placements.flatMap((placement) => {
        const booked = book.get(placement.key);
        if (booked?.job === undefined) return [];
        const attempt = booked.run.attemptCount + 1;
        const { jobId, uid, runId } = booked.run;
        const taskId = taskIdOf({ jobId, uid, runId, attempt });
        return [{ accept, placement, booked, job: booked.job, attempt, taskId }];
      }),
    );
    let launched: typeof places;
    try {
      const recorded = await ledger.record(
        places.map(({ accept: { agentId, hostname }, placement: { values }, booked, attempt, taskId }) => ({
          ...orderOf(booked),
          command: {
            ...{ type: 'LaunchAttempt', attempt, taskId, agentId, hostname, now: clock() },
            ...(values === undefined ? {} : { values }),
            ...volumesOf(booked),
          },
        })),
        fence,
      );
      launched = places.filter((_, index) => (recorded[index]?.events.length ?? 0) > 0);
      for (const one of recorded) see(one);
    } catch (error) {
      offers.giveBack();
      throw error;
    }
    offers.settle();
    const tasks = new Map<AgentPlan, Launches>();
    for (const accept of plan.accepts) tasks.set(accept, { infos: [], created: [] });
    const launchedAt = clock();
    for (const { accept, placement, booked, job, attempt, taskId } of launched) {
      const { agentId, hostname } = accept;
      const { runId } = booked.run;
      const { resources } = placement;
      const until = timeoutAt(booked.run);
      const timeoutMs = until === undefined ? {} : { timeoutMs: until - launchedAt };
      const launches = tasks.get(accept);
      launches?.created.push(...(placement.created ?? []));
      launches?.infos.push(
        path.taskInfo({
          ...{ spec: job.spec, runId, attempt, taskId, agentId, hostname, resources },
          ...timeoutMs,
        }),
      );
      windows.launched(agentId, taskId, launchedAt);
      book.served(booked.ref.uid);
    }
    const calls: CallBody[] = [];
    for (const [{ offerIds }, { infos, created }] of tasks) {
      calls.push(infos.length > 0 ? launchCall(offerIds, infos, created) : decline(offerIds, 0));
    }
    if (plan.declines.length > 0) calls.push(decline(plan.declines, UNFIT_REFUSE_SECONDS));
    return calls;
  }
}

function volumesOf({ need }: BookedRun): Pick<LaunchAttempt, 'volumes'> {
  if (need?.volumes === undefined) return {};
  const volumes = need.volumes.wanted.map(({ containerPath, persistenceId, size }) => ({
    containerPath,
    persistenceId,
    size,
  }));
  return { volumes };
}
