import { startPostgres } from '@carillon/rigs';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { lagCollector, LEAD_MS, type Peer } from './lag.js';

const silent = new Logger(() => () => undefined);

/** graphile-worker on PostgreSQL with fsync: jobs with `run_at`, done by a worker in this process as fast as it goes. */
export const graphileWorker: Peer = {
  name: 'graphile-worker 0.18, no-op in process',
  async lags(jobs) {
    const postgres = await startPostgres({ durable: true });
    const pgPool = new pg.Pool({ connectionString: postgres.url, max: 12 });
    pgPool.on('error', () => undefined);
    pgPool.on('connect', (client) => client.on('error', () => undefined));
    try {
      const utils = await makeWorkerUtils({ pgPool, logger: silent });
      await utils.migrate();
      const dueAt = Date.now() + LEAD_MS + jobs * 2;
      await pgPool.query(
        `SELECT graphile_worker.add_job('due', json_build_object('n', n), run_at := to_timestamp($2::float8 / 1000))
         FROM generate_series(1, $1::int) n`,
        [jobs, dueAt],
      );
      const { began, all } = lagCollector(jobs, () => dueAt);
      // Its own poll is every 2 s; due jobs are then taken one after another without a pause.
      const runner = await run({
        pgPool,
        logger: silent,
        concurrency: 20,
        pollInterval: 100,
        noHandleSignals: true,
        taskList: { due: began },
      });
      const lags = await all();
      await runner.stop();
      await utils.release();
      return lags;
    } finally {
      await pgPool.end();
      await postgres.stop();
    }
  },
};
