import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createLogger, logTo } from './log.js';
import { SpanCollector, type SpanRecord } from './span-record.js';
import { startTelemetry, type Telemetry } from './telemetry.js';
import { currentTraceContext, openSpan, withSpan, withTraceContext } from './tracing.js';

let telemetry: Telemetry | undefined;

afterEach(async () => {
  await telemetry?.shutdown();
  logTo();
});

function recording() {
  const collector = new SpanCollector();
  telemetry = startTelemetry({ serviceName: 'spec', exporters: [collector], env: {} });
  return collector;
}

test('a stored trace context joins hops of other calls into one trace with one root', async () => {
  const { spans } = recording();
  const stored = await withSpan('decide', { job: 'a' }, async () => {
    await Promise.resolve();
    return currentTraceContext();
  });
  await withSpan('consume', {}, () => openSpan('launch', {}).end(), { parent: stored, kind: 'consumer' });
  const [decide, launch, consume] = spans;
  expect(spans.map((span) => span.name)).toEqual(['decide', 'launch', 'consume']);
  expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
  expect(spans.filter((span) => span.parentSpanId === undefined)).toEqual([decide]);
  expect(consume?.parentSpanId).toBe(decide?.spanId);
  expect(launch?.parentSpanId).toBe(consume?.spanId);
  expect(consume?.kind).toBe('consumer');
});

test('what the work throws is recorded and thrown on', async () => {
  const { spans } = recording();
  await expect(withSpan('publish', {}, () => Promise.reject(new Error('broker away')))).rejects.toThrow(
    'away',
  );
  expect(spans[0]?.error).toBe('broker away');
});

test('an opened span can start in the past, links to others and may fail', () => {
  const { spans } = recording();
  const first = openSpan('first', {}, { startedAt: 1_000 });
  const second = openSpan('second', {}, { parent: {}, links: [first.context] });
  second.end(new Error('no'));
  first.end();
  expect(spans[0]).toMatchObject({ name: 'second', error: 'no', links: [{ spanId: spans[1]?.spanId }] });
  expect(spans[0]?.traceId).not.toBe(spans[1]?.traceId);
  expect(spans[1]?.startedAt).toBe(1_000);
});

test('without an exporter nothing is recorded, yet ids are made, travel, and stand in the log', async () => {
  telemetry = startTelemetry({ serviceName: 'spec', env: {} });
  const lines: string[] = [];
  logTo({ write: (line) => void lines.push(line) });
  const parent = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const inner = await withSpan(
    'handle',
    {},
    (span) => {
      expect(span.isRecording()).toBe(false);
      createLogger('spec').info('hello');
      return currentTraceContext();
    },
    { parent },
  );
  expect(inner.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  expect(inner.traceparent).not.toContain('b7ad6b7169203331');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    name: 'spec',
    msg: 'hello',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
  });
});

test('without an exporter an opened span hands its parent on, and makes a trace where there is none', () => {
  telemetry = startTelemetry({ serviceName: 'spec', env: {} });
  const parent = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'a=b',
  };
  expect(openSpan('hop', {}, { parent }).context).toEqual(parent);
  expect(openSpan('hop', {}).context.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

test('a malformed trace context starts a new trace', () => {
  recording();
  expect(withTraceContext({ traceparent: 'nonsense' }, currentTraceContext)).toEqual({});
});

test('spans are appended to CARILLON_TRACE_FILE as JSON lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-trace-'));
  try {
    const file = join(folder, 'spans.jsonl');
    telemetry = startTelemetry({ serviceName: 'spec', env: { CARILLON_TRACE_FILE: file } });
    await withSpan('outer', { dueAt: 5 }, () => withSpan('inner', {}, () => undefined));
    await telemetry.flush();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    const spans = lines.map((line) => JSON.parse(line) as SpanRecord);
    expect(spans.map(({ name, service }) => ({ name, service }))).toEqual([
      { name: 'inner', service: 'spec' },
      { name: 'outer', service: 'spec' },
    ]);
    expect(spans[1]?.attributes).toEqual({ dueAt: 5 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.skipIf(!existsSync('/dev/full'))(
  'spans that cannot be handed over are said in the log, and do not make the stop fail',
  async () => {
    const lines: string[] = [];
    logTo({ write: (line) => void lines.push(line) });
    const full = startTelemetry({ serviceName: 'spec', env: { CARILLON_TRACE_FILE: '/dev/full' } });
    await withSpan('lost', {}, () => undefined);
    await full.shutdown();
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'warn', err: { code: 'ENOSPC' }, msg: 'spans are lost' },
    ]);
  },
);

test('is started once per process', () => {
  recording();
  expect(startTelemetry({ serviceName: 'other', env: {} })).toBe(telemetry);
});

test.each([
  [
    { CARILLON_TRACE_FILE: '/no/such/folder/x' },
    /^CARILLON_TRACE_FILE="\/no\/such\/folder\/x": must be a file to append to/,
  ],
  [{ OTEL_TRACES_SAMPLER_ARG: 'half' }, 'OTEL_TRACES_SAMPLER_ARG="half": must be a number from 0 to 1'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    'OTEL_EXPORTER_OTLP_ENDPOINT="collector:4318": must be a URL such as http://',
  ],
  [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'nonsense' },
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="nonsense": must be a URL such as http://',
  ],
  [{ OTEL_TRACES_SAMPLER_ARG: '50' }, 'OTEL_TRACES_SAMPLER_ARG="50": must be a number from 0 to 1'],
])('refuses %j', (env, words) => {
  expect(() => startTelemetry({ serviceName: 'spec', env })).toThrow(words);
});

test('an empty share is none: all is recorded', async () => {
  const collector = new SpanCollector();
  const env = { OTEL_TRACES_SAMPLER_ARG: '' };
  telemetry = startTelemetry({ serviceName: 'spec', exporters: [collector], env });
  await withSpan('decide', {}, () => undefined);
  expect(collector.spans).toHaveLength(1);
});
