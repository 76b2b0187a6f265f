import type { RecordedEvent } from '@carillon/contracts';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { Backends } from '../application/backends.js';
import { anyRun } from '../application/runs.js';
import { ClientError } from '../metronome/client-error.js';
import { jobIdParameter } from '../metronome/parameters.js';
import { BACKENDS } from '../tokens.js';
import { presentRunDetail } from './run.presenter.js';

const MAX_EVENTS = 1000;

/** Carillon's own API, as far as it goes yet. */
@Controller('v2')
export class V2Controller {
  readonly #backends: Backends;

  constructor(@Inject(BACKENDS) backends: Backends) {
    this.#backends = backends;
  }

  @Get('runs/:jobId/:runId')
  async run(@Param('jobId') id: string, @Param('runId') runId: string): Promise<object> {
    return presentRunDetail(await anyRun(this.#backends, jobIdParameter(id), runId));
  }

  /** All public events, or those of one job, in the one order in which history recorded them. */
  @Get('events')
  async events(
    @Query('after') after: unknown,
    @Query('limit') limit: unknown,
    @Query('jobId') jobId: unknown,
    @Query('runId') runId: unknown,
  ): Promise<object> {
    const { events } = await this.#backends.history.listEvents({
      after: whole('after', after, 0, Number.MAX_SAFE_INTEGER),
      limit: whole('limit', limit, 100, MAX_EVENTS),
      ...(typeof jobId === 'string' ? { jobId: jobIdParameter(jobId) } : {}),
      ...(typeof runId === 'string' ? { runId } : {}),
    });
    const last = events.at(-1);
    return { events: events.map(presentEvent), next: last?.position ?? null };
  }
}

function whole(name: string, raw: unknown, fallback: number, max: number): number {
  if (raw === undefined) return fallback;
  const value = typeof raw === 'string' && /^\d{1,16}$/.test(raw) ? Number(raw) : Number.NaN;
  if (value <= max) return value;
  throw new ClientError(400, `${name} must be a whole number from 0 to ${max}`);
}

const presentEvent = (event: RecordedEvent) => ({
  position: event.position,
  id: event.eventId,
  type: event.type,
  jobId: event.jobId,
  time: new Date(event.time).toISOString(),
  data: JSON.parse(event.dataJson) as unknown,
});
