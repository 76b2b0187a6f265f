import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { lagCollector, LEAD_MS, type Peer } from './lag.js';

const installed = spawnSync('redis-server', ['--version']).status === 0;

/** BullMQ on Redis with an append-only file, synced each second: delayed jobs, done by a worker in this process. */
export const bullMq: Peer = {
  name: 'BullMQ 6 on Redis (appendfsync everysec), no-op in process',
  ...(installed ? {} : { missing: 'redis-server is not installed (Debian: redis-server)' }),
  async lags(jobs) {
    const dir = await mkdtemp(join(tmpdir(), 'carillon-redis-'));
    const port = await freePort();
    const redis = spawn(
      'redis-server',
      ['--port', String(port), '--dir', dir, '--appendonly', 'yes', '--save', ''],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      for await (const chunk of redis.stdout) if (String(chunk).includes('Ready to accept')) break;
      redis.stdout.resume();
      const connection = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null });
      const queue = new Queue('due', { connection });
      const dueAt = Date.now() + LEAD_MS + jobs * 2;
      for (let from = 0; from < jobs; from += 500) {
        const delay = dueAt - Date.now();
        await queue.addBulk(
          Array.from({ length: Math.min(500, jobs - from) }, () => ({
            name: 'due',
            data: {},
            opts: { delay },
          })),
        );
      }
      const { began, all } = lagCollector(jobs, () => dueAt);
      const worker = new Worker(
        'due',
        () => {
          began();
          return Promise.resolve();
        },
        { connection, concurrency: 50 },
      );
      worker.on('error', () => undefined);
      const lags = await all();
      await worker.close();
      await queue.close();
      connection.disconnect();
      return lags;
    } finally {
      redis.kill();
      await once(redis, 'close');
      await rm(dir, { recursive: true, force: true });
    }
  },
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
