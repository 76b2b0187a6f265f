import {
  catchUpPolicyValues,
  concurrencyPolicyValues,
  dueVerdictValues,
  plannedActionValues,
  runOutcomeValues,
  runStatusValues,
  triggerValues,
  workflowStepValues,
} from '@carillon/contracts';
import { z } from 'zod';
import type { JsonSchema } from '../metronome/readers.js';
import { CONSUMING } from '../application/backends.js';
import { named } from './named.js';
import { schemaOf } from './route.js';
import { ownJobSpecReader } from './spec/job.reader.js';

const instant = z.iso.datetime();
const integer = z.number().int();
const shape = (schema: z.ZodType) => schemaOf(schema, 'output');

export const runStatus = z.enum(runStatusValues);
export const outcome = z.enum(runOutcomeValues);
export const trigger = z.enum(triggerValues);

export const list = (name: string, items: JsonSchema, next?: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { [name]: { type: 'array', items }, ...(next ? { next } : {}) },
  required: [name, ...(next ? ['next'] : [])],
});

/** Where to go on; null at the end. */
export const cursor: JsonSchema = {
  type: ['string', 'null'],
  description: 'Ask for what comes after it; null: that was all',
};

const event = z.object({
  position: integer,
  id: z.string(),
  type: z.string(),
  jobId: z.string(),
  time: instant,
  data: z.record(z.string(), z.unknown()),
});
export const eventSchema = named('Event', shape(event));
export const eventsSchema = list('events', eventSchema, { type: ['integer', 'null'] });

