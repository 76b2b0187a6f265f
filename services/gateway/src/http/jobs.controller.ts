import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Backends } from '../application/backends.js';
import { type JobView, readJob, readJobs, type Wanted } from '../application/read-jobs.js';
import { removeJob } from '../application/remove-job.js';
import type { GatewayConfig } from '../gateway.config.js';
import { presentHistory, presentSummary } from '../metronome/history.presenter.js';
import { presentJobInfo, presentJobSpec } from '../metronome/job.presenter.js';
import { jobChangeReader, jobSpecReader } from '../metronome/job-spec.reader.js';
import { booleanParameter, type Embeds, embedParameter, jobIdParameter } from '../metronome/parameters.js';
import { presentRun } from '../metronome/run.presenter.js';
import { defaultLimits, type GatewayLimits } from '../gateway.limits.js';
import { BACKENDS, GATEWAY_CONFIG } from '../tokens.js';
import { jsonArray } from './json-array.js';
import { jsonBody } from './json-body.js';
import { requestKey } from './request-key.js';

@Controller('v1/jobs')
export class JobsController {
  readonly #backends: Backends;
  readonly #historyCount: number;
  readonly #limits: GatewayLimits;

  constructor(@Inject(BACKENDS) backends: Backends, @Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.#backends = backends;
    this.#historyCount = config.historyCount;
    this.#limits = config.limits ?? defaultLimits;
  }

  @Get()
  async list(@Query('embed') embed: unknown): Promise<object> {
    const embeds = embedParameter(embed);
    const pages = readJobs(this.#backends, this.#wanted(embeds));
    return jsonArray(presentPages(pages, embeds));
  }

  @Post()
  async create(@Req() request: FastifyRequest): Promise<object> {
    const spec = jsonBody(request, jobSpecReader);
    const job = await this.#backends.registry.createJob({ spec, ...requestKey(request, this.#limits) });
    return presentJobSpec(job.spec, Date.now());
  }

  @Get(':jobId')
  async get(@Param('jobId') id: string, @Query('embed') embed: unknown): Promise<object> {
    const jobId = jobIdParameter(id);
    const embeds = embedParameter(embed);
    const view = await readJob(this.#backends, jobId, this.#wanted(embeds));
    return presentView(view, embeds, { idleRuns: true });
  }

  /** Keeps the stored schedules: those of the body are read, but not used; and all that v1 has no words for. */
  @Put(':jobId')
  async update(@Param('jobId') id: string, @Req() request: FastifyRequest): Promise<object> {
    const jobId = jobIdParameter(id);
    const spec = jsonBody(request, jobChangeReader);
    const job = await this.#backends.registry.updateJob({
      ...{ jobId, spec, keepSchedules: true, keepVolumes: true, keepOwn: true },
    });
    return presentJobSpec(job.spec, Date.now());
  }

  @Delete(':jobId')
  @HttpCode(200)
  async remove(@Param('jobId') id: string, @Query('stopCurrentJobRuns') stop: unknown): Promise<object> {
    const jobId = jobIdParameter(id);
    const stopRuns = booleanParameter('stopCurrentJobRuns', stop);
    const job = await removeJob(this.#backends, jobId, { stopRuns });
    return presentJobSpec(job.spec, Date.now());
  }

  #wanted(embeds: Embeds): Wanted {
    return {
      activeRuns: embeds.has('activeRuns'),
      summary: embeds.has('historySummary'),
      recentRuns: embeds.has('history') ? this.#historyCount : undefined,
    };
  }
}

async function* presentPages(pages: AsyncGenerator<JobView[]>, embeds: Embeds): AsyncGenerator<object[]> {
  for await (const page of pages) yield page.map((view) => presentView(view, embeds, { idleRuns: false }));
}

/** A list leaves `activeRuns` out for an idle job, which clients take as running otherwise; one job has an empty one. */
function presentView(view: JobView, embeds: Embeds, { idleRuns }: { idleRuns: boolean }): object {
  const { job, activeRuns, history } = view;
  const withRuns = embeds.has('activeRuns') && (idleRuns || activeRuns.length > 0);
  return presentJobInfo(job.spec, Date.now(), {
    ...(withRuns ? { activeRuns: activeRuns.map(presentRun) } : {}),
    ...(history && embeds.has('history') ? { history: presentHistory(history) } : {}),
    ...(history && embeds.has('historySummary') ? { historySummary: presentSummary(history) } : {}),
  });
}
