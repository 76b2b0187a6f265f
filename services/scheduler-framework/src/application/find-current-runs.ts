import type { FindCurrentRunsRequest, FindCurrentRunsResponse, Run } from '@carillon/contracts';
import type { ReadRuns } from './read-runs.js';
import { placeOf, type RunIndex, type WantedRows } from './run-index.js';

const MOST = 1001;
const READ_AT_ONCE = 1_000;
/** For one answer: whoever looks for a needle among a hundred thousand waiting runs asks again. */
const MOST_LOOKED_AT = 10_000;

/** Active runs, and ended ones until history has them, that meet conditions: page by page, the one queued last first. */
export class FindCurrentRuns {
  readonly #index: RunIndex;
  readonly #read: ReadRuns;

  constructor(index: RunIndex, read: ReadRuns) {
    this.#index = index;
    this.#read = read;
  }

  async find({ limit: asked, before, ...wanted }: FindCurrentRunsRequest): Promise<FindCurrentRunsResponse> {
    const limit = asked <= 0 ? MOST : Math.min(asked, MOST);
    const runs: Run[] = [];
    let place = before;
    // Nearly always all that are looked at meet the conditions. Where they do not, as many as are looked at for one answer.
    for (const size of [limit, MOST_LOOKED_AT]) {
      const { rows, next } = await this.#index.page({ ...rowsOf(wanted), before: place, limit: size });
      for (let from = 0; from < rows.length; from += READ_AT_ONCE) {
        for (const run of await this.#read.load(rows.slice(from, from + READ_AT_ONCE))) {
          if (!meets(run, wanted)) continue;
          runs.push(run);
          if (runs.length === limit) return { runs, next: placeOf(run) };
        }
      }
      if (next === undefined) return { runs };
      place = next;
    }
    return { runs, ...(place === undefined ? {} : { next: place }) };
  }
}

type Wanted = Omit<FindCurrentRunsRequest, 'limit' | 'before'>;

/** What the rows and states can tell; `meets` has the last word. */
function rowsOf({ uid, jobPrefix, from, until, ...run }: Wanted): Omit<WantedRows, 'limit'> {
  const { status, trigger, agent, exitCode, outcome } = run;
  const state = {
    ...(status === undefined || status === 'ended' ? {} : { status }),
    trigger,
    hasBegun: agent !== undefined || exitCode !== undefined,
    isEnding: status === 'ended' || outcome !== undefined,
  };
  return { uid, jobPrefix, from, until, state };
}

function meets(run: Run, { agent, exitCode, trigger, outcome, status }: Wanted): boolean {
  return (
    (agent === undefined ||
      run.attempts.some(({ agentId, hostname }) => agentId === agent || hostname === agent)) &&
    (exitCode === undefined || run.attempts.at(-1)?.exitCode === exitCode) &&
    (trigger === undefined || run.trigger === trigger) &&
    (outcome === undefined || run.outcome === outcome) &&
    (status === undefined || run.status === status)
  );
}
