import type { Job } from '@carillon/contracts';
import { invalid, notFound } from '@carillon/event-sourcing';
import { z } from 'zod';
import { requestKey } from '../../http/request-key.js';
import { isoInstant } from '../../iso-instant.js';
import { expectedVersion, ifMatch } from '../if-match.js';
import { etagOf, presentOwnSchedule } from '../job.presenter.js';
import { idempotency, instantParameter, jobId, scheduleId, whole } from '../parameters.js';
import { previewSchedule } from '../preview.js';
import { type Route, route, type V2Answer } from '../route.js';
import { previewSchema, scheduleSchema, schedulesSchema } from '../schemas.js';
import { EXAMPLE_SCHEDULE } from '../examples.js';
import { ownScheduleReader } from '../spec/schedule.reader.js';

const ofJob = z.object({ jobId });
const ofSchedule = z.object({ jobId, scheduleId });
const conditional = z.object({ 'if-match': ifMatch });
const text = z
  .string()
  .min(1)
  .max(5000)
  .refine((given) => !given.includes('\0'), 'must be text');
const headers = { ETag: 'The version of the job' };
const one = { description: 'The schedule', schema: scheduleSchema, headers };
const path = '/v2/jobs/{jobId}/schedules/{scheduleId}';

function answerSchedule(job: Job, id: string, status = 200): V2Answer {
  const found = job.spec.schedules.find((schedule) => schedule.id === id);
  if (!found) throw notFound('scheduleNotFound', 'Schedule not found', { scheduleId: id });
  return { status, headers: { etag: etagOf(job) }, body: presentOwnSchedule(found, job.spec.id, Date.now()) };
}

export const scheduleRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/schedules',
    operationId: 'listSchedules',
    summary: 'The schedules of a job',
    params: ofJob,
    answers: { 200: { description: 'All of them', schema: schedulesSchema, headers } },
    problems: [404],
    async handle({ params }, { backends }) {
      const job = await backends.registry.getJob(params);
      const schedules = job.spec.schedules.map((schedule) =>
        presentOwnSchedule(schedule, job.spec.id, Date.now()),
      );
      return { headers: { etag: etagOf(job) }, body: { schedules } };
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/schedules',
    operationId: 'addSchedule',
    summary: 'Adds a schedule; a job may have several',
    params: ofJob,
    headers: z.object({ 'if-match': ifMatch, ...idempotency }),
    body: ownScheduleReader,
    example: EXAMPLE_SCHEDULE,
    answers: { 201: one },
    problems: [404, 409, 412, 413, 415, 422],
    async handle({ params, headers: given, body: schedule, request }, { backends, limits }) {
      const version = await expectedVersion(given['if-match'], params.jobId, backends);
      const keyed = requestKey(request, limits);
      const job = await backends.registry.addSchedule({ ...params, schedule, ...version, ...keyed });
      return answerSchedule(job, schedule.id, 201);
    },
  }),
  route({
    method: 'GET',
    path,
    operationId: 'getSchedule',
    summary: 'A schedule',
    params: ofSchedule,
    answers: { 200: one },
    problems: [404],
    handle: async ({ params }, { backends }) =>
      answerSchedule(await backends.registry.getJob(params), params.scheduleId),
  }),
  route({
    method: 'PUT',
    path,
    operationId: 'replaceSchedule',
    summary: 'Replaces a schedule',
    params: ofSchedule,
    headers: conditional,
    body: ownScheduleReader,
    example: EXAMPLE_SCHEDULE,
    answers: { 200: one },
    problems: [404, 409, 412, 413, 415, 422],
    async handle({ params, headers: given, body: schedule }, { backends }) {
      if (schedule.id !== params.scheduleId) {
        const message = `must be ${params.scheduleId}, as in the path`;
        throw invalid('jobInvalid', 'Object is not valid', { problems: [{ path: ['id'], message }] });
      }
      const version = await expectedVersion(given['if-match'], params.jobId, backends);
      const job = await backends.registry.changeSchedule({ jobId: params.jobId, schedule, ...version });
      return answerSchedule(job, schedule.id);
    },
  }),
  route({
    method: 'DELETE',
    path,
    operationId: 'removeSchedule',
    summary: 'Removes a schedule',
    params: ofSchedule,
    headers: conditional,
    answers: { 204: { description: 'It is gone', headers } },
    problems: [404, 409, 412],
    async handle({ params, headers: given }, { backends }) {
      const version = await expectedVersion(given['if-match'], params.jobId, backends);
      const job = await backends.registry.removeSchedule({ ...params, ...version });
      return { status: 204, headers: { etag: etagOf(job) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/schedules/preview',
    operationId: 'previewSchedule',
    summary:
      'The next due instants of a rule of any kind in a zone, with those marked that a change of the clocks touches. Exactly one of cron, interval, rrule and at',
    query: z.object({
      cron: text
        .optional()
        .describe('Five fields and optionally a year, seven with seconds in front, or a nickname'),
      interval: text.optional().describe('ISO 8601: R[n]/start/period'),
      rrule: text.optional().describe('RFC 5545: DTSTART, RRULE, EXDATE lines'),
      at: instantParameter.optional().describe('One instant'),
      timezone: z.string().min(1).max(100).optional().describe('An IANA zone; UTC unless told'),
      jobId: jobId.optional().describe('By which H and ~ of a cron expression are spread'),
      from: instantParameter.optional().describe('No due instant before it'),
      until: instantParameter.optional().describe('No due instant at or after it'),
      count: whole(1, 100).optional().describe('10 unless told'),
      after: instantParameter.optional().describe('Now unless told'),
    }),
    answers: { 200: { description: 'Due instants, ascending', schema: previewSchema } },
    problems: [422],
    handle({ query: { count = 10, after = Date.now(), jobId: of, timezone = 'UTC', ...rule } }) {
      const given = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
      const preview = previewSchedule({ ...given, timezone }, { after, count, jobId: of });
      return Promise.resolve({
        body: {
          kind: preview.kind,
          rule: preview.normal,
          timezone,
          description: preview.description,
          instants: preview.instants.map(({ at, local, shift }) => ({
            dueAt: isoInstant(at),
            local,
            change: shift ?? null,
          })),
        },
      });
    },
  }),
];
