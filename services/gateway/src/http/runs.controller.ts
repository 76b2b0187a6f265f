import type { Job } from '@carillon/contracts';
import { Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Backends } from '../application/backends.js';
import { activeRun, activeRuns, startRun, stopRun, unknownRun } from '../application/runs.js';
import { jobIdParameter } from '../metronome/parameters.js';
import { presentRun } from '../metronome/run.presenter.js';
import { BACKENDS } from '../tokens.js';
import { runId as runIdSchema } from '../v2/parameters.js';
import { overridesOf } from '../v2/spec/overrides.reader.js';
import { idempotencyKeyOf } from './request-key.js';

/** Active runs of a job; ended ones are in its history. */
@Controller('v1/jobs/:jobId/runs')
export class RunsController {
  readonly #backends: Backends;

  constructor(@Inject(BACKENDS) backends: Backends) {
    this.#backends = backends;
  }

  @Post()
  async start(@Param('jobId') id: string, @Req() request: FastifyRequest): Promise<object> {
    const idempotencyKey = idempotencyKeyOf(request);
    // Metronome has no way to give values, so every parameter needs a default.
    const start = { idempotencyKey, overrides: (job: Job) => overridesOf({}, job) };
    return presentRun(await startRun(this.#backends, jobIdParameter(id), start));
  }

  @Get()
  async list(@Param('jobId') id: string): Promise<object[]> {
    return (await activeRuns(this.#backends, jobIdParameter(id))).map(presentRun);
  }

  @Get(':runId')
  async get(@Param('jobId') id: string, @Param('runId') runId: string): Promise<object> {
    return presentRun(await activeRun(this.#backends, ...runOf(id, runId)));
  }

  @Post(':runId/actions/stop')
  @HttpCode(200)
  async stop(@Param('jobId') id: string, @Param('runId') runId: string): Promise<object> {
    return presentRun(await stopRun(this.#backends, ...runOf(id, runId)));
  }
}

/** What is not a run id is the id of no run. */
function runOf(id: string, runId: string): [jobId: string, runId: string] {
  const jobId = jobIdParameter(id);
  if (!runIdSchema.safeParse(runId).success) throw unknownRun(jobId, runId);
  return [jobId, runId];
}
