import { freshDatabase } from '@carillon/rigs';
import {
  currentTraceContext,
  SpanCollector,
  startTelemetry,
  type TraceContext,
} from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { TestProjection } from '../contract/test-projection.js';
import { TestSource } from '../contract/test-source.js';
import { createEmbeddedEventLog } from '../embedded/embedded-event-log.js';

const traceparent = (n: number) => `00-${String(n).repeat(32)}-${String(n).repeat(16)}-01`;

it('continues the trace of a batch, and links the traces of a mixed one', async () => {
  const collector = new SpanCollector();
  const telemetry = startTelemetry({ serviceName: 'spec', exporters: [collector], env: {} });
  const postgres = await freshDatabase();
  const log = await createEmbeddedEventLog({ url: postgres.url, topics: [{ name: 't', partitions: 1 }] });
  const projection = await TestProjection.connect(postgres.url);
  const source = new TestSource('t');
  const active: TraceContext[] = [];
  const traced = (count: number, trace: (n: number) => number) =>
    source.next(count, 1).map((message, n) => ({
      ...message,
      headers: { ...message.headers, traceparent: traceparent(trace(n)) },
    }));
  const consumer = projection.consumer({
    name: 'traced',
    log,
    topics: ['t'],
    handle: () => Promise.resolve(void active.push(currentTraceContext())),
  });
  await consumer.caughtUp();
  await log.publish(traced(3, () => 7));
  await consumer.caughtUp();
  await log.publish(traced(3, (n) => (n === 0 ? 8 : 9)));
  await consumer.caughtUp();
  await projection.close();
  await log.close();
  await postgres.drop();
  await telemetry.shutdown();

  const [alone, mixed] = collector.spans.filter(({ name }) => name === 'process t');
  expect(alone).toMatchObject({ traceId: '7'.repeat(32), parentSpanId: '7'.repeat(16), kind: 'consumer' });
  expect(active[0]?.traceparent).toContain(alone?.spanId);
  expect(mixed?.parentSpanId).toBeUndefined();
  expect(mixed?.links.map(({ traceId }) => traceId)).toEqual(['8'.repeat(32), '9'.repeat(32)]);
});
