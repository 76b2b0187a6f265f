import { z } from 'zod';
import { ownJobSpecReader } from '../metronome/job-spec.reader.js';
import type { JsonSchema } from '../metronome/readers.js';
import { schemaOf } from './route.js';

const instant = z.iso.datetime();

export const eventSchema = z.object({
  position: z.number().int(),
  id: z.string(),
  type: z.string(),
  jobId: z.string(),
  time: instant,
  data: z.unknown(),
});

export const runStatus = z.enum(['queued', 'launched', 'running', 'ended']);
export const outcome = z.enum(['succeeded', 'failed', 'killed', 'timedOut', 'lost']);

const attemptSchema = z.object({
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
});

export const runSchema = z.object({
  jobId: z.string(),
  jobUid: z.string(),
  revision: z.number().int(),
  runId: z.string(),
  trigger: z.enum(['schedule', 'manual', 'dependency', 'backfill', 'event']),
  scheduleId: z.string().nullable(),
  status: runStatus,
  outcome: outcome.nullable(),
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
});

const schedule = z.object({
  id: z.string(),
  cron: z.string(),
  timezone: z.string(),
  startingDeadlineSeconds: z.number().int(),
  concurrencyPolicy: z.enum(['ALLOW', 'FORBID']),
  enabled: z.boolean(),
  nextDueAt: instant.nullable().describe('null: never, or disabled'),
});
export const scheduleSchema = schemaOf(schedule, 'output');
export const schedulesSchema = schemaOf(z.object({ schedules: z.array(schedule) }), 'output');

export const jobSchema: JsonSchema = {
  type: 'object',
  properties: {
    uid: { type: 'string', description: 'New at each creation' },
    revision: { type: 'integer', minimum: 1 },
    createdAt: { type: 'string', format: 'date-time' },
    definedAt: { type: 'string', format: 'date-time', description: 'Of this revision' },
    spec: ownJobSpecReader.schema,
  },
  required: ['uid', 'revision', 'createdAt', 'definedAt', 'spec'],
};

export const jobsSchema: JsonSchema = {
  type: 'object',
  properties: {
    jobs: { type: 'array', items: jobSchema },
    next: { type: ['string', 'null'], description: 'Ask after this one for more' },
  },
  required: ['jobs', 'next'],
};

export const previewSchema = schemaOf(
  z.object({
    cron: z.string().describe('In normal form'),
    timezone: z.string(),
    instants: z.array(
      z.object({
        dueAt: instant,
        offsetSeconds: z.number(),
        change: z
          .enum(['gap', 'overlap'])
          .nullable()
          .describe(
            'gap: its local time is skipped, due right after; overlap: its local time comes twice, due once',
          ),
      }),
    ),
  }),
  'output',
);

export const problemSchema = schemaOf(
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    instance: z.string(),
    code: z.string().optional().describe('Stable'),
    problems: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe('Every broken rule of a body, with its place as a JSON pointer'),
  }),
  'output',
);
