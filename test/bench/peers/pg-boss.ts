import { startPostgres } from '@carillon/rigs';
import { PgBoss } from 'pg-boss';
import { lagCollector, LEAD_MS, type Peer } from './lag.js';

/** pg-boss on PostgreSQL with fsync: jobs with `startAfter`, fetched in batches at its shortest polling interval. */
export const pgBoss: Peer = {
  name: 'pg-boss 12, no-op in process',
  async lags(jobs) {
    const postgres = await startPostgres({ durable: true });
    const boss = new PgBoss({ connectionString: postgres.url, max: 12 });
    boss.on('error', () => undefined);
    try {
      await boss.start();
      await boss.createQueue('due');
      const dueAt = Date.now() + LEAD_MS + jobs * 2;
      const startAfter = new Date(dueAt).toISOString();
      for (let from = 0; from < jobs; from += 500) {
        const size = Math.min(500, jobs - from);
        await boss.insert(
          'due',
          Array.from({ length: size }, () => ({ startAfter })),
        );
      }
      const { began, all } = lagCollector(jobs, () => dueAt);
      await boss.work('due', { batchSize: 100, pollingIntervalSeconds: 0.5 }, (batch) => {
        batch.forEach(began);
        return Promise.resolve();
      });
      return await all();
    } finally {
      await boss.stop({ graceful: false });
      await postgres.stop();
    }
  },
};
