import type { FindRunsRequest } from '@carillon/contracts';
import { ANSWER_BYTES } from './answer-bytes.js';
import { RUN } from './run-column.js';

/**
 * The statement that finds ended runs by the conditions given, and its parameters: its rows are so many runs as an answer
 * takes, each with how many were found within the limit. Planned with its values: which index
 * serves best depends on how much they let through.
 */
export function findingRuns(wanted: FindRunsRequest): [sql: string, parameters: unknown[]] {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = [wanted.outcome !== undefined && wanted.outcome !== 'succeeded' ? FAILED : ENDED];
  const when = <T>(given: T | undefined, condition: (of: string) => string) => {
    if (given !== undefined) conditions.push(condition(value(given)));
  };
  when(wanted.uid, (uid) => `r.uid = ${uid}`);
  when(wanted.jobPrefix?.replaceAll(/[\\%_]/g, '\\$&'), (prefix) => `r.job_id LIKE ${prefix} || '%'`);
  when(wanted.from, (from) => `r.queued_at >= ${from}`);
  when(wanted.until, (until) => `r.queued_at < ${until}`);
  when(wanted.exitCode, (code) => `${EXIT_CODE} = ${code}`);
  if (wanted.exitCode !== undefined && wanted.exitCode !== 0) {
    // That of any attempt, which there is an index of; most end with 0, and are found soon without.
    conditions.push(`(r.uid, r.run_id) IN (
    SELECT a.uid, a.run_id FROM attempts a WHERE a.exit_code <> 0 AND a.exit_code = ${value(wanted.exitCode)})`);
  }
  when(wanted.trigger, (trigger) => `r.trigger = ${trigger}`);
  when(wanted.outcome, (outcome) => `r.outcome = ${outcome}`);
  when(
    wanted.agent,
    (agent) => `(r.uid, r.run_id) IN (
    SELECT a.uid, a.run_id FROM attempts a WHERE a.agent_id = ${agent} OR a.hostname = ${agent})`,
  );
  if (Object.keys(wanted.labels).length > 0) {
    const labels = value(JSON.stringify(wanted.labels));
    conditions.push(`r.uid IN (SELECT l.uid FROM job_labels l WHERE l.labels @> ${labels}::jsonb)`);
  }
  if (wanted.before) {
    const { queuedAt, runId, uid } = wanted.before;
    conditions.push(
      `(r.queued_at, r.run_id COLLATE "C", r.uid COLLATE "C") < (${value(queuedAt)}::bigint, ${value(runId)}, ${value(uid)})`,
    );
  }
  const page = `SELECT r.queued_at AS queued, r.run_id COLLATE "C" AS id, r.uid COLLATE "C" AS of, ${RUN} FROM runs r
    WHERE ${conditions.join(' AND ')}
    ORDER BY r.queued_at DESC, r.run_id COLLATE "C" DESC, r.uid COLLATE "C" DESC LIMIT ${value(wanted.limit)}`;
  const sql = `SELECT run, found FROM (
    SELECT *, count(*) OVER ()::int AS found,
           sum(octet_length(run::text)) OVER (ORDER BY queued DESC, id DESC, of DESC) - octet_length(run::text) AS bytes_before
      FROM (${page}) page) sized
    WHERE bytes_before < ${ANSWER_BYTES} ORDER BY queued DESC, id DESC, of DESC`;
  return [sql, values];
}

const ENDED = `r.list IN ('success', 'failure')`;
const FAILED = `r.list = 'failure'`;
/** Of the last attempt, as it is shown. */
const EXIT_CODE = `(SELECT a.exit_code FROM attempts a WHERE a.uid = r.uid AND a.run_id = r.run_id
  ORDER BY a.attempt DESC LIMIT 1)`;
