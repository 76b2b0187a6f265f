import { type Database, prepared, type Transaction } from '@carillon/event-store';
import type { EndedWorkflows } from '../../application/forget-workflows.js';
import {
  type LockedWorkflow,
  WORKFLOW,
  type Workflows,
  type WorkflowsWanted,
  workflowStreamOf,
} from '../../application/workflows.js';
import type { BegunWorkflow, WorkflowState } from '../../domain/workflow/workflow.state.js';
import { noWorkflow } from '../../domain/workflow/workflow.state.js';

/** '.' follows '-' in collation "C". */
const IS_WORKFLOW = `stream >= '${WORKFLOW}-' AND stream < '${WORKFLOW}.'`;
const RUNS = `((state->>'runs')::jsonb)`;
const AWAITS = `((state->>'awaits')::jsonb)`;
const MEMBERS = `((state->>'members')::jsonb)`;
/** What a round was begun by, or joined by. */
const ROOT_RUNS = `jsonb_path_query_array((state->>'jobs')::jsonb, '$[*] ? (@.parents.size() == 0).runId')`;
const STARTED_AT = `((state->>'startedAt')::bigint)`;

/** By what a workflow run is found: of its own streams only, and of most kinds the state says "none" when it has ended. */
export const WORKFLOW_INDEXES = `
  CREATE INDEX workflows_by_run ON streams USING gin (${RUNS}) WITH (fastupdate = off) WHERE ${IS_WORKFLOW};
  CREATE INDEX workflows_by_root ON streams USING gin (${AWAITS}) WITH (fastupdate = off) WHERE ${IS_WORKFLOW};
  CREATE INDEX workflows_by_member ON streams USING gin (${MEMBERS}) WITH (fastupdate = off) WHERE ${IS_WORKFLOW};
  CREATE INDEX workflows_by_start ON streams (${STARTED_AT}) WHERE ${IS_WORKFLOW};`;

/** So that a run which is heard of again is known. */
export const WORKFLOW_ROOTS_INDEX = `
  CREATE INDEX workflows_by_root_run ON streams USING gin ((${ROOT_RUNS})) WITH (fastupdate = off) WHERE ${IS_WORKFLOW};`;

const ALONE = prepared(`
  SELECT pg_advisory_xact_lock(hashtextextended(current_schema || '/' || key, 1))
  FROM (SELECT key FROM unnest($1::text[]) AS k (key) ORDER BY key) AS sorted`);
const CLOCK = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';
const NOW = prepared(`SELECT ${CLOCK}`);
const TAKE = prepared(`
  SELECT version, state, ${CLOCK} FROM streams
  WHERE stream = ANY (ARRAY(
    SELECT stream FROM streams WHERE ${IS_WORKFLOW} AND ${RUNS} ?| $1::text[]
    UNION SELECT stream FROM streams WHERE ${IS_WORKFLOW} AND ${AWAITS} ?| $2::text[]
    UNION SELECT stream FROM streams WHERE ${IS_WORKFLOW} AND ${ROOT_RUNS} ?| $3::text[]))
  ORDER BY stream FOR UPDATE`);
/** Of the job with the uid $1. */
export const MEMBER_STREAMS = `SELECT stream FROM streams WHERE ${IS_WORKFLOW} AND ${MEMBERS} ? $1`;

const GET = prepared('SELECT state FROM streams WHERE stream = $1');
const LIST = prepared(`
  SELECT state FROM streams WHERE ${IS_WORKFLOW} AND ($2::boolean IS FALSE OR state->>'status' = 'open')
  ORDER BY ${STARTED_AT} DESC LIMIT $1`);
const LIST_OF = prepared(`
  SELECT state FROM streams
  WHERE ${IS_WORKFLOW} AND ($2::boolean IS FALSE OR state->>'status' = 'open') AND ${MEMBERS} ? $3
  ORDER BY ${STARTED_AT} DESC LIMIT $1`);

/**
 * $1 how long ago, in ms; $2 at most so many. None has ended before it started, so the index by start finds them; who has not
 * ended has no instant of it.
 */
const FORGET = prepared(`
  WITH bound AS MATERIALIZED (SELECT floor(extract(epoch FROM now()) * 1000)::bigint - $1::bigint AS at), gone AS (
    DELETE FROM streams WHERE stream = ANY (ARRAY(
      SELECT stream FROM streams WHERE ${IS_WORKFLOW}
        AND ${STARTED_AT} < (SELECT at FROM bound) AND (state->>'endedAt')::bigint < (SELECT at FROM bound)
      ORDER BY ${STARTED_AT} LIMIT $2)) RETURNING 1)
  SELECT count(*)::int AS gone FROM gone`);

export class PostgresWorkflows implements Workflows, EndedWorkflows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async alone(tx: Transaction, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await tx.query(ALONE, [keys]);
  }

  async take(tx: Transaction, { runs = [], awaited = [], rootRuns = [] }: WorkflowsWanted) {
    const rows = await tx.query<LockedWorkflow & { now: number }>(TAKE, [runs, awaited, rootRuns]);
    // On the same connection: whoever waits for another while having one may wait for somebody who does likewise.
    const now = rows[0]?.now ?? (await tx.query<{ now: number }>(NOW))[0]?.now ?? Number.NaN;
    return { now, workflows: rows };
  }

  async get(workflowRunId: string): Promise<WorkflowState> {
    const [row] = await this.#database.query<{ state: WorkflowState }>(GET, [
      workflowStreamOf(workflowRunId),
    ]);
    return row?.state ?? noWorkflow;
  }

  async forget(olderThanMs: number, limit: number): Promise<number> {
    const [row] = await this.#database.query<{ gone: number }>(FORGET, [olderThanMs, limit]);
    return row?.gone ?? 0;
  }

  async list({ uid, openOnly, limit }: Parameters<Workflows['list']>[0]): Promise<BegunWorkflow[]> {
    const rows =
      uid === undefined
        ? await this.#database.query<{ state: BegunWorkflow }>(LIST, [limit, openOnly])
        : await this.#database.query<{ state: BegunWorkflow }>(LIST_OF, [limit, openOnly, uid]);
    return rows.map(({ state }) => state);
  }
}
