import { z } from 'zod';

const instant = z.iso.datetime();

export const eventSchema = z
  .object({
    position: z.number().int(),
    id: z.string(),
    type: z.string(),
    jobId: z.string(),
    time: instant,
    data: z.unknown(),
  })
  .meta({ id: 'Event' });

export const attemptSchema = z
  .object({
    attempt: z.number().int(),
    taskId: z.string(),
    agentId: z.string(),
    hostname: z.string(),
    state: z.string(),
    launchedAt: instant.nullable(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    exitCode: z.number().int().nullable(),
    reason: z.string().nullable(),
    message: z.string().nullable(),
    sandbox: z.string().nullable(),
  })
  .meta({ id: 'Attempt' });

export const runSchema = z
  .object({
    jobId: z.string(),
    jobUid: z.string(),
    revision: z.number().int(),
    runId: z.string(),
    trigger: z.enum(['schedule', 'manual', 'dependency', 'backfill', 'event']),
    scheduleId: z.string().nullable(),
    status: z.enum(['queued', 'launched', 'running', 'ended']),
    outcome: z.enum(['succeeded', 'failed', 'killed', 'timedOut', 'lost']).nullable(),
    reason: z.string().nullable(),
    exitCode: z.number().int().nullable(),
    stopRequested: z.boolean(),
    dueAt: instant.nullable(),
    queuedAt: instant.nullable(),
    endedAt: instant.nullable(),
    lagMs: z.object({
      queued: z.number(),
      launched: z.number().nullable(),
      started: z.number().nullable(),
      ended: z.number().nullable(),
    }),
    attempts: z.array(attemptSchema),
  })
  .meta({ id: 'Run' });
