import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { eventually } from '../../e2e/support/api.js';
import { cpuSeconds } from '../../e2e/support/processor-time.js';
import { BARE_SERVER } from './bare-server-name.js';
import { job } from './jobs.js';
import { type Cpu, type Figures, type Load, Measuring } from './measure.js';

const COUNT = 3_000;

/** What this machine does now, on that PostgreSQL server: the figures of the yardstick. */
export async function bareRate(databaseUrl: string, cpuOfDatabase: () => Promise<number>): Promise<Figures> {
  const server = spawn(process.execPath, [join(import.meta.dirname, 'bare-server.js'), databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const cpu: Cpu = async () => ({
    node: await cpuSeconds(server.pid ?? 0),
    postgres: await cpuOfDatabase(),
  });
  const measuring = new Measuring(`http://127.0.0.1:${port}`, cpu);
  try {
    const create = (from: number): Load => ({
      count: COUNT,
      send: (connection, n) => connection.send('POST', '/', job(from + n), 201),
    });
    await measuring.measure('bare server, to warm up', create(0));
    return await measuring.measure('bare server, two rows each', create(COUNT));
  } finally {
    measuring.close();
    server.kill('SIGKILL');
    await once(server, 'exit');
    await gone(databaseUrl);
  }
}

/** PostgreSQL's processes for it too, so that what is measured next has the machine to itself. */
async function gone(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const query = 'SELECT 1 FROM pg_stat_activity WHERE application_name = $1';
  try {
    await eventually('the bare server has no connections', async () => {
      const { rowCount } = await client.query(query, [BARE_SERVER]);
      return rowCount === 0;
    });
  } finally {
    await client.end();
  }
}
