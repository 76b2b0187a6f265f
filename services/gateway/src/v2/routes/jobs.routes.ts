import type { Job } from '@carillon/contracts';
import { invalid } from '@carillon/event-sourcing';
import { z } from 'zod';
import { readJobPage, viewJob } from '../../application/read-jobs.js';
import { removeJob } from '../../application/remove-job.js';
import { requestKey } from '../../http/request-key.js';
import { expectedVersion, ifMatch } from '../if-match.js';
import { etagOf, presentJob } from '../job.presenter.js';
import { presentJobView, wantedOf } from '../job-view.presenter.js';
import { flag, idempotency, jobId, jobPrefix, labelSelector, pageSize } from '../parameters.js';
import { type Route, route, type V2Answer } from '../route.js';
import { jobSchema, jobsSchema } from '../schemas.js';
import { EXAMPLE_JOB } from '../examples.js';
import { ownJobSpecReader } from '../spec/job.reader.js';

export const jobAnswer = { description: 'The job', schema: jobSchema, headers: { ETag: 'Its version' } };
const ofJob = z.object({ jobId });
const conditional = z.object({ 'if-match': ifMatch });
const embed = z
  .string()
  .regex(/^(activeRuns|summary)(,(activeRuns|summary))*$/, 'must be activeRuns, summary or both')
  .optional()
  .describe('activeRuns, summary, or both separated by a comma');

export const answerJob = (found: Job, status = 200): V2Answer => ({
  status,
  headers: { etag: etagOf(found) },
  body: presentJob(found, Date.now()),
});

export const jobRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/jobs',
    operationId: 'listJobs',
    summary: 'Jobs by id, page by page; those that meet all conditions given',
    query: z.object({
      after: jobId.optional().describe('The last id of the page before'),
      limit: pageSize,
      prefix: jobPrefix,
      q: z
        .string()
        .min(1)
        .max(200)
        .refine((text) => !text.includes('\0'), 'must be text')
        .optional()
        .describe('Is in the id, the description or the labels, in letters of either case'),
      label: labelSelector,
      embed,
    }),
    answers: { 200: { description: 'A page', schema: jobsSchema } },
    async handle({ query }, { backends, limits }) {
      const { after, prefix, q: text, label: labels } = query;
      const limit = Math.min(query.limit ?? 100, limits.page);
      const filtered = prefix !== undefined || text !== undefined || labels !== undefined;
      const filter = {
        labels: labels ?? {},
        ...(prefix === undefined ? {} : { prefix }),
        ...(text === undefined ? {} : { text }),
      };
      const request = { limit, ...(after === undefined ? {} : { after }), ...(filtered ? { filter } : {}) };
      const views = await readJobPage(backends, request, wantedOf(query.embed));
      const next = views.length < limit ? null : (views.at(-1)?.job.spec.id ?? null);
      return { body: { jobs: views.map((view) => presentJobView(view, query.embed, Date.now())), next } };
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs',
    operationId: 'createJob',
    summary: 'Creates a job',
    headers: z.object(idempotency),
    body: ownJobSpecReader,
    example: EXAMPLE_JOB,
    answers: { 201: { ...jobAnswer, headers: { ...jobAnswer.headers, Location: 'Its address' } } },
    problems: [409, 413, 415, 422],
    async handle({ body, request }, { backends, limits }) {
      const job = await backends.registry.createJob({ spec: body, ...requestKey(request, limits) });
      const created = answerJob(job, 201);
      return { ...created, headers: { ...created.headers, location: `/v2/jobs/${job.spec.id}` } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}',
    operationId: 'getJob',
    summary: 'A job',
    params: ofJob,
    query: z.object({ embed }),
    answers: { 200: jobAnswer },
    problems: [404],
    async handle({ params, query }, { backends }) {
      const job = await backends.registry.getJob(params);
      const view = await viewJob(backends, job, wantedOf(query.embed));
      return { headers: { etag: etagOf(job) }, body: presentJobView(view, query.embed, Date.now()) };
    },
  }),
  route({
    method: 'PUT',
    path: '/v2/jobs/{jobId}',
    operationId: 'replaceJob',
    summary: 'Replaces the specification of a job, schedules included',
    params: ofJob,
    headers: conditional,
    body: ownJobSpecReader,
    example: EXAMPLE_JOB,
    answers: { 200: jobAnswer },
    problems: [404, 409, 412, 413, 415, 422],
    async handle({ params, headers, body }, { backends }) {
      if (body.id !== params.jobId) {
        const message = `must be ${params.jobId}, as in the path`;
        throw invalid('jobInvalid', 'Object is not valid', { problems: [{ path: ['id'], message }] });
      }
      const change = { jobId: params.jobId, spec: body, keepSchedules: false, keepVolumes: false };
      const expected = await expectedVersion(headers['if-match'], params.jobId, backends);
      return answerJob(await backends.registry.updateJob({ ...change, ...expected }));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v2/jobs/{jobId}',
    operationId: 'removeJob',
    summary: 'Removes a job; with stopRuns its active runs are stopped',
    params: ofJob,
    query: z.object({ stopRuns: flag.optional().describe('Stops its active runs; else they are a 409') }),
    headers: conditional,
    answers: { 200: { description: 'The job as it was last', schema: jobSchema } },
    problems: [404, 409, 412],
    async handle({ params, query, headers }, { backends }) {
      const { expected } = await expectedVersion(headers['if-match'], params.jobId, backends);
      const options = { stopRuns: query.stopRuns ?? false, expected };
      return { body: presentJob(await removeJob(backends, params.jobId, options), Date.now()) };
    },
  }),
];
