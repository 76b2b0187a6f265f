import type {
  GetPlacementResponse,
  ListQueueRequest,
  ListQueueResponse,
  QueuedRun,
  RunRequest,
} from '@carillon/contracts';
import type { AgentOffers } from '../../domain/offers/agent-offers.js';
import type { AgentRules } from '../../domain/offers/agent-rules.js';
import { explain, lackKind } from '../../domain/offers/explain.js';
import { JobSpread } from '../../domain/offers/spread.js';
import { blockerOf } from '../../domain/run/overlap.js';
import { holderOf, persistentPaths } from '../../domain/volumes/volume-holder.js';
import { runKey } from '../run-keys.js';
import { toStoppedRun } from '../run-view.js';
import { type BookedRun, placesOf, type RunBook } from './run-book.js';

/** What the launch loop looked at last, kept for who asks; nothing is computed before that. */
export interface LastLook {
  readonly at: number;
  readonly agents: readonly AgentOffers[];
}

export interface QueueReportOptions {
  readonly book: RunBook;
  readonly lastLook: () => LastLook | undefined;
  readonly rules: () => AgentRules;
  /** Why nothing at all is launched now; undefined: launching goes on. */
  readonly standstill: () => string | undefined;
  readonly clock: () => number;
}

const MOST_LACKS = 100;
const MOST_RUNS = 1_000;
/** A list of many runs looks at so many agents for each need. */
const AGENTS_PER_NEED = 200;

/** Why queued runs wait, from the leader's memory. */
export class QueueReport {
  readonly #o: QueueReportOptions;

  constructor(options: QueueReportOptions) {
    this.#o = options;
  }

  /** Undefined: no active run. */
  placement({ jobId, uid, runId }: RunRequest): GetPlacementResponse | undefined {
    const booked = this.#o.book.get(runKey({ uid, runId }));
    if (booked === undefined) return undefined;
    const { status } = booked.run;
    if (status !== 'queued') return { jobId, runId, status, offers: 0, lacks: [] };
    const look = this.#o.lastLook();
    const waitsFor = this.#waitsFor(booked, look);
    const looked = this.#wasLookedAt(booked, look) ? look : undefined;
    const lacks = looked ? this.#lacksOf(booked, looked.agents) : [];
    return {
      ...{ jobId, runId, status, offers: looked?.agents.length ?? 0 },
      lacks: lacks.filter((of) => of.lacks.length > 0).slice(0, MOST_LACKS),
      ...(looked ? { lookedAt: looked.at } : {}),
      ...(waitsFor === undefined ? {} : { waitsFor }),
    };
  }

  queue({ jobId, limit }: ListQueueRequest): ListQueueResponse {
    const waiting: BookedRun[] = [];
    for (const booked of this.#o.book.all()) {
      if (booked.run.status !== 'queued') continue;
      if (jobId === undefined || booked.run.jobId === jobId) waiting.push(booked);
    }
    waiting.sort(({ run: one }, { run: other }) => one.queuedAt - other.queuedAt || one.dueAt - other.dueAt);
    const look = this.#o.lastLook();
    const summaries = new Map<string, string | undefined>();
    const runs = waiting.slice(0, Math.min(Math.max(limit, 1), MOST_RUNS)).map((booked): QueuedRun => {
      const reason = this.#waitsFor(booked, look) ?? this.#summary(booked, look, summaries);
      return { run: toStoppedRun(booked.run), ...(reason === undefined ? {} : { reason }) };
    });
    return { runs, total: waiting.length };
  }

  /** What the run waits for, when it is no place. */
  #waitsFor(booked: BookedRun, look: LastLook | undefined): string | undefined {
    const { book, standstill, clock } = this.#o;
    const { run, ref, need } = booked;
    const stopped = standstill();
    if (stopped !== undefined) return stopped;
    if (run.status === 'queued' && run.attemptCount > 0 && run.notBefore > clock()) {
      return `the delay before attempt ${run.attemptCount + 1}, until ${new Date(run.notBefore).toISOString()}`;
    }
    const blocker = blockerOf(booked, book.ofJob(ref.uid));
    if (blocker) return `run ${blocker.run.runId} of the same job to end`;
    if (need === undefined) return 'its revision to be read';
    const paths = booked.job ? persistentPaths(booked.job.spec.run) : [];
    const holder = run.status === 'queued' ? holderOf(paths, book.ofJob(ref.uid)) : undefined;
    if (holder)
      return `run ${holder.run.runId} of the same job to end: it has the volume ${paths.join(', ')}`;
    return this.#wasLookedAt(booked, look) ? undefined : 'offers: none has come since it was queued';
  }

  #wasLookedAt({ run, need }: BookedRun, look: LastLook | undefined): look is LastLook {
    return look !== undefined && need !== undefined && look.at >= run.queuedAt && look.agents.length > 0;
  }

  #lacksOf({ need, ref }: BookedRun, agents: readonly AgentOffers[]) {
    if (need === undefined) return [];
    const { book, rules } = this.#o;
    return explain(agents, need, rules(), new JobSpread(placesOf(book, ref.uid)));
  }

  #summary(booked: BookedRun, look: LastLook | undefined, known: Map<string, string | undefined>) {
    const { need, ref } = booked;
    if (look === undefined || need === undefined) return undefined;
    const key = need.spread.length > 0 ? `${ref.uid}\n${need.shape}` : need.shape;
    if (!known.has(key)) known.set(key, this.#summarise(booked, look.agents));
    return known.get(key);
  }

  /** Such as `of 3 agents 2 lack cpus, 1 constraint rack UNIQUE`. */
  #summarise(booked: BookedRun, agents: readonly AgentOffers[]): string | undefined {
    const counts = new Map<string, number>();
    const looked = this.#lacksOf(booked, agents.slice(0, AGENTS_PER_NEED));
    for (const { lacks } of looked) {
      for (const kind of new Set(lacks.map(lackKind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    // Some would take it: it is a matter of its turn.
    if (counts.size === 0 || looked.some(({ lacks }) => lacks.length === 0)) return 'its turn';
    const all = [...counts].sort(([, one], [, other]) => other - one);
    return `of ${looked.length} agents ${all.map(([kind, count]) => `${count} lack ${kind}`).join(', ')}`;
  }
}
