import type { Job } from '@carillon/contracts';
import { domainError, invalid } from '@carillon/event-sourcing';
import { z } from 'zod';
import { removeJob } from '../../application/remove-job.js';
import { ownJobSpecReader } from '../../metronome/job-spec.reader.js';
import { expectedVersion, ifMatch } from '../if-match.js';
import { etagOf, presentJob } from '../job.presenter.js';
import { flag, jobId, whole } from '../parameters.js';
import { type Route, route, type V2Answer } from '../route.js';
import { jobSchema, jobsSchema } from '../schemas.js';

const job = { description: 'The job', schema: jobSchema, headers: { ETag: 'Its version' } };
const ofJob = z.object({ jobId });
const conditional = z.object({ 'if-match': ifMatch });

const answerJob = (found: Job, status = 200): V2Answer => ({
  status,
  headers: { etag: etagOf(found) },
  body: presentJob(found, Date.now()),
});

export const jobRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/jobs',
    operationId: 'listJobs',
    summary: 'Jobs by id, page by page',
    query: z.object({
      after: jobId.optional().describe('The last id of the page before'),
      limit: whole(1, 1000).optional().describe('100 unless told'),
    }),
    answers: { 200: { description: 'A page', schema: jobsSchema } },
    async handle({ query: { after, limit = 100 } }, { backends }) {
      const request = { limit, ...(after === undefined ? {} : { after }) };
      const { jobs } = await backends.registry.listJobs(request);
      const next = jobs.length < limit ? null : (jobs.at(-1)?.spec.id ?? null);
      return { body: { jobs: jobs.map((one) => presentJob(one, Date.now())), next } };
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs',
    operationId: 'createJob',
    summary: 'Creates a job',
    body: ownJobSpecReader,
    answers: { 201: { ...job, headers: { ...job.headers, Location: 'Its address' } } },
    problems: [409, 413, 415, 422],
    async handle({ body }, { backends }) {
      const created = answerJob(await backends.registry.createJob({ spec: body }), 201);
      return { ...created, headers: { ...created.headers, location: `/v2/jobs/${body.id}` } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}',
    operationId: 'getJob',
    summary: 'A job',
    params: ofJob,
    answers: { 200: job },
    problems: [404],
    handle: async ({ params }, { backends }) => answerJob(await backends.registry.getJob(params)),
  }),
  route({
    method: 'PUT',
    path: '/v2/jobs/{jobId}',
    operationId: 'replaceJob',
    summary: 'Replaces the specification of a job, schedules included',
    params: ofJob,
    headers: conditional,
    body: ownJobSpecReader,
    answers: { 200: job },
    problems: [404, 412, 413, 415, 422],
    async handle({ params, headers, body }, { backends }) {
      if (body.id !== params.jobId) {
        const message = `must be ${params.jobId}, as in the path`;
        throw invalid('jobInvalid', 'Object is not valid', { problems: [{ path: ['id'], message }] });
      }
      const change = { jobId: params.jobId, spec: body, keepSchedules: false };
      const expected = expectedVersion(headers['if-match']);
      return answerJob(await backends.registry.updateJob({ ...change, ...expected }));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v2/jobs/{jobId}',
    operationId: 'removeJob',
    summary: 'Removes a job; with stopRuns its active runs are stopped',
    params: ofJob,
    query: z.object({ stopRuns: flag.optional() }),
    headers: conditional,
    answers: { 200: { description: 'The job as it was last', schema: jobSchema } },
    problems: [404, 409, 412],
    async handle({ params, query, headers }, { backends }) {
      const { expected } = expectedVersion(headers['if-match']);
      if (expected) {
        const { uid, revision } = await backends.registry.getJob(params);
        if (uid !== expected.uid || revision !== expected.revision) {
          throw domainError('revisionChanged', `The job has changed: it is at revision ${revision} now`);
        }
      }
      const removed = await removeJob(backends, params.jobId, { stopRuns: query.stopRuns ?? false });
      return { body: presentJob(removed, Date.now()) };
    },
  }),
];
