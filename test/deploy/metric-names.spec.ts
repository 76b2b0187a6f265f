import { metrics, prometheusText } from '@carillon/service-runtime';
import { expect, test } from 'vitest';
import { deployedQueries, metricNamesOf, missingMetrics } from './metric-names.js';

test.each([
  ['absent(scheduler_leader == 1)', ['scheduler_leader']],
  ['sum by (hop, le) (rate(lag_bucket{hop="running", le=~"a|b"}[5m])) > 30', ['lag_bucket']],
  ['sum(a) / on (job) group_left (x) sum without(b) (c offset 5m) or vector(0)', ['a', 'c']],
  ['min(next_due) < -1e3 and bool_metric unless up', ['next_due', 'bool_metric', 'up']],
])('the metrics of %s', (expression, names) => {
  expect(metricNamesOf(expression)).toEqual(names);
});

test('every alert and panel has a query', () => {
  const places = deployedQueries().map(({ place }) => place);
  expect(places.filter((place) => place.startsWith('alert')).length).toBeGreaterThanOrEqual(11);
  expect(places.filter((place) => place.startsWith('dashboard')).length).toBeGreaterThanOrEqual(20);
});

test('dashboard and alerts ask for nothing but the metrics that services have', async () => {
  metrics.fireLag.record(1, { hop: 'decided' });
  metrics.fires.add(0, { outcome: 'succeeded' });
  metrics.missed.add(0, { reason: 'startingDeadlineExceeded' });
  metrics.overlapSkipped.add(0);
  metrics.runDuration.record(1, { outcome: 'succeeded' });
  metrics.retries.add(0);
  metrics.deadLetters.add(0, { consumer: 'history', topic: 'carillon.runs' });
  metrics.httpRequestDuration.record(1, { method: 'GET', route: '/v1/jobs', status: 200 });
  metrics.runsActive.addCallback((result) => result.observe(1, { status: 'queued' }));
  metrics.outboxLag.addCallback((result) => result.observe(1, { source: 'timer' }));
  metrics.consumerLag.addCallback((result) =>
    result.observe(1, { consumer: 'history', topic: 'carillon.runs', partition: 0 }),
  );
  metrics.leader.addCallback((result) => result.observe(1, { epoch: 1 }));
  metrics.nextDue.addCallback((result) => result.observe(1));
  const ofProcess =
    'process_resident_memory_bytes 1\nprocess_cpu_seconds_total 1\nnodejs_eventloop_lag_p99_seconds 1';
  expect(missingMetrics([await prometheusText(), ofProcess])).toEqual([]);
});

test('a metric that nobody has is named with the place that asks for it', () => {
  const missing = missingMetrics(['# TYPE scheduler_leader gauge\nscheduler_leader{epoch="1"} 1\n']);
  expect(missing).toContain('alert CarillonRelayLag: scheduler_outbox_lag_seconds');
  expect(missing.filter((line) => line.endsWith(': scheduler_leader'))).toEqual([]);
});
