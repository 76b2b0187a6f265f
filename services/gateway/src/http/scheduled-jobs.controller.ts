import { Controller, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Backends } from '../application/backends.js';
import { presentJobSpec } from '../metronome/job.presenter.js';
import { jobChangeReaderV0, jobSpecReaderV0 } from '../metronome/job-spec.reader.js';
import { jobIdParameter } from '../metronome/parameters.js';
import { defaultLimits, type GatewayLimits } from '../gateway.limits.js';
import type { GatewayConfig } from '../gateway.config.js';
import { BACKENDS, GATEWAY_CONFIG } from '../tokens.js';
import { jsonBody } from './json-body.js';
import { requestKey } from './request-key.js';

/** Version 0: jobs and schedules in one body. */
@Controller('v0/scheduled-jobs')
export class ScheduledJobsController {
  readonly #registry: Backends['registry'];
  readonly #limits: GatewayLimits;

  constructor(@Inject(BACKENDS) { registry }: Backends, @Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.#registry = registry;
    this.#limits = config.limits ?? defaultLimits;
  }

  @Post()
  async create(@Req() request: FastifyRequest): Promise<object> {
    const body = jsonBody(request, jobSpecReaderV0);
    const { spec } = await this.#registry.createJob({ spec: body, ...requestKey(request, this.#limits) });
    return presentJobSpec(spec, Date.now());
  }

  /** Unlike version 1 this replaces the schedules, those that it has words for. */
  @Put(':jobId')
  async update(@Param('jobId') id: string, @Req() request: FastifyRequest): Promise<object> {
    const jobId = jobIdParameter(id);
    const body = jsonBody(request, jobChangeReaderV0);
    const { spec } = await this.#registry.updateJob({
      ...{ jobId, spec: body, keepSchedules: false, keepVolumes: true, keepOwn: true },
    });
    return presentJobSpec(spec, Date.now());
  }
}
