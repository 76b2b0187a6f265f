import { z } from 'zod';
import { anyRun } from '../../application/runs.js';
import { jobId, runId } from '../parameters.js';
import { type Route, route, schemaOf } from '../route.js';
import { presentRunDetail } from '../run.presenter.js';
import { runSchema } from '../schemas.js';

const ofRun = z.object({ jobId, runId });
const run = { description: 'The run', schema: schemaOf(runSchema, 'output') };

export const runRoutes: readonly Route[] = [
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
];
