import type { Job } from '@carillon/contracts';
import { invalid, notFound } from '@carillon/event-sourcing';
import { z } from 'zod';
import { embeddedScheduleReader } from '../../metronome/schedule.reader.js';
import { expectedVersion, ifMatch } from '../if-match.js';
import { etagOf, presentOwnSchedule } from '../job.presenter.js';
import { jobId, scheduleId, whole } from '../parameters.js';
import { previewSchedule } from '../preview.js';
import { type Route, route, type V2Answer } from '../route.js';
import { previewSchema, scheduleSchema, schedulesSchema } from '../schemas.js';

const ofJob = z.object({ jobId });
const ofSchedule = z.object({ jobId, scheduleId });
const conditional = z.object({ 'if-match': ifMatch });
const headers = { ETag: 'The version of the job' };
const one = { description: 'The schedule', schema: scheduleSchema, headers };
const path = '/v2/jobs/{jobId}/schedules/{scheduleId}';

function answerSchedule(job: Job, id: string, status = 200): V2Answer {
  const found = job.spec.schedules.find((schedule) => schedule.id === id);
  if (!found) throw notFound('scheduleNotFound', 'Schedule not found', { scheduleId: id });
  return { status, headers: { etag: etagOf(job) }, body: presentOwnSchedule(found, Date.now()) };
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
      const schedules = job.spec.schedules.map((schedule) => presentOwnSchedule(schedule, Date.now()));
      return { headers: { etag: etagOf(job) }, body: { schedules } };
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/schedules',
    operationId: 'addSchedule',
    summary: 'Adds a schedule; a job may have several',
    params: ofJob,
    headers: conditional,
    body: embeddedScheduleReader,
    answers: { 201: one },
    problems: [404, 409, 412, 413, 415, 422],
    async handle({ params, headers: given, body: schedule }, { backends }) {
      const version = expectedVersion(given['if-match']);
      const job = await backends.registry.addSchedule({ ...params, schedule, ...version });
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
    body: embeddedScheduleReader,
    answers: { 200: one },
    problems: [404, 412, 413, 415, 422],
    async handle({ params, headers: given, body: schedule }, { backends }) {
      if (schedule.id !== params.scheduleId) {
        const message = `must be ${params.scheduleId}, as in the path`;
        throw invalid('jobInvalid', 'Object is not valid', { problems: [{ path: ['id'], message }] });
      }
      const version = expectedVersion(given['if-match']);
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
    problems: [404, 412],
    async handle({ params, headers: given }, { backends }) {
      const version = expectedVersion(given['if-match']);
      const job = await backends.registry.removeSchedule({ ...params, ...version });
      return { status: 204, headers: { etag: etagOf(job) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/schedules/preview',
    operationId: 'previewSchedule',
    summary:
      'The next due instants of an expression in a zone, with those marked that a change of the clocks touches',
    query: z.object({
      cron: z.string().min(1).max(500).describe('Five fields, and optionally a year'),
      timezone: z.string().min(1).max(100).optional().describe('An IANA zone; UTC unless told'),
      count: whole(1, 100).optional().describe('10 unless told'),
      after: z.iso.datetime({ offset: true }).optional().describe('Now unless told'),
    }),
    answers: { 200: { description: 'Due instants, ascending', schema: previewSchema } },
    problems: [422],
    handle({ query: { cron, timezone = 'UTC', count = 10, after } }) {
      const from = after === undefined ? Date.now() : Date.parse(after);
      const { normal, instants } = previewSchedule({ cron, timezone }, from, count);
      return Promise.resolve({
        body: {
          cron: normal,
          timezone,
          instants: instants.map(({ dueAt, offsetMs, change }) => ({
            dueAt: new Date(dueAt).toISOString(),
            offsetSeconds: offsetMs / 1000,
            change,
          })),
        },
      });
    },
  }),
];
