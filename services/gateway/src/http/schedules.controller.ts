import type { Job, Schedule } from '@carillon/contracts';
import { notFound } from '@carillon/event-sourcing';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Backends } from '../application/backends.js';
import { jobIdParameter } from '../metronome/parameters.js';
import { isCron, presentSchedule } from '../metronome/schedule.presenter.js';
import { scheduleReader, shownScheduleReader } from '../metronome/schedule.reader.js';
import { defaultLimits, type GatewayLimits } from '../gateway.limits.js';
import type { GatewayConfig } from '../gateway.config.js';
import { BACKENDS, GATEWAY_CONFIG } from '../tokens.js';
import { scheduleId as scheduleIdSchema } from '../v2/parameters.js';
import { jsonBody } from './json-body.js';
import { requestKey } from './request-key.js';

@Controller('v1/jobs/:jobId/schedules')
export class SchedulesController {
  readonly #registry: Backends['registry'];
  readonly #limits: GatewayLimits;

  constructor(@Inject(BACKENDS) { registry }: Backends, @Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.#registry = registry;
    this.#limits = config.limits ?? defaultLimits;
  }

  @Get()
  async list(@Param('jobId') id: string): Promise<object[]> {
    const { spec } = await this.#registry.getJob({ jobId: jobIdParameter(id) });
    return spec.schedules.filter(isCron).map((schedule) => presentSchedule(schedule, spec.id, Date.now()));
  }

  @Post()
  async add(@Param('jobId') id: string, @Req() request: FastifyRequest): Promise<object> {
    const jobId = jobIdParameter(id);
    const schedule = jsonBody(request, scheduleReader);
    const job = await this.#registry.addSchedule({
      jobId,
      schedule,
      onlyOne: true,
      ...requestKey(request, this.#limits),
    });
    return presentSchedule(scheduleOf(job, schedule.id), jobId, Date.now());
  }

  @Get(':scheduleId')
  async get(@Param('jobId') id: string, @Param('scheduleId') scheduleId: string): Promise<object> {
    const job = await this.#registry.getJob({ jobId: jobIdParameter(id) });
    return presentSchedule(scheduleOf(job, scheduleId), job.spec.id, Date.now());
  }

  /** The id in the path counts; the one in the body only has to be one. */
  @Put(':scheduleId')
  async change(
    @Param('jobId') id: string,
    @Param('scheduleId') scheduleId: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const jobId = jobIdParameter(id);
    const schedule = { ...jsonBody(request, shownScheduleReader), id: scheduleId };
    // What is not the id of a schedule is the id of none.
    if (!scheduleIdSchema.safeParse(scheduleId).success) return this.get(id, scheduleId);
    const job = await this.#registry.changeSchedule({ jobId, schedule, keepOwn: true });
    return presentSchedule(scheduleOf(job, scheduleId), job.spec.id, Date.now());
  }

  @Delete(':scheduleId')
  @HttpCode(200)
  async remove(@Param('jobId') id: string, @Param('scheduleId') scheduleId: string): Promise<void> {
    const jobId = jobIdParameter(id);
    scheduleOf(await this.#registry.getJob({ jobId }), scheduleId);
    await this.#registry.removeSchedule({ jobId, scheduleId });
  }
}

function scheduleOf({ spec }: Job, scheduleId: string): Schedule {
  const found = spec.schedules.filter(isCron).find(({ id }) => id === scheduleId);
  if (found) return found;
  throw notFound('scheduleNotFound', 'Schedule not found', { jobId: spec.id, scheduleId });
}
