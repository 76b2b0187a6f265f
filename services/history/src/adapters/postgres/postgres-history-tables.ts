import type { RunKey } from '@carillon/contracts';
import { prepared, type Transaction } from '@carillon/event-store';
import type { HistoryTables } from '../../application/history-tables.js';
import type { AttemptFacts } from '../../domain/attempt-facts.js';
import { type EventRecord, eventKey } from '../../domain/event-record.js';
import type { JobLabels } from '../../domain/job-labels.js';
import { type RunFacts, runKey } from '../../domain/run-facts.js';
import type { StatisticsChange } from '../../domain/statistics.js';
import { toJson } from './json.js';

const LOCK = prepared('SELECT 1 FROM writer FOR UPDATE');

const RECORDED = prepared(`
  SELECT source, event_id AS "eventId" FROM public_events
   WHERE (source, event_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`);

// The rows arrive in the order of the array; the counter is this transaction's, so positions have no gaps.
const RECORD = prepared(`
  WITH moved AS (
    UPDATE writer SET last_position = last_position + json_array_length($1::json)
    RETURNING last_position - json_array_length($1::json) AS before
  )
  INSERT INTO public_events (position, source, event_id, type, job_id, uid, run_id, time, data, bytes)
  SELECT moved.before + e.ordinality, e."source", e."eventId", e."type", e."jobId", e."uid", e."runId", e."time", e."data",
         octet_length(e."data"::text)
    FROM moved, ROWS FROM (json_to_recordset($1::json) AS
      ("source" text, "eventId" text, "type" text, "jobId" text, "uid" text, "runId" text, "time" bigint, "data" json)
    ) WITH ORDINALITY AS e("source", "eventId", "type", "jobId", "uid", "runId", "time", "data", ordinality)`);

const COUNTED = prepared(`
  SELECT uid, run_id AS "runId" FROM runs
   WHERE (uid, run_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
     AND (ended_at IS NOT NULL OR skipped_at IS NOT NULL)`);

const MERGE_RUNS = prepared(`
  INSERT INTO runs AS r (uid, run_id, job_id, revision, trigger, schedule_id, due_at, start_deadline_at, decided_at,
    queued_at, skipped_at, skip_reason, launched_at, started_at, stop_requested_at, outcome, ended_at, reason, exit_code,
    workflow_run_id, backfill_id)
  SELECT * FROM json_to_recordset($1::json) AS
    ("uid" text, "runId" text, "jobId" text, "revision" int, "trigger" text, "scheduleId" text, "dueAt" bigint,
     "startDeadlineAt" bigint, "decidedAt" bigint, "queuedAt" bigint, "skippedAt" bigint, "skipReason" text,
     "launchedAt" bigint, "startedAt" bigint, "stopRequestedAt" bigint, "outcome" text, "endedAt" bigint,
     "reason" text, "exitCode" int, "workflowRunId" text, "backfillId" text)
  ON CONFLICT (uid, run_id) DO UPDATE SET
    workflow_run_id = coalesce(excluded.workflow_run_id, r.workflow_run_id),
    backfill_id = coalesce(excluded.backfill_id, r.backfill_id),
    revision = coalesce(excluded.revision, r.revision),
    trigger = coalesce(excluded.trigger, r.trigger),
    schedule_id = coalesce(excluded.schedule_id, r.schedule_id),
    due_at = coalesce(excluded.due_at, r.due_at),
    start_deadline_at = coalesce(excluded.start_deadline_at, r.start_deadline_at),
    decided_at = coalesce(excluded.decided_at, r.decided_at),
    queued_at = coalesce(excluded.queued_at, r.queued_at),
    skipped_at = coalesce(excluded.skipped_at, r.skipped_at),
    skip_reason = coalesce(excluded.skip_reason, r.skip_reason),
    launched_at = least(excluded.launched_at, r.launched_at),
    started_at = least(excluded.started_at, r.started_at),
    stop_requested_at = coalesce(excluded.stop_requested_at, r.stop_requested_at),
    outcome = coalesce(excluded.outcome, r.outcome),
    ended_at = coalesce(excluded.ended_at, r.ended_at),
    reason = coalesce(excluded.reason, r.reason),
    exit_code = coalesce(excluded.exit_code, r.exit_code)`);

