import type { Run } from '@carillon/contracts';
import { z } from 'zod';
import { isActive } from '../../application/run-states.js';
import { anyRun, startRun, stopRun } from '../../application/runs.js';
import { jobId, runId, whole } from '../parameters.js';
import { type Route, route, schemaOf } from '../route.js';
import { presentRunDetail } from '../run.presenter.js';
import { outcome, runSchema, runStatus } from '../schemas.js';

const ofJob = z.object({ jobId });
const ofRun = z.object({ jobId, runId });
const limit = whole(1, 1000).optional().describe('100 unless told');
const run = { description: 'The run', schema: schemaOf(runSchema, 'output') };
const runs = {
  description: 'Runs, newest first',
  schema: schemaOf(z.object({ runs: z.array(runSchema) }), 'output'),
};

const newestFirst = (a: Run, b: Run) => b.queuedAt - a.queuedAt || (a.runId < b.runId ? 1 : -1);

export const runRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v2/runs',
    operationId: 'listActiveRuns',
    summary: 'Active runs of all jobs; those of one job, ended ones too, are below it',
    query: z.object({ status: runStatus.exclude(['ended']).optional(), limit }),
    answers: { 200: runs },
    async handle({ query }, { backends }) {
      const { runs: all } = await backends.framework.listRuns({ uids: [], activeOnly: true });
      const wanted = all.filter((one) => isActive(one) && (query.status ?? one.status) === one.status);
      const shown = wanted.toSorted(newestFirst).slice(0, query.limit ?? 100);
      return { body: { runs: shown.map(presentRunDetail) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs/{jobId}/runs',
    operationId: 'listRuns',
    summary: 'Runs of a job, active and ended',
    params: ofJob,
    query: z.object({ status: runStatus.optional(), outcome: outcome.optional(), limit }),
    answers: { 200: runs },
    problems: [404],
    async handle({ params, query }, { backends }) {
      const { uid } = await backends.registry.getJob(params);
      const most = query.limit ?? 100;
      // The framework first: what ends in between is then in both, never in neither.
      const { runs: current } = await backends.framework.listRuns({ uids: [uid], activeOnly: false });
      const { runs: ended } = await backends.history.listEndedRuns({
        uid,
        limit: most,
        ...(query.outcome === undefined ? {} : { outcome: query.outcome }),
      });
      const all = new Map([...ended, ...current].map((one) => [one.runId, one]));
      const wanted = [...all.values()].filter(
        (one) =>
          (query.status ?? one.status) === one.status && (query.outcome ?? one.outcome) === one.outcome,
      );
      return { body: { runs: wanted.toSorted(newestFirst).slice(0, most).map(presentRunDetail) } };
    },
  }),
  route({
    method: 'POST',
    path: '/v2/jobs/{jobId}/runs',
    operationId: 'startRun',
    summary: 'Starts a run; the same Idempotency-Key gives the same run',
    params: ofJob,
    headers: z.object({ 'idempotency-key': z.string().min(1).max(200).optional() }),
    answers: { 201: { ...run, headers: { Location: 'Its address' } } },
    problems: [404, 409],
    async handle({ params, headers }, { backends }) {
      const started = await startRun(backends, params.jobId, headers['idempotency-key']);
      const location = `/v2/runs/${started.jobId}/${started.runId}`;
      return { status: 201, headers: { location }, body: presentRunDetail(started) };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/runs/{jobId}/{runId}',
    operationId: 'getRun',
    summary: 'A run with its attempts and how long each hop took, active or ended',
    params: ofRun,
    answers: { 200: run },
    problems: [404],
    handle: async ({ params }, { backends }) => ({
      body: presentRunDetail(await anyRun(backends, params.jobId, params.runId)),
    }),
  }),
  route({
    method: 'POST',
    path: '/v2/runs/{jobId}/{runId}/stop',
    operationId: 'stopRun',
    summary: 'Stops a run; doing so again changes nothing',
    params: ofRun,
    answers: { 200: run },
    problems: [404],
    handle: async ({ params }, { backends }) => ({
      body: presentRunDetail(await stopRun(backends, params.jobId, params.runId)),
    }),
  }),
];
