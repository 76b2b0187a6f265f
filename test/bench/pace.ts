import { startPostgres } from '@carillon/rigs';
import { paceOfAppends, paceOfStarts } from './pace/pace.js';

/** How quick this machine is just now, beside the one where the figures of the peers were measured. */
export async function run(): Promise<void> {
  await paceOfStarts();
  const server = await startPostgres({ durable: true });
  try {
    await paceOfAppends(server.url);
  } finally {
    await server.stop();
  }
}
