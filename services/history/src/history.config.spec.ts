import { loadConfig } from '@carillon/service-runtime';
import { expect, test } from 'vitest';
import { historyConfigSchema } from './history.config.js';

test('names every variable that is missing', () => {
  expect(() => loadConfig(historyConfigSchema, { CARILLON_HISTORY_COUNT: '0' })).toThrow(
    [
      'CARILLON_DATABASE_URL is not set: must be a URL such as postgres://user:password@host:5432/carillon',
      'CARILLON_KAFKA_BROKERS is not set: must be a list of host:port such as kafka-1:9092,kafka-2:9092',
      'CARILLON_JOB_REGISTRY_ADDRESS is not set: must be host:port such as job-registry:9101',
      'CARILLON_TIMER_ADDRESS is not set: must be host:port such as timer:9102',
      'CARILLON_SCHEDULER_FRAMEWORK_ADDRESS is not set: must be host:port such as scheduler-framework:9103',
      'CARILLON_HISTORY_COUNT="0": must be a whole number from 1 to 1000000',
    ].join('\n'),
  );
});
