import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaMissing, skipsBecause, startDistributed } from '@carillon/rigs';
import { describe } from 'vitest';
import { spineCases } from './spine-cases.js';
import { ROLE } from './volume-cases.js';

const start = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-e2e-'));
  const traceFile = join(folder, 'spans.jsonl');
  const carillon = await startDistributed({
    environment: { CARILLON_TRACE_FILE: traceFile, CARILLON_MESOS_ROLE: ROLE },
  });
  return {
    apiUrl: carillon.apiUrl,
    traceFile,
    async stop() {
      await carillon.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

describe.skipIf(skipsBecause('the distributed shape', kafkaMissing()))('with a real Kafka', () => {
  spineCases('distributed', start);
});
