import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { globalErrorHandler, setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  type Sampler,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { z } from 'zod';
import { ConfigError, loadConfig } from './config.js';
import { envUrl } from './env.js';
import { createLogger } from './log.js';
import { observeProcess, prometheusText } from './meters.js';
import { TraceFile } from './span-record.js';
import { setRecording } from './tracing.js';

export interface Telemetry {
  /** All metrics of this process in Prometheus' text format. */
  prometheusText(): Promise<string>;
  /** Hands over the spans that wait. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface TelemetrySettings {
  readonly serviceName: string;
  /** Each gets every span as it ends. For tests; otherwise the environment says where spans go. */
  readonly exporters?: readonly SpanExporter[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

let running: Telemetry | undefined;

/**
 * Starts tracing, once per process: further calls return the first one's telemetry until its shutdown.
 *
 * - OTEL_EXPORTER_OTLP_ENDPOINT (or ..._TRACES_ENDPOINT): spans go there by OTLP over HTTP.
 * - CARILLON_TRACE_FILE: spans are appended there as JSON lines (`SpanRecord`).
 * - OTEL_TRACES_SAMPLER_ARG: the share of traces to record, 0 to 1; decided by the trace id, so alike in every process.
 *
 * With neither, no span is recorded, but ids are made and travel all the same, so that logs can be joined.
 */
export function startTelemetry(settings: TelemetrySettings): Telemetry {
  running ??= start(settings);
  return running;
}

function start({ serviceName, exporters = [], env = process.env }: TelemetrySettings): Telemetry {
  const { OTEL_TRACES_SAMPLER_ARG: share } = loadConfig(tracesSchema, env);
  const log = createLogger('telemetry');
  setGlobalErrorHandler((error) => log.warn({ err: error }, 'spans are lost'));
  const processors = [...exporters.map((exporter) => new SimpleSpanProcessor({ exporter })), ...fromEnv(env)];
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': serviceName,
      'service.namespace': 'carillon',
      'service.instance.id': env['CARILLON_INSTANCE'] || String(process.pid),
    }),
    spanProcessors: processors,
    sampler: samplerFor(processors, share),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  setRecording(processors.length > 0);
  const stopObserving = observeProcess();
  return {
    prometheusText,
    flush: () => provider.forceFlush(),
    async shutdown() {
      running = undefined;
      setRecording(undefined);
      stopObserving();
      await provider.shutdown().catch(globalErrorHandler);
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

function fromEnv(env: Readonly<Record<string, string | undefined>>): SpanProcessor[] {
  const processors: SpanProcessor[] = [];
  if (env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) {
    processors.push(new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), maxQueueSize: 16_384 }));
  }
  if (env['CARILLON_TRACE_FILE']) {
    const exporter = traceFile(env['CARILLON_TRACE_FILE']);
    processors.push(new BatchSpanProcessor({ exporter, maxQueueSize: 131_072, scheduledDelayMillis: 200 }));
  }
  return processors;
}

function traceFile(path: string): TraceFile {
  try {
    return new TraceFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      { variable: 'CARILLON_TRACE_FILE', value: path, rule: `must be a file to append to: ${why}` },
    ]);
  }
}

const endpoint = envUrl(['http:', 'https:'], 'http://otel-collector:4318').optional();

const tracesSchema = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .refine((share) => Number(share) >= 0 && Number(share) <= 1, 'must be a number from 0 to 1')
    .optional(),
});

function samplerFor(processors: readonly SpanProcessor[], share: string | undefined): Sampler {
  if (processors.length === 0) return new AlwaysOffSampler();
  return share === undefined ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(Number(share));
}
