import type { JobRevision } from '@carillon/contracts';
import { z } from 'zod';
import { requestKey } from '../../http/request-key.js';
import { isoInstant } from '../../iso-instant.js';
import { integer, object, string } from '../../metronome/readers.js';
import { differences } from '../diff.js';
import { expectedVersion, ifMatch } from '../if-match.js';
import { idempotency, jobId, pageSize, whole } from '../parameters.js';
import { type Route, route } from '../route.js';
import { differencesSchema, revisionSchema, revisionsSchema } from '../schemas.js';
import { instant } from '../spec/readers.js';
import { presentSpec } from '../spec/spec.presenter.js';
import { answerJob, jobAnswer } from './jobs.routes.js';

const ofJob = z.object({ jobId });
const revision = whole(1, 1_000_000_000);
const ofRevision = z.object({ jobId, revision });
const change = z.object({ 'if-match': ifMatch, ...idempotency });
const uid = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .optional()
  .describe('Of a job that was removed, or created anew');

const pause = object({}, { until: instant, reason: string({ minLength: 1 }) });
const rollback = object({ revision: integer({ min: 1 }) }, {});

const presentRevision = ({ job, change: made }: JobRevision) => ({
  uid: job.uid,
  revision: job.revision,
  createdAt: isoInstant(job.createdAt),
  definedAt: isoInstant(job.definedAt),
  change: made,
  spec: presentSpec(job.spec),
});

export const jobChangeRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/pause',
    operationId: 'pauseJob',
    summary:
      'Due instants make no runs until the job is resumed, or until an instant; replaces an earlier pause',
    params: ofJob,
    headers: change,
    body: pause,
    example: { until: '2026-03-29T06:00:00Z', reason: 'the database moves' },
    bodyOptional: true,
    answers: { 200: jobAnswer },
    problems: [404, 409, 412, 413, 415, 422],
    async handle({ params, headers, body, request }, { backends, limits }) {
      const version = await expectedVersion(headers['if-match'], params.jobId, backends);
      const pausing = { ...params, ...body, ...version, ...requestKey(request, limits) };
      return answerJob(await backends.registry.pauseJob(pausing));
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/resume',
    operationId: 'resumeJob',
    summary: 'Ends a pause',
    params: ofJob,
    headers: change,
    answers: { 200: jobAnswer },
    problems: [404, 409, 412, 422],
    async handle({ params, headers, request }, { backends, limits }) {
      const version = await expectedVersion(headers['if-match'], params.jobId, backends);
      const resume = { ...params, ...version, ...requestKey(request, limits) };
      return answerJob(await backends.registry.resumeJob(resume));
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/rollback',
    operationId: 'rollBackJob',
    summary: 'Makes a new revision with the definition of an old one',
    params: ofJob,
    headers: change,
    body: rollback,
    example: { revision: 3 },
    answers: { 200: jobAnswer },
    problems: [404, 409, 412, 413, 415, 422],
    async handle({ params, headers, body, request }, { backends, limits }) {
      const version = await expectedVersion(headers['if-match'], params.jobId, backends);
      const back = { ...params, ...body, ...version, ...requestKey(request, limits) };
      return answerJob(await backends.registry.rollBackJob(back));
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/revisions',
    operationId: 'listRevisions',
    summary: 'The revisions of a job, newest first',
    params: ofJob,
    query: z.object({
      before: revision.optional().describe('The last of the page before'),
      limit: pageSize,
      uid,
    }),
    answers: { 200: { description: 'A page', schema: revisionsSchema } },
    problems: [404],
    async handle({ params, query }, { backends, limits }) {
      const limit = Math.min(query.limit ?? 100, limits.page);
      const { revisions } = await backends.registry.listRevisions({
        ...params,
        limit,
        ...(query.before === undefined ? {} : { before: query.before }),
        ...(query.uid === undefined ? {} : { uid: query.uid }),
      });
      const next = revisions.length < limit ? null : (revisions.at(-1)?.job.revision ?? null);
      return { body: { revisions: revisions.map(presentRevision), next } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/revisions/{revision}',
    operationId: 'getRevision',
    summary: 'A job as it was defined at a revision',
    params: ofRevision,
    query: z.object({ uid }),
    answers: { 200: { description: 'The revision', schema: revisionSchema } },
    problems: [404],
    async handle({ params, query }, { backends }) {
      const of = query.uid ?? (await backends.registry.getJob(params)).uid;
      // One that was never made is not found either.
      await backends.registry.getRevision({ ...params, uid: of });
      const request = { jobId: params.jobId, uid: of, before: params.revision + 1, limit: 1 };
      const [found] = (await backends.registry.listRevisions(request)).revisions;
      return { body: found ? presentRevision(found) : null };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/revisions/{revision}/diff',
    operationId: 'diffRevisions',
    summary: 'What a revision changed: against the one before, or another',
    params: ofRevision,
    query: z.object({ from: revision.optional().describe('The one before unless told'), uid }),
    answers: { 200: { description: 'By place', schema: differencesSchema } },
    problems: [404],
    async handle({ params, query }, { backends }) {
      const { registry } = backends;
      const { jobId: id, revision: to } = params;
      const of = query.uid ?? (await registry.getJob(params)).uid;
      const from = query.from ?? to - 1;
      const specAt = async (at: number) => {
        if (at === 0) return {};
        const { spec } = await registry.getRevision({ jobId: id, uid: of, revision: at });
        return presentSpec(spec);
      };
      const [before, after] = await Promise.all([specAt(from), specAt(to)]);
      return { body: { from, to, differences: differences(before, after) } };
    },
  }),
];