const attempt = z.object({
  attempt: integer,
  taskId: z.string(),
  agentId: z.string(),
  hostname: z.string(),
  state: z.string(),
  launchedAt: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  exitCode: integer.nullable(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  sandbox: z.string().nullable(),
});
const run = z.object({
  jobId: z.string(),
  jobUid: z.string(),
  revision: integer,
  runId: z.string(),
  trigger,
  scheduleId: z.string().nullable(),
  workflowRunId: z.string().nullable(),
  backfillId: z.string().nullable(),
  status: runStatus,
  outcome: outcome.nullable(),
  reason: z.string().nullable(),
  exitCode: integer.nullable().describe('Of the last attempt'),
  agentId: z.string().nullable().describe('Of the last attempt'),
  hostname: z.string().nullable(),
  sandbox: z.string().nullable(),
  stopRequested: z.boolean(),
  dueAt: instant.nullable(),
  queuedAt: instant.nullable(),
  endedAt: instant.nullable(),
  lagMs: z
    .object({
      queued: z.number(),
      launched: z.number().nullable(),
      started: z.number().nullable(),
      ended: z.number().nullable(),
    })
    .describe('From the due instant to each hop'),
  overrides: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe(
      'What it has instead of its job’s; null where there is nothing, and once only history has the run',
    ),
  attempts: z.array(attempt),
});
const runShape = shape(run);
export const runSchema = named('Run', runShape);
export const runsSchema = list('runs', runSchema, cursor);
/** One schema of its own: a closed one, such as that of a run, cannot be added to with allOf. */
export const runDetailSchema = named('RunDetail', {
  ...runShape,
  properties: {
    ...(runShape['properties'] as Record<string, JsonSchema>),
    events: { type: 'array', items: eventSchema, description: 'When asked for, oldest first' },
  },
});

const schedule = z.object({
  id: z.string(),
  cron: z.string().optional(),
  interval: z.string().optional(),
  rrule: z.string().optional(),
  at: instant.optional(),
  timezone: z.string(),
  startingDeadlineSeconds: integer,
  concurrencyPolicy: z.enum(concurrencyPolicyValues),
  queueLimit: integer.optional(),
  catchUp: z.object({ policy: z.enum(catchUpPolicyValues), limit: integer.optional() }).optional(),
  from: instant.optional(),
  until: instant.optional(),
  maxRuns: integer.optional(),
  jitterSeconds: integer.optional(),
  excludedCalendar: z.string().optional(),
  enabled: z.boolean(),
  nextDueAt: instant.nullable().describe('null: never, disabled, or not to be computed'),
  problem: z
    .string()
    .optional()
    .describe('Why its due instants cannot be computed: nothing runs until it is mended'),
});
export const scheduleSchema = named('Schedule', shape(schedule));
export const schedulesSchema = list('schedules', scheduleSchema);

export const specSchema = named('JobSpec', ownJobSpecReader.schema);
const pause = z
  .object({ pausedAt: instant, until: instant.nullable(), reason: z.string().nullable() })
  .nullable();
const version = {
  uid: { type: 'string', description: 'New at each creation' },
  revision: { type: 'integer', minimum: 1 },
  createdAt: { type: 'string', format: 'date-time' },
  definedAt: { type: 'string', format: 'date-time', description: 'Of this revision' },
};
const object = (properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

export const jobSchema = named(
  'Job',
  object(
    {
      ...version,
      pause: { ...shape(pause), description: 'Due instants make no runs until then; null: it is not paused' },
      spec: specSchema,
      activeRuns: { type: 'array', items: runSchema, description: 'When asked for' },
      summary: {
        ...shape(
          z.object({
            successCount: integer,
            failureCount: integer,
            lastSuccessAt: instant.nullable(),
            lastFailureAt: instant.nullable(),
          }),
        ),
        description: 'When asked for',
      },
    },
    ['activeRuns', 'summary'],
  ),
);
export const jobsSchema = list('jobs', jobSchema, cursor);

export const revisionSchema = named(
  'Revision',
  object({ ...version, change: { type: 'string', description: 'What made it' }, spec: specSchema }),
);
export const revisionsSchema = list('revisions', revisionSchema, { type: ['integer', 'null'] });

const difference = named(
  'Difference',
  object(
    {
      pointer: { type: 'string', description: 'RFC 6901; items of lists by their id or name' },
      before: {},
      after: {},
    },
    ['before', 'after'],
  ),
);
export const differencesSchema = object({
  from: { type: 'integer' },
  to: { type: 'integer' },
  differences: { type: 'array', items: difference },
});

export const planSchema = named(
  'Plan',
  object({
    applied: { type: 'boolean', description: 'false: this is what would be done' },
    counts: shape(z.object(Object.fromEntries(plannedActionValues.map((action) => [action, integer])))),
    changes: {
      type: 'array',
      items: object(
        {
          jobId: { type: 'string' },
          action: { enum: plannedActionValues },
          revision: { type: ['integer', 'null'], description: 'That is in force now' },
          differences: { type: 'array', items: difference },
        },
        [],
      ),
    },
  }),
);
export const specsSchema = named('Jobs', list('jobs', specSchema));

const preview = z.object({
  kind: z.string(),
  rule: z.string().describe('In normal form'),
  timezone: z.string(),
  description: z.string().describe('In words'),
  instants: z.array(
    z.object({
      dueAt: instant,
      local: z.string().describe('In the zone'),
      change: z
        .enum(['gap', 'overlap'])
        .nullable()
        .describe(
          'gap: its local time is skipped, due right after; overlap: its local time comes twice, due once',
        ),
    }),
  ),
});
export const previewSchema = named('Preview', shape(preview));

const placement = z.object({
  jobId: z.string(),
  runId: z.string(),
  status: runStatus,
  waitsFor: z.string().nullable().describe('When it is no offer'),
  lookedAt: instant.nullable(),
  offers: integer.describe('That were looked at then'),
  lacks: z.array(z.object({ agentId: z.string(), hostname: z.string(), lacks: z.array(z.string()) })),
});
export const placementSchema = named('Placement', shape(placement));
export const queueSchema: JsonSchema = object({
  total: { type: 'integer' },
  runs: {
    type: 'array',
    items: object({ run: runSchema, reason: { type: ['string', 'null'] } }),
  },
});

const backfill = z.object({
  backfillId: z.string(),
  jobId: z.string(),
  jobUid: z.string(),
  scheduleId: z.string(),
  revision: integer,
  from: instant,
  until: instant,
  concurrency: integer,
  startedAt: instant,
  endedAt: instant.nullable(),
  cancelledAt: instant.nullable(),
  total: integer,
  triggered: integer,
  active: integer,
  succeeded: integer,
  failed: integer,
  skipped: integer,
});
export const backfillSchema = named('Backfill', shape(backfill));
export const backfillsSchema = list('backfills', backfillSchema);

const dueInstant = z.object({
  scheduleId: z.string().nullable(),
  revision: integer,
  dueAt: instant,
  trigger,
  verdict: z.enum(dueVerdictValues),
  reason: z.string().nullable(),
  runId: z.string().nullable(),
  decidedAt: instant.nullable(),
  eventIds: z.array(z.string()),
  workflowRunId: z.string().nullable(),
  backfillId: z.string().nullable(),
  run: z
    .object({ status: z.string(), outcome: outcome.nullable(), reason: z.string().nullable() })
    .nullable()
    .describe('What became of its run, where that is known'),
});
export const explanationSchema = list('instants', named('ExplainedInstant', shape(dueInstant)), {
  type: ['string', 'null'],
  format: 'date-time',
});

const workflowRun = z.object({
  workflowRunId: z.string(),
  jobId: z.string(),
  jobUid: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
  outcome: outcome.nullable(),
  jobs: z.array(
    z.object({
      jobId: z.string(),
      jobUid: z.string(),
      revision: integer,
      parents: z.array(z.string()),
      step: z.enum(workflowStepValues),
      runId: z.string().nullable(),
      dueAt: instant.nullable(),
      outcome: outcome.nullable(),
      endedAt: instant.nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
export const workflowRunSchema = named('WorkflowRun', shape(workflowRun));
export const workflowRunsSchema = list('workflowRuns', workflowRunSchema);

// Every route answers it.
named(
  'Problem',
  shape(
    z.object({
      type: z.string(),
      title: z.string(),
      status: integer,
      detail: z.string().optional(),
      instance: z.string(),
      code: z.string().optional().describe('Stable'),
      problems: z
        .array(z.object({ pointer: z.string(), detail: z.string() }))
        .optional()
        .describe('Every broken rule of a body, with its place as a JSON pointer'),
    }),
  ),
);

const deadLetter = z.object({
  id: z.string(),
  service: z.enum(CONSUMING),
  consumer: z.string(),
  failedAt: instant,
  reason: z.string(),
  topic: z.string(),
  partition: integer,
  offset: z.string().nullable().describe('null: it came from its owner, not from the log'),
  source: z.string(),
  jobId: z.string(),
  type: z.string().nullable(),
  eventId: z.string().nullable(),
});
export const deadLetterSchema = named('DeadLetter', shape(deadLetter));
export const deadLetterInFullSchema = named(
  'DeadLetterInFull',
  shape(
    deadLetter.extend({
      headers: z.record(z.string(), z.string()),
      data: z.record(z.string(), z.unknown()).nullable().describe('null where it cannot be read'),
      value: z.base64().describe('The bytes of the message'),
    }),
  ),
);
