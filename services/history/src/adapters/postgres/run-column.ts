/** The row `r` of runs as contracts' Run; JSON, so that numbers come as numbers and what is absent stays absent. */
export const RUN = `json_strip_nulls(json_build_object(
  'jobId', r.job_id, 'uid', r.uid, 'revision', r.revision, 'runId', r.run_id, 'trigger', r.trigger,
  'scheduleId', nullif(r.schedule_id, ''), 'dueAt', r.due_at, 'queuedAt', r.queued_at, 'status', 'ended', 'outcome', r.outcome,
  'endedAt', r.ended_at, 'reason', r.reason, 'workflowRunId', r.workflow_run_id, 'backfillId', r.backfill_id,
  'stopRequested', r.stop_requested_at IS NOT NULL,
  'attempts', coalesce((
    SELECT json_agg(json_build_object(
      'attempt', a.attempt, 'taskId', a.task_id, 'agentId', coalesce(a.agent_id, ''),
      'hostname', coalesce(a.hostname, ''),
      'state', coalesce(a.state, CASE WHEN a.started_at IS NULL THEN 'TASK_STAGING' ELSE 'TASK_RUNNING' END),
      'launchedAt', coalesce(a.launched_at, 0), 'startedAt', a.started_at, 'endedAt', a.ended_at,
      'exitCode', a.exit_code, 'reason', a.reason, 'message', a.message, 'sandbox', a.sandbox) ORDER BY a.attempt)
      FROM attempts a WHERE a.uid = r.uid AND a.run_id = r.run_id), '[]'))) AS run`;
