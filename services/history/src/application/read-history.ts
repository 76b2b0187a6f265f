import {
  type FindRunsRequest,
  type FindRunsResponse,
  type GetSummariesRequest,
  type GetSummariesResponse,
  type GetSkipsRequest,
  type GetSkipsResponse,
  type HaveRunsRequest,
  type HaveRunsResponse,
  type HistoryApi,
  type ListEndedRunsRequest,
  type ListEndedRunsResponse,
  type ListEventsRequest,
  type ListEventsResponse,
  type ListRecentRunsRequest,
  type ListRecentRunsResponse,
  type Run,
  type RunRequest,
} from '@carillon/contracts';
import { notFound } from '@carillon/event-sourcing';
import type { HistoryReader } from './history-reader.js';

const EVENTS_AT_MOST = 1_000;
/** One more than the largest page of who asks, which tells whether there are others. */
const RUNS_AT_MOST = 1_001;

/** Answers what happened. Lists are bounded by the retention, counts are not. A limit of 0 asks for all there is. */
export class ReadHistory implements HistoryApi {
  readonly #reader: HistoryReader;
  readonly #runsPerList: number;

  constructor(reader: HistoryReader, runsPerList: number) {
    this.#reader = reader;
    this.#runsPerList = runsPerList;
  }

  async listEndedRuns({ uid, limit, outcome }: ListEndedRunsRequest): Promise<ListEndedRunsResponse> {
    const perList = this.#runsPerList;
    const all = perList * 2;
    return {
      runs: await this.#reader.endedRuns({ uid, perList, limit: bounded(limit, all), outcome }),
    };
  }

  async findRuns(request: FindRunsRequest): Promise<FindRunsResponse> {
    return this.#reader.findRuns({ ...request, limit: bounded(request.limit, RUNS_AT_MOST) });
  }

  async getEndedRun({ jobId, uid, runId }: RunRequest): Promise<Run> {
    const run = await this.#reader.endedRun({ uid, runId });
    if (!run) throw notFound('runNotFound', `job ${jobId} has no ended run ${runId}`, { jobId, runId });
    return run;
  }

  async listRecentRuns({ uids, limit }: ListRecentRunsRequest): Promise<ListRecentRunsResponse> {
    return { runs: await this.#reader.recentRuns(uids, bounded(limit, this.#runsPerList)) };
  }

  async getSummaries({ uids }: GetSummariesRequest): Promise<GetSummariesResponse> {
    const known = new Map((await this.#reader.summaries(uids)).map((summary) => [summary.uid, summary]));
    return {
      summaries: uids.map(
        (uid) => known.get(uid) ?? { uid, successCount: 0, failureCount: 0, skippedCount: 0, missedCount: 0 },
      ),
    };
  }

  async haveRuns({ runs }: HaveRunsRequest): Promise<HaveRunsResponse> {
    return { runs: runs.length === 0 ? [] : await this.#reader.endedAmong(runs) };
  }

  async getSkips({ runs }: GetSkipsRequest): Promise<GetSkipsResponse> {
    return { skips: runs.length === 0 ? [] : await this.#reader.skipsAmong(runs) };
  }

  async listEvents({ after, limit, jobId, runId }: ListEventsRequest): Promise<ListEventsResponse> {
    const wanted = { after, limit: bounded(limit, EVENTS_AT_MOST), jobId, runId };
    const events = await this.#reader.eventsAfter(wanted);
    return events.length > 0 ? { events } : { events, end: await this.#reader.lastPosition() };
  }
}

const bounded = (limit: number, most: number) => (limit <= 0 ? most : Math.min(limit, most));
