import { Controller, Get, Inject } from '@nestjs/common';
import type { Backends } from '../application/backends.js';
import { isWaiting } from '../application/run-states.js';
import { BACKENDS } from '../tokens.js';

@Controller('v1/queue')
export class QueueController {
  readonly #framework: Backends['framework'];

  constructor(@Inject(BACKENDS) { framework }: Backends) {
    this.#framework = framework;
  }

  /** Runs that wait for a place, by job. Metronome cuts the job id at its first dot; here it is whole. */
  @Get()
  async list(): Promise<object[]> {
    const { runs } = await this.#framework.listRuns({ uids: [], activeOnly: true });
    const byJob = Map.groupBy(runs.filter(isWaiting), ({ jobId }) => jobId);
    return [...byJob].map(([jobId, waiting]) => ({
      jobId,
      runs: waiting.map(({ runId }) => ({ runId })),
    }));
  }
}