const MERGE_ATTEMPTS = prepared(`
  INSERT INTO attempts AS a (uid, run_id, attempt, task_id, agent_id, hostname, launched_at, started_at, sandbox, state,
    reason, message, exit_code, ended_at)
  SELECT * FROM json_to_recordset($1::json) AS
    ("uid" text, "runId" text, "attempt" int, "taskId" text, "agentId" text, "hostname" text, "launchedAt" bigint,
     "startedAt" bigint, "sandbox" text, "state" text, "reason" text, "message" text, "exitCode" int, "endedAt" bigint)
  ON CONFLICT (uid, run_id, attempt) DO UPDATE SET
    agent_id = coalesce(excluded.agent_id, a.agent_id),
    hostname = coalesce(excluded.hostname, a.hostname),
    launched_at = coalesce(excluded.launched_at, a.launched_at),
    started_at = coalesce(excluded.started_at, a.started_at),
    sandbox = coalesce(excluded.sandbox, a.sandbox),
    state = coalesce(excluded.state, a.state),
    reason = coalesce(excluded.reason, a.reason),
    message = coalesce(excluded.message, a.message),
    exit_code = coalesce(excluded.exit_code, a.exit_code),
    ended_at = coalesce(excluded.ended_at, a.ended_at)`);

const ADD_STATISTICS = prepared(`
  INSERT INTO job_statistics AS s (uid, job_id, successes, failures, skipped, missed, last_success_at, last_failure_at,
    last_skipped_at, last_missed_at)
  SELECT * FROM json_to_recordset($1::json) AS
    ("uid" text, "jobId" text, "successes" bigint, "failures" bigint, "skipped" bigint, "missed" bigint,
     "lastSuccessAt" bigint, "lastFailureAt" bigint, "lastSkippedAt" bigint, "lastMissedAt" bigint)
  ON CONFLICT (uid) DO UPDATE SET
    successes = s.successes + excluded.successes,
    failures = s.failures + excluded.failures,
    skipped = s.skipped + excluded.skipped,
    missed = s.missed + excluded.missed,
    last_success_at = greatest(excluded.last_success_at, s.last_success_at),
    last_failure_at = greatest(excluded.last_failure_at, s.last_failure_at),
    last_skipped_at = greatest(excluded.last_skipped_at, s.last_skipped_at),
    last_missed_at = greatest(excluded.last_missed_at, s.last_missed_at)`);

const SET_LABELS = prepared(`
  INSERT INTO job_labels AS l (uid, revision, labels)
  SELECT * FROM json_to_recordset($1::json) AS ("uid" text, "revision" int, "labels" jsonb)
  ON CONFLICT (uid) DO UPDATE SET revision = excluded.revision, labels = excluded.labels
   WHERE excluded.revision > l.revision`);

export class PostgresHistoryTables implements HistoryTables {
  readonly #tx: Transaction;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  async becomeOnlyWriter(): Promise<void> {
    await this.#tx.query(LOCK);
  }

  async recordedAmong(events: readonly EventRecord[]): Promise<ReadonlySet<string>> {
    const rows = await this.#tx.query<Pick<EventRecord, 'source' | 'eventId'>>(RECORDED, [
      events.map((event) => event.source),
      events.map((event) => event.eventId),
    ]);
    return new Set(rows.map(eventKey));
  }

  async record(events: readonly EventRecord[]): Promise<void> {
    await this.#tx.query(RECORD, [toJson(events)]);
  }

  async countedAmong(runs: readonly RunKey[]): Promise<ReadonlySet<string>> {
    const rows = await this.#tx.query<RunKey>(COUNTED, [
      runs.map((run) => run.uid),
      runs.map((run) => run.runId),
    ]);
    return new Set(rows.map(runKey));
  }

  async mergeRuns(runs: readonly RunFacts[]): Promise<void> {
    await this.#tx.query(MERGE_RUNS, [toJson(runs)]);
  }

  async mergeAttempts(attempts: readonly AttemptFacts[]): Promise<void> {
    await this.#tx.query(MERGE_ATTEMPTS, [toJson(attempts)]);
  }

  async setLabels(labels: readonly JobLabels[]): Promise<void> {
    await this.#tx.query(SET_LABELS, [toJson(labels)]);
  }

  async addStatistics(changes: readonly StatisticsChange[]): Promise<void> {
    await this.#tx.query(ADD_STATISTICS, [toJson(changes)]);
  }
}
