import { prometheusText } from '@carillon/service-runtime';
import { expect, test } from 'vitest';
import { startDecisionMetrics } from './decision-metrics.js';

test('each reason for which instants are missed is there before the first of them', async () => {
  startDecisionMetrics();
  const reasons = (await prometheusText()).matchAll(/^scheduler_missed_total\{reason="(\w+)"\} 0$/gm);
  expect(Array.from(reasons, ([, reason]) => reason)).toEqual([
    'startingDeadlineExceeded',
    'catchUpPolicy',
    'paused',
  ]);
});
