import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDistributed } from '@carillon/rigs';
import { spineCases } from './spine-cases.js';

spineCases('distributed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-e2e-'));
  const traceFile = join(folder, 'spans.jsonl');
  const carillon = await startDistributed({ environment: { CARILLON_TRACE_FILE: traceFile } });
  return {
    apiUrl: carillon.apiUrl,
    traceFile,
    async stop() {
      await carillon.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
