import { loadConfig } from '@carillon/service-runtime';
import { expect, test } from 'vitest';
import { gatewayConfigSchema } from './gateway.config.js';

const addresses = {
  CARILLON_JOB_REGISTRY_ADDRESS: 'a:1',
  CARILLON_SCHEDULER_FRAMEWORK_ADDRESS: 'b:1',
  CARILLON_TIMER_ADDRESS: 'c:1',
  CARILLON_HISTORY_ADDRESS: 'd:1',
};

test.each([
  ['500', 500],
  ['50000', 10_000],
])('takes the CARILLON_HISTORY_COUNT=%s of history, and lists %i', (count, listed) => {
  const { gateway } = loadConfig(gatewayConfigSchema, { ...addresses, CARILLON_HISTORY_COUNT: count });
  expect(gateway.historyCount).toBe(listed);
});
