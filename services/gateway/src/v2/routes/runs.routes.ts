import type { RecordedEvent } from '@carillon/contracts';
import { z } from 'zod';
import { findRuns, type RunsWanted } from '../../application/find-runs.js';
import { anyRun, startRun, stopRun } from '../../application/runs.js';
import { idempotencyKeyOf } from '../../http/request-key.js';
import { isoInstantOrNull } from '../../iso-instant.js';
import { presentEvent } from '../events/event.presenter.js';
import {
  flag,
  idempotency,
  instantParameter,
  jobId,
  jobPrefix,
  labelSelector,
  pageSize,
  runId,
  whole,
} from '../parameters.js';
import { type Route, route, type V2Context } from '../route.js';
import { runCursor, runCursorParameter } from '../run-cursor.js';
import { presentRunDetail } from '../run.presenter.js';
import {
  outcome,
  placementSchema,
  queueSchema,
  runDetailSchema,
  runSchema,
  runsSchema,
  runStatus,
  trigger,
} from '../schemas.js';
import { overridesOf, runStartReader } from '../spec/overrides.reader.js';

const ofJob = z.object({ jobId });
const ofRun = z.object({ jobId, runId });
const uid = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .optional()
  .describe('Of a job that was removed, or created anew');
const run = { description: 'The run', schema: runSchema };
const page = { description: 'A page, the run queued last first', schema: runsSchema };
const path = '/v2/jobs/{jobId}/runs/{runId}';
const EVENTS_AT_ONCE = 1000;

const ofOneJob = {
  status: runStatus.optional(),
  outcome: outcome.optional(),
  trigger: trigger.optional(),
  from: instantParameter.optional().describe('Queued at or after'),
  until: instantParameter.optional().describe('Queued before'),
  agent: z
    .string()
    .min(1)
    .max(300)
    .refine((text) => !text.includes('\0'), 'must be text')
    .optional()
    .describe('Id or host name of an agent that an attempt was on'),
  exitCode: whole(-2_147_483_648, 2_147_483_647).optional().describe('Of the last attempt'),
  cursor: runCursorParameter,
  limit: pageSize,
};

type RunsQuery = z.output<z.ZodObject<typeof ofOneJob>>;

async function pageOfRuns(
  query: RunsQuery,
  more: Partial<RunsWanted>,
  { backends, limits }: V2Context,
): Promise<{ body: object }> {
  const { limit = 100, cursor, ...conditions } = query;
  const given = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
  const wanted: RunsWanted = { ...given, labels: {}, ...more };
  const { runs, next } = await findRuns(backends, wanted, {
    limit: Math.min(limit, limits.page),
    before: cursor,
  });
  return { body: { runs: runs.map(presentRunDetail), next: runCursor(next) } };
}

