import type {
  FindRunsRequest,
  FindRunsResponse,
  RecordedEvent,
  Run,
  RunKey,
  Skip,
  Summary,
} from '@carillon/contracts';
import { prepared, type Prepared, type Queries } from '@carillon/event-store';
import type { HistoryReader } from '../../application/history-reader.js';
import { ANSWER_BYTES } from './answer-bytes.js';
import { findingRuns } from './find-runs.js';
import { RUN } from './run-column.js';

const newest = (uid: string, list: string, limit: string) =>
  `(SELECT * FROM runs WHERE uid = ${uid} AND list = ${list} ORDER BY listed_at DESC, run_id DESC LIMIT ${limit})`;

const ENDED_RUNS = prepared(`
  SELECT ${RUN} FROM (${newest('$1', `'success'`, '$2')} UNION ALL ${newest('$1', `'failure'`, '$2')}) r
   WHERE $3::text IS NULL OR r.outcome = $3
   ORDER BY r.listed_at DESC, r.run_id DESC LIMIT $4`);

const ENDED_RUN = prepared(
  `SELECT ${RUN} FROM runs r WHERE uid = $1 AND run_id = $2 AND list IN ('success', 'failure')`,
);

const RECENT_RUNS = prepared(`
  SELECT ${RUN}
    FROM unnest($1::text[]) WITH ORDINALITY AS asked(uid, place)
   CROSS JOIN (VALUES ('success'), ('failure')) AS lists(list)
   CROSS JOIN LATERAL ${newest('asked.uid', 'lists.list', '$2')} r
   ORDER BY asked.place, r.listed_at DESC, r.run_id DESC`);

const SUMMARIES = prepared(`
  SELECT json_strip_nulls(json_build_object(
    'uid', uid, 'successCount', successes, 'failureCount', failures, 'lastSuccessAt', last_success_at,
    'lastFailureAt', last_failure_at, 'skippedCount', skipped, 'missedCount', missed)) AS summary
    FROM job_statistics WHERE uid = ANY($1)`);

const ENDED_AMONG = prepared(`
  SELECT asked.uid, asked.run_id AS "runId"
    FROM unnest($1::text[], $2::text[]) AS asked(uid, run_id)
   WHERE EXISTS (SELECT FROM runs r
                  WHERE r.uid = asked.uid AND r.run_id = asked.run_id AND r.list IN ('success', 'failure'))
      OR EXISTS (SELECT FROM public_events e
                  WHERE e.run_id = asked.run_id AND e.uid = asked.uid AND e.type = 'carillon.RunEnded')`);

const SKIPS_AMONG = prepared(`
  SELECT uid, run_id AS "runId", coalesce(skip_reason, '') AS reason FROM runs
   WHERE (uid, run_id) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND list = 'skipped'`);

// A large document is not read before it is known to be in the answer; events of older versions do not have their size.
const eventsWhere = (condition: string) =>
  prepared(`
  SELECT position::float8 AS position, type, event_id AS "eventId", job_id AS "jobId", time::float8, data::text AS "dataJson"
    FROM (SELECT *, sum(size) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) - size AS bytes_before
            FROM (SELECT position, type, event_id, job_id, time, data, coalesce(bytes, octet_length(data::text)) AS size
                    FROM public_events WHERE position > $1 AND ${condition} ORDER BY position LIMIT $2) page) sized
   WHERE bytes_before < ${ANSWER_BYTES} ORDER BY sized.position`);
const EVENTS = eventsWhere('true');
const EVENTS_OF_JOB = eventsWhere('job_id = $3');
const EVENTS_OF_RUN = eventsWhere('($3::text IS NULL OR job_id = $3) AND run_id = $4');

const LAST_POSITION = prepared('SELECT last_position::float8 AS position FROM writer');

export class PostgresHistoryReader implements HistoryReader {
  readonly #database: Queries;

  constructor(database: Queries) {
    this.#database = database;
  }

  async endedRuns({
    uid,
    perList,
    limit,
    outcome,
  }: Parameters<HistoryReader['endedRuns']>[0]): Promise<Run[]> {
    const considered = outcome === undefined ? Math.min(perList, limit) : perList;
    return this.#runs(ENDED_RUNS, [uid, considered, outcome ?? null, limit]);
  }

  async findRuns(wanted: FindRunsRequest): Promise<FindRunsResponse> {
    const rows = await this.#database.query<{ run: Run; found: number }>(...findingRuns(wanted));
    const runs = rows.map(({ run }) => run);
    const last = rows.at(-1);
    if (!last || rows.length === last.found) return { runs };
    const { queuedAt, runId, uid } = last.run;
    return { runs, next: { queuedAt, runId, uid } };
  }

  async endedRun({ uid, runId }: RunKey): Promise<Run | undefined> {
    const [run] = await this.#runs(ENDED_RUN, [uid, runId]);
    return run;
  }

  async recentRuns(uids: readonly string[], limit: number): Promise<Run[]> {
    return this.#runs(RECENT_RUNS, [uids, limit]);
  }

  async summaries(uids: readonly string[]): Promise<Summary[]> {
    const rows = await this.#database.query<{ summary: Summary }>(SUMMARIES, [uids]);
    return rows.map((row) => row.summary);
  }

  endedAmong(runs: readonly RunKey[]): Promise<RunKey[]> {
    return this.#database.query<RunKey>(ENDED_AMONG, columnsOf(runs));
  }

  skipsAmong(runs: readonly RunKey[]): Promise<Skip[]> {
    return this.#database.query<Skip>(SKIPS_AMONG, columnsOf(runs));
  }

  eventsAfter({
    after,
    limit,
    jobId,
    runId,
  }: Parameters<HistoryReader['eventsAfter']>[0]): Promise<RecordedEvent[]> {
    if (runId !== undefined) return this.#database.query(EVENTS_OF_RUN, [after, limit, jobId ?? null, runId]);
    if (jobId !== undefined) return this.#database.query(EVENTS_OF_JOB, [after, limit, jobId]);
    return this.#database.query(EVENTS, [after, limit]);
  }

  async lastPosition(): Promise<number> {
    const [writer] = await this.#database.query<{ position: number }>(LAST_POSITION);
    return writer?.position ?? 0;
  }

  async #runs(sql: Prepared, parameters: readonly unknown[]): Promise<Run[]> {
    const rows = await this.#database.query<{ run: Run }>(sql, parameters);
    return rows.map((row) => row.run);
  }
}

const columnsOf = (runs: readonly RunKey[]) => [runs.map(({ uid }) => uid), runs.map(({ runId }) => runId)];
