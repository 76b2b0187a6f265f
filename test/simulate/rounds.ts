import type { EventRow } from './memory-tables.js';
import { holds } from './violation.js';

const ROUND = 'each job of a round runs once in it';
const PARENTS = 'parents have succeeded before a child runs, and a child whose parents have runs';

interface Member {
  readonly jobId: string;
  readonly uid: string;
  readonly parents: readonly string[];
}

interface Round {
  readonly members: ReadonlyMap<string, Member>;
  /** What runs in it, by job id. */
  readonly runs: Map<string, { readonly uid: string; readonly runId: string }>;
  readonly notRun: Set<string>;
}

interface Outcome {
  readonly outcome: string;
  readonly endedAt: number;
}

/** Outcomes that are kept: a round may begin after its first run has ended. Far more than timers lag behind by. */
const MOST_OUTCOMES = 200_000;

/** The rounds of jobs that depend on each other, against how their runs ended as the framework has it. */
export class Rounds {
  /** The dependencies that each job has had. */
  readonly #dependencies = new Map<string, Set<string>>();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #rounds = new Map<string, Round>();
  readonly #isRemoved: (uid: string) => boolean;

  constructor(isRemoved: (uid: string) => boolean) {
    this.#isRemoved = isRemoved;
  }

  registryEvent({ type, data }: EventRow): void {
    if (type !== 'JobDefined') return;
    const { uid, spec } = data as { uid: string; spec: { dependencies: readonly { id: string }[] } };
    const ids = spec.dependencies.map(({ id }) => id);
    if (ids.length === 0) return;
    this.#dependencies.set(uid, (this.#dependencies.get(uid) ?? new Set()).add(listed(ids)));
  }

  frameworkEvent({ type, data }: EventRow): void {
    if (type !== 'RunEnded') return;
    const { uid, runId, outcome, endedAt } = data as Outcome & {
      uid: string;
      runId: string;
    };
    this.#outcomes.set(`${uid}/${runId}`, { outcome, endedAt });
    const [oldest = ''] = this.#outcomes.keys();
    if (this.#outcomes.size > MOST_OUTCOMES) this.#outcomes.delete(oldest);
  }

  /** Of the stream of a workflow run. */
  workflowEvent({ stream, type, data }: EventRow): void {
    const { jobId, uid, runId = '' } = data as { jobId: string; uid: string; runId?: string };
    if (type === 'WorkflowRunStarted') {
      this.#begin(stream, { jobId, uid, runId }, (data as { jobs: readonly Member[] }).jobs);
      return;
    }
    const round = this.#rounds.get(stream);
    holds(round !== undefined, ROUND, () => `${type} of ${stream}, which is not open`);
    if (type === 'WorkflowRootJoined') round.runs.set(jobId, { uid, runId });
    else if (type === 'RunDue') this.#due(stream, round, data as never);
    else if (type === 'WorkflowJobNotRun') this.#notRun(stream, round, data as never);
    else if (type === 'WorkflowRunEnded') {
      for (const { jobId: id } of round.members.values()) {
        const isSettled = round.runs.has(id) || round.notRun.has(id);
        holds(isSettled, PARENTS, () => `${stream} ends, and ${id} neither ran nor was left out`);
      }
      this.#rounds.delete(stream);
    }
  }

  #begin(
    stream: string,
    { jobId, uid, runId }: { jobId: string; uid: string; runId: string },
    jobs: readonly Member[],
  ) {
    holds(!this.#rounds.has(stream), ROUND, () => `${stream} begins twice`);
    for (const job of jobs) {
      const known = job.parents.length === 0 || this.#dependencies.get(job.uid)?.has(listed(job.parents));
      holds(known === true, PARENTS, () => `${job.jobId} never depended on ${job.parents.join()}`);
    }
    this.#rounds.set(stream, {
      members: new Map(jobs.map((job) => [job.jobId, job])),
      runs: new Map([[jobId, { uid, runId }]]),
      notRun: new Set(),
    });
  }

  #due(
    stream: string,
    round: Round,
    run: { jobId: string; uid: string; runId: string; dueAt: number },
  ): void {
    const { jobId, uid, runId, dueAt } = run;
    holds(!round.runs.has(jobId), ROUND, () => `${jobId} runs twice in ${stream}`);
    const ends = (round.members.get(jobId)?.parents ?? []).map((parent) => {
      const ended = this.#outcomeOf(round, parent);
      const how = ended?.outcome ?? 'not ended';
      holds(
        ended?.outcome === 'succeeded',
        PARENTS,
        () => `${jobId} is due in ${stream}, and ${parent} has ${how}`,
      );
      return ended.endedAt;
    });
    const last = Math.max(...ends);
    holds(
      last === dueAt,
      PARENTS,
      () => `${jobId} is due at ${dueAt}, the last of its parents ended at ${last}`,
    );
    round.runs.set(jobId, { uid, runId });
  }

  #notRun(stream: string, round: Round, left: { jobId: string; uid: string; reason: string }): void {
    const { jobId, uid, reason } = left;
    round.notRun.add(jobId);
    const isGone = reason !== 'jobRemoved' || this.#isRemoved(uid);
    holds(isGone, PARENTS, () => `${jobId} (${uid}) is left out of ${stream} as if it were removed`);
    if (reason !== 'parentFailed') return;
    const parents = round.members.get(jobId)?.parents ?? [];
    const failed = parents.some(
      (parent) => (this.#outcomeOf(round, parent)?.outcome ?? 'succeeded') !== 'succeeded',
    );
    holds(failed, PARENTS, () => `${jobId} is left out of ${stream} as if a parent had failed`);
  }

  #outcomeOf(round: Round, jobId: string): Outcome | undefined {
    const run = round.runs.get(jobId);
    return run && this.#outcomes.get(`${run.uid}/${run.runId}`);
  }
}

const listed = (ids: readonly string[]) => [...ids].sort().join(' ');
