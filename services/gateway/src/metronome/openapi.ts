import { version } from '../version.js';
import { jobChangeReader, jobChangeReaderV0, jobSpecReader, jobSpecReaderV0 } from './job-spec.reader.js';
import type { JsonSchema } from './readers.js';
import { scheduleReader, shownScheduleReader } from './schedule.reader.js';

const object = (properties: JsonSchema, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const text: JsonSchema = { type: 'string' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const instant: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}\\+0000$',
};
const instantOrNull: JsonSchema = { oneOf: [instant, { type: 'null' }] };

const task = object({ id: text, startedAt: instant, completedAt: instant, status: text }, [
  'id',
  'startedAt',
  'status',
]);
const run = object({
  // Metronome's form, or one that its starter chose.
  id: text,
  jobId: text,
  status: { enum: ['INITIAL', 'STARTING', 'ACTIVE', 'SUCCESS', 'FAILED'] },
  createdAt: instant,
  completedAt: instantOrNull,
  tasks: list(task),
});
const schedule = object(
  {
    id: text,
    cron: text,
    timezone: text,
    startingDeadlineSeconds: count,
    concurrencyPolicy: { enum: ['ALLOW', 'FORBID'] },
    enabled: { type: 'boolean' },
    nextRunAt: instant,
  },
  ['id', 'cron', 'timezone', 'startingDeadlineSeconds', 'concurrencyPolicy', 'enabled'],
);
const jobMembers = {
  id: text,
  description: text,
  dependencies: list(object({ id: text })),
  labels: { type: 'object', additionalProperties: text },
  schedules: list(schedule),
  run: (jobSpecReader.schema['properties'] as Record<string, JsonSchema>)['run'] ?? {},
};
const needed = ['id', 'dependencies', 'labels', 'schedules', 'run'];
const job = object(jobMembers, needed);
const summary = {
  successCount: count,
  failureCount: count,
  lastSuccessAt: instantOrNull,
  lastFailureAt: instantOrNull,
};
const finished = list(object({ id: text, createdAt: instant, finishedAt: instantOrNull, tasks: list(text) }));
const jobInfo = object(
  {
    ...jobMembers,
    activeRuns: list(run),
    history: object({ ...summary, successfulFinishedRuns: finished, failedFinishedRuns: finished }),
    historySummary: object(summary),
  },
  needed,
);
const error = object(
  {
    message: text,
    requestPath: text,
    id: text,
    jobSpec: text,
    details: list(object({ path: text, errors: list(text) })),
  },
  ['message'],
);

const answer = (description: string, schema: JsonSchema) => ({
  description,
  content: { 'application/json': { schema } },
});
const errors = (...statuses: number[]) =>
  Object.fromEntries(
    [400, ...statuses, 500, 503].map((status) => [status, answer('What went wrong', error)]),
  );
const body = (schema: JsonSchema) => ({ required: true, content: { 'application/json': { schema } } });
const parameter = (place: string, name: string, schema: JsonSchema, required = true) => ({
  in: place,
  name,
  required,
  schema,
});

const jobId = parameter('path', 'jobId', {
  type: 'string',
  minLength: 1,
  maxLength: 190,
  pattern: '^[a-z0-9.-]+$',
});
const scheduleId = parameter('path', 'scheduleId', { type: 'string', minLength: 1, pattern: '^[a-z0-9-]+$' });
const runId = parameter('path', 'runId', { type: 'string', minLength: 1, pattern: '^[0-9A-Za-z]+$' });
const embed = parameter(
  'query',
  'embed',
  { type: 'array', items: { enum: ['activeRuns', 'schedules', 'history', 'historySummary'] } },
  false,
);
const stop = parameter('query', 'stopCurrentJobRuns', { enum: ['true', 'false', '1', '0'] }, false);
const key = parameter(
  'header',
  'Idempotency-Key',
  { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
  false,
);

/** Metronome's routes, written down by hand; bodies are described by what reads them. */
export const metronomeDocument = {
  openapi: '3.1.0',
  info: { title: "Metronome's API, as Carillon serves it", version },
  servers: [{ url: '/' }],
  paths: {
    '/ping': {
      get: { responses: { 200: { description: 'pong', content: { 'text/plain': { schema: text } } } } },
    },
    '/info': {
      get: {
        responses: {
          200: answer('Versions', object({ version: text, libVersion: text, config: { type: 'object' } })),
        },
      },
    },
    '/leader': { get: { responses: { 200: answer('Who leads', object({ leader: text })), ...errors(404) } } },
    '/v1/metrics': { get: { responses: { 200: answer('Metrics', { type: 'object' }), ...errors() } } },
    '/v1/queue': {
      get: {
        responses: {
          200: answer('Waiting runs', list(object({ jobId: text, runs: list(object({ runId: text })) }))),
          ...errors(),
        },
      },
    },
    '/v1/jobs': {
      get: { parameters: [embed], responses: { 200: answer('Jobs', list(jobInfo)), ...errors() } },
      post: {
        requestBody: body(jobSpecReader.schema),
        responses: { 201: answer('The job', job), ...errors(409, 413, 415, 422) },
      },
    },
    '/v1/jobs/{jobId}': {
      get: { parameters: [jobId, embed], responses: { 200: answer('The job', jobInfo), ...errors(404) } },
      put: {
        parameters: [jobId],
        requestBody: body(jobChangeReader.schema),
        responses: { 200: answer('The job', job), ...errors(404, 413, 415, 422) },
      },
      delete: { parameters: [jobId, stop], responses: { 200: answer('The job', job), ...errors(404, 409) } },
    },
    '/v1/jobs/{jobId}/schedules': {
      get: { parameters: [jobId], responses: { 200: answer('Schedules', list(schedule)), ...errors(404) } },
      post: {
        parameters: [jobId],
        requestBody: body(scheduleReader.schema),
        responses: { 201: answer('The schedule', schedule), ...errors(404, 409, 413, 415, 422) },
      },
    },
    '/v1/jobs/{jobId}/schedules/{scheduleId}': {
      get: {
        parameters: [jobId, scheduleId],
        responses: { 200: answer('The schedule', schedule), ...errors(404) },
      },
      put: {
        parameters: [jobId, scheduleId],
        requestBody: body(shownScheduleReader.schema),
        responses: { 200: answer('The schedule', schedule), ...errors(404, 413, 415, 422) },
      },
      delete: {
        parameters: [jobId, scheduleId],
        responses: { 200: { description: 'Gone' }, ...errors(404) },
      },
    },
    '/v1/jobs/{jobId}/runs': {
      get: { parameters: [jobId], responses: { 200: answer('Active runs', list(run)), ...errors(404) } },
      post: {
        parameters: [jobId, key],
        responses: { 201: answer('The run', run), ...errors(404, 409, 422) },
      },
    },
    '/v1/jobs/{jobId}/runs/{runId}': {
      get: { parameters: [jobId, runId], responses: { 200: answer('The run', run), ...errors(404) } },
    },
    '/v1/jobs/{jobId}/runs/{runId}/actions/stop': {
      post: { parameters: [jobId, runId], responses: { 200: answer('The run', run), ...errors(404) } },
    },
    '/v0/scheduled-jobs': {
      post: {
        requestBody: body(jobSpecReaderV0.schema),
        responses: { 201: answer('The job', job), ...errors(409, 413, 415, 422) },
      },
    },
    '/v0/scheduled-jobs/{jobId}': {
      put: {
        parameters: [jobId],
        requestBody: body(jobChangeReaderV0.schema),
        responses: { 200: answer('The job', job), ...errors(404, 413, 415, 422) },
      },
    },
  },
};
