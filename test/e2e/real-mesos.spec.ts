import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realMesosMissing, skipsBecause, startRealMesos } from '@carillon/rigs';
import { describe } from 'vitest';
import { spineCases } from './spine-cases.js';
import { startStandalone } from './support/standalone.js';
import { ROLE } from './volume-cases.js';

/** The same cases with Apache Mesos 1.11 in place of the local one: one launch path, whoever runs the tasks. */
describe.skipIf(skipsBecause('the spine on a real Mesos', realMesosMissing()))('with Apache Mesos', () => {
  spineCases('standalone on a real Mesos', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-e2e-'));
    await chmod(folder, 0o755);
    const mesos = await startRealMesos({ cpus: 64, mem: 65_536 });
    const traceFile = join(folder, 'spans.jsonl');
    const carillon = await startStandalone({
      dataDir: join(folder, 'data'),
      env: { CARILLON_TRACE_FILE: traceFile, CARILLON_MESOS_MASTER: mesos.master, CARILLON_MESOS_ROLE: ROLE },
    });
    return {
      apiUrl: carillon.apiUrl,
      traceFile,
      metrics: async () => (await fetch(`${carillon.adminUrl}/metrics`)).text(),
      async stop() {
        await carillon.interrupt();
        await mesos.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
});
