import { MesosCallError, MesosUnavailable } from '@carillon/mesos';
import { readMetrics, SpanCollector, startTelemetry } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { observeCall } from './observe-call.js';

it('each call has a span and is counted by its type and status', async () => {
  const collector = new SpanCollector();
  const telemetry = startTelemetry({ serviceName: 'spec', exporters: [collector], env: {} });
  await observeCall('ACCEPT', () => Promise.resolve());
  const refusal = new MesosCallError('KILL', 403, 'Framework is not subscribed');
  await expect(observeCall('KILL', () => Promise.reject(refusal))).rejects.toBe(refusal);
  const loss = new MesosUnavailable('REVIVE timed out');
  await expect(observeCall('REVIVE', () => Promise.reject(loss))).rejects.toBe(loss);
  const readings = (await readMetrics()).filter(
    ({ name }) => name === 'scheduler_mesos_call_duration_seconds',
  );
  expect(readings.flatMap(({ points }) => points.map(({ attributes }) => attributes))).toEqual([
    { type: 'ACCEPT', status: 'accepted' },
    { type: 'KILL', status: '403' },
    { type: 'REVIVE', status: 'unavailable' },
  ]);
  await telemetry.shutdown();
  expect(collector.spans.map(({ name, kind, error }) => [name, kind, error])).toEqual([
    ['mesos ACCEPT', 'client', undefined],
    ['mesos KILL', 'client', refusal.message],
    ['mesos REVIVE', 'client', loss.message],
  ]);
});
