import { z } from 'zod';
import { explain } from '../../application/explain.js';
import { startBackfill } from '../../application/start-backfill.js';
import { idempotencyKeyOf } from '../../http/request-key.js';
import { isoInstantOrNull } from '../../iso-instant.js';
import { integer, object, string } from '../../metronome/readers.js';
import { idempotency, instantParameter, jobId, pageSize, whole } from '../parameters.js';
import { type Route, route } from '../route.js';
import {
  backfillSchema,
  backfillsSchema,
  explanationSchema,
  workflowRunSchema,
  workflowRunsSchema,
} from '../schemas.js';
import { instant } from '../spec/readers.js';
import { presentBackfill, presentInstant, presentWorkflowRun } from '../timer.presenter.js';

const ofJob = z.object({ jobId });
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\w.:-]+$/);
const ofBackfill = z.object({ jobId, backfillId: name });
const backfill = { description: 'The backfill', schema: backfillSchema };

const range = object(
  { from: instant, until: instant },
  { scheduleId: string({ minLength: 1 }), concurrency: integer({ min: 1 }) },
);

export const timerRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/backfills',
    operationId: 'startBackfill',
    summary: 'Runs the due instants of a past range, oldest first; the Idempotency-Key names the backfill',
    params: ofJob,
    headers: z.object(idempotency),
    body: range,
    example: { from: '2026-03-01T00:00:00Z', until: '2026-03-08T00:00:00Z', concurrency: 2 },
    answers: { 201: { ...backfill, headers: { Location: 'Its address' } } },
    problems: [404, 409, 413, 415, 422],
    async handle({ params, body, request }, { backends }) {
      const idempotencyKey = idempotencyKeyOf(request);
      const started = await startBackfill(backends, params.jobId, { ...body, idempotencyKey });
      const location = `/v2/jobs/${params.jobId}/backfills/${started.backfillId}`;
      return { status: 201, headers: { location }, body: presentBackfill(started) };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/backfills',
    operationId: 'listBackfills',
    summary: 'Backfills of a job, newest first',
    params: ofJob,
    query: z.object({ limit: pageSize }),
    answers: { 200: { description: 'Backfills', schema: backfillsSchema } },
    problems: [404],
    async handle({ params, query }, { backends, limits }) {
      const { uid } = await backends.registry.getJob(params);
      const limit = Math.min(query.limit ?? 100, limits.page);
      const { backfills } = await backends.timer.listBackfills({ uid, limit });
      return { body: { backfills: backfills.map(presentBackfill) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/backfills/{backfillId}',
    operationId: 'getBackfill',
    summary: 'A backfill and how far it is',
    params: ofBackfill,
    answers: { 200: backfill },
    problems: [404],
    async handle({ params: { jobId: id, backfillId } }, { backends }) {
      const { uid } = await backends.registry.getJob({ jobId: id });
      return { body: presentBackfill(await backends.timer.getBackfill({ uid, backfillId })) };
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/backfills/{backfillId}/cancel',
    operationId: 'cancelBackfill',
    summary: 'Starts no further runs of a backfill; those under way go on. Doing so again changes nothing',
    params: ofBackfill,
    headers: z.object(idempotency),
    answers: { 200: backfill },
    problems: [404, 409],
    async handle({ params: { jobId: id, backfillId } }, { backends }) {
      const { uid } = await backends.registry.getJob({ jobId: id });
      return { body: presentBackfill(await backends.timer.cancelBackfill({ uid, backfillId })) };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/explain',
    operationId: 'explainDueInstants',
    summary: 'What became of every due instant of a job in a range, and why',
    params: ofJob,
    query: z.object({
      from: instantParameter.describe('Inclusive'),
      to: instantParameter.describe('Exclusive'),
      limit: whole(1, 1000)
        .optional()
        .describe('100 unless told; what is due at one instant comes together, even beyond it'),
    }),
    answers: { 200: { description: 'Due instants, ascending', schema: explanationSchema } },
    problems: [404, 422],
    async handle({ params, query }, { backends }) {
      const { limit = 100, from, to } = query;
      const { instants, moreFrom } = await explain(backends, params.jobId, { from, to, limit });
      return { body: { instants: instants.map(presentInstant), next: isoInstantOrNull(moreFrom) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/workflow-runs',
    operationId: 'listWorkflowRuns',
    summary: 'Rounds of jobs that depend on each other, newest first',
    query: z.object({ jobId: jobId.optional().describe('In which it takes part'), limit: pageSize }),
    answers: { 200: { description: 'Workflow runs', schema: workflowRunsSchema } },
    problems: [404],
    async handle({ query }, { backends, limits }) {
      const uid =
        query.jobId === undefined
          ? {}
          : { uid: (await backends.registry.getJob({ jobId: query.jobId })).uid };
      const request = { ...uid, limit: Math.min(query.limit ?? 100, limits.page), openOnly: false };
      const { workflowRuns } = await backends.timer.listWorkflowRuns(request);
      return { body: { workflowRuns: workflowRuns.map(presentWorkflowRun) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/workflow-runs/{workflowRunId}',
    operationId: 'getWorkflowRun',
    summary: 'One round of jobs that depend on each other',
    params: z.object({ workflowRunId: name }),
    answers: { 200: { description: 'The workflow run', schema: workflowRunSchema } },
    problems: [404],
    handle: async ({ params }, { backends }) => ({
      body: presentWorkflowRun(await backends.timer.getWorkflowRun(params)),
    }),
  }),
];