export const runRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/runs',
    operationId: 'listRuns',
    summary: 'Runs of all jobs, active and ended, that meet all conditions given',
    query: z.object({ ...ofOneJob, jobPrefix, label: labelSelector }),
    answers: { 200: page },
    handle: ({ query: { jobPrefix: prefix, label, ...query } }, context) =>
      pageOfRuns(
        query,
        { labels: label ?? {}, ...(prefix === undefined ? {} : { jobPrefix: prefix }) },
        context,
      ),
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/runs',
    operationId: 'listRunsOfJob',
    summary: 'Runs of a job, active and ended',
    params: ofJob,
    query: z.object({ ...ofOneJob, uid }),
    answers: { 200: page },
    problems: [404],
    async handle({ params, query: { uid: ofUid, ...query } }, context) {
      const of = ofUid ?? (await context.backends.registry.getJob(params)).uid;
      return pageOfRuns(query, { uid: of, jobId: params.jobId }, context);
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/runs',
    operationId: 'startRun',
    summary: 'Starts a run; the same Idempotency-Key gives the same run',
    params: ofJob,
    headers: z.object(idempotency),
    body: runStartReader,
    example: { parameters: { DAY: '2026-03-29' }, env: { LOG_LEVEL: 'debug' }, mem: 256 },
    bodyOptional: true,
    answers: { 201: { ...run, headers: { Location: 'Its address' } } },
    problems: [404, 409, 413, 415, 422],
    async handle({ params, body, request }, { backends }) {
      const started = await startRun(backends, params.jobId, {
        idempotencyKey: idempotencyKeyOf(request),
        runId: body.runId,
        concurrencyPolicy: body.concurrencyPolicy,
        overrides: (job) => overridesOf(body, job),
      });
      const location = `/v2/jobs/${started.jobId}/runs/${started.runId}`;
      return { status: 201, headers: { location }, body: presentRunDetail(started) };
    },
  }),
  route({
    method: 'GET',
    path,
    operationId: 'getRun',
    summary:
      'A run with its attempts and how long each hop took, active or ended; with its events if asked for',
    params: ofRun,
    query: z.object({ events: flag.optional().describe('With its events'), uid }),
    answers: { 200: { description: 'The run', schema: runDetailSchema } },
    problems: [404],
    async handle({ params, query }, { backends }) {
      const found = presentRunDetail(await anyRun(backends, params.jobId, params.runId, query.uid));
      if (!query.events) return { body: found };
      const events = (await eventsOf(backends, params)).map(presentEvent);
      return { body: { ...found, events: events.filter(({ data }) => uidOf(data) === found.jobUid) } };
    },
  }),
  route({
    method: 'POST',
    path: `${path}/stop`,
    operationId: 'stopRun',
    summary: 'Stops a run; doing so again changes nothing, but with another grace it is that which counts',
    params: ofRun,
    query: z.object({
      graceSeconds: z
        .string()
        .regex(/^\d{1,6}(\.\d{1,3})?$/, 'must be seconds, 0 or more')
        .transform(Number)
        .meta({ type: 'number', minimum: 0 })
        .optional()
        .describe('From the request to the kill; the job’s unless told'),
    }),
    headers: z.object(idempotency),
    answers: { 200: run },
    problems: [404, 409],
    handle: async ({ params, query }, { backends }) => ({
      body: presentRunDetail(await stopRun(backends, params.jobId, params.runId, query.graceSeconds)),
    }),
  }),
  route({
    method: 'GET',
    path: `${path}/placement`,
    operationId: 'getPlacement',
    summary: 'Why a queued run waits: what the offers lacked that were looked at last',
    params: ofRun,
    answers: { 200: { description: 'As the leader knows it', schema: placementSchema } },
    problems: [404, 409],
    async handle({ params }, { backends }) {
      const { uid: of } = await backends.registry.getJob(params);
      const { lookedAt, waitsFor, ...found } = await backends.framework.getPlacement({ ...params, uid: of });
      const at = isoInstantOrNull(lookedAt);
      return { body: { ...found, lookedAt: at, waitsFor: waitsFor ?? null } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/queue',
    operationId: 'listQueue',
    summary: 'Runs that wait for a place, in the order in which they came, each with the reason',
    query: z.object({ jobId: jobId.optional(), limit: pageSize }),
    answers: { 200: { description: 'The queue', schema: queueSchema } },
    problems: [409],
    async handle({ query }, { backends, limits }) {
      const { runs, total } = await backends.framework.listQueue({
        limit: Math.min(query.limit ?? 100, limits.page),
        ...(query.jobId === undefined ? {} : { jobId: query.jobId }),
      });
      const queued = runs.map(({ run: one, reason }) => ({
        run: presentRunDetail(one),
        reason: reason ?? null,
      }));
      return { body: { total, runs: queued } };
    },
  }),
];

/** Page by page: a run of many attempts has more than one page of them. */
async function eventsOf(
  { history }: V2Context['backends'],
  run: { jobId: string; runId: string },
): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for (;;) {
    const after = all.at(-1)?.position ?? 0;
    const { events } = await history.listEvents({ ...run, after, limit: EVENTS_AT_ONCE });
    if (events.length === 0) return all;
    all.push(...events);
  }
}

const uidOf = (data: unknown) =>
  typeof data === 'object' && data !== null && 'uid' in data ? data.uid : undefined;
