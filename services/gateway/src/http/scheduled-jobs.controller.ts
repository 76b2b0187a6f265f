import { Controller, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Backends } from '../application/backends.js';
import { presentJobSpec } from '../metronome/job.presenter.js';
import { jobSpecReaderV0 } from '../metronome/job-spec.reader.js';
import { jobIdParameter } from '../metronome/parameters.js';
import { BACKENDS } from '../tokens.js';
import { jsonBody } from './json-body.js';

/** Version 0: jobs and schedules in one body. */
@Controller('v0/scheduled-jobs')
export class ScheduledJobsController {
  readonly #registry: Backends['registry'];

  constructor(@Inject(BACKENDS) { registry }: Backends) {
    this.#registry = registry;
  }

  @Post()
  async create(@Req() request: FastifyRequest): Promise<object> {
    const { spec } = await this.#registry.createJob({ spec: jsonBody(request, jobSpecReaderV0) });
    return presentJobSpec(spec, Date.now());
  }

  /** Unlike version 1 this replaces the schedules. */
  @Put(':jobId')
  async update(@Param('jobId') id: string, @Req() request: FastifyRequest): Promise<object> {
    const jobId = jobIdParameter(id);
    const body = jsonBody(request, jobSpecReaderV0);
    const { spec } = await this.#registry.updateJob({ jobId, spec: body, keepSchedules: false });
    return presentJobSpec(spec, Date.now());
  }
}
