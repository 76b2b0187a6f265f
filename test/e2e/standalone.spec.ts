import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spineCases } from './spine-cases.js';
import { startStandalone } from './support/standalone.js';
import { ROLE } from './volume-cases.js';

spineCases('standalone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-e2e-'));
  await chmod(folder, 0o755);
  const traceFile = join(folder, 'spans.jsonl');
  const carillon = await startStandalone({
    dataDir: join(folder, 'data'),
    env: { CARILLON_TRACE_FILE: traceFile, CARILLON_MESOS_ROLE: ROLE },
  });
  return {
    apiUrl: carillon.apiUrl,
    traceFile,
    metrics: async () => (await fetch(`${carillon.adminUrl}/metrics`)).text(),
    async stop() {
      await carillon.interrupt();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
