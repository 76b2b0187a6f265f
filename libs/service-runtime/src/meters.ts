import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  InstrumentType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';

/** Collects when asked. Observed gauges show what is observed now: a series that is no longer reported is gone. */
class PulledMetrics extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA
          : AggregationTemporality.CUMULATIVE,
    });
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

const reader = new PulledMetrics();
const provider = new MeterProvider({ readers: [reader] });
const serializer = new PrometheusSerializer('', false, undefined, true, true);

/** The meter for instruments of one owner. Works at import time, before telemetry is started. */
export function meter(name: string): Meter {
  return provider.getMeter(name);
}

let collecting: ReturnType<PulledMetrics['collect']> | undefined;

/** Whoever asks meanwhile gets the same: what is observed is handed out once. */
function collect(): ReturnType<PulledMetrics['collect']> {
  collecting ??= reader.collect().finally(() => (collecting = undefined));
  return collecting;
}

/** All metrics of this process in Prometheus' text format. */
export async function prometheusText(): Promise<string> {
  const { resourceMetrics, errors } = await collect();
  if (errors.length > 0) throw new AggregateError(errors, 'some metrics could not be observed');
  // The exporter brings its own patch version of the SDK, whose enums are of the same values but other types.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
  return `${serializer.serialize(resourceMetrics).trimEnd()}\n`;
}

/** One series of a metric: a number, or a histogram whose `counts` has one more entry than `boundaries`. */
export interface MetricPoint {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | MetricHistogram;
}

export interface MetricHistogram {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly boundaries: readonly number[];
  readonly counts: readonly number[];
}

export interface MetricReading {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly points: readonly MetricPoint[];
}

/** All metrics of this process as values. */
export async function readMetrics(): Promise<MetricReading[]> {
  const { resourceMetrics } = await collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  return metrics.flatMap(({ descriptor: { name }, ...metric }): MetricReading[] => {
    switch (metric.dataPointType) {
      case DataPointType.HISTOGRAM:
        return [{ name, kind: 'histogram', points: metric.dataPoints.map(histogramPoint) }];
      case DataPointType.SUM:
        return [{ name, kind: metric.isMonotonic ? 'counter' : 'gauge', points: metric.dataPoints }];
      case DataPointType.GAUGE:
        return [{ name, kind: 'gauge', points: metric.dataPoints }];
      default:
        return [];
    }
  });
}

const histogramPoint = ({ attributes, value }: DataPoint<Histogram>): MetricPoint => ({
  attributes,
  value: {
    count: value.count,
    sum: value.sum ?? 0,
    min: value.min ?? 0,
    max: value.max ?? 0,
    boundaries: value.buckets.boundaries,
    counts: value.buckets.counts,
  },
});

const processMeter = meter('process');
const residentMemory = processMeter.createObservableGauge('process_resident_memory_bytes', {
  description: 'Resident memory of this process.',
});
const cpuSeconds = processMeter.createObservableCounter('process_cpu_seconds_total', {
  description: 'CPU time of this process, user and system.',
});
const loopDelay = processMeter.createObservableGauge('nodejs_eventloop_lag_p99_seconds', {
  description: "99th percentile of the event loop's delay since the last scrape.",
});

/** Observes memory, CPU and event loop of this process until the returned function is called. */
export function observeProcess(): () => void {
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  const observeMemory: Parameters<typeof residentMemory.addCallback>[0] = (result) =>
    result.observe(process.memoryUsage.rss());
  const observeCpu: Parameters<typeof cpuSeconds.addCallback>[0] = (result) => {
    const { user, system } = process.cpuUsage();
    result.observe((user + system) / 1e6);
  };
  const observeLoop: Parameters<typeof loopDelay.addCallback>[0] = (result) => {
    const p99 = delays.percentile(99) / 1e9;
    delays.reset();
    result.observe(p99);
  };
  residentMemory.addCallback(observeMemory);
  cpuSeconds.addCallback(observeCpu);
  loopDelay.addCallback(observeLoop);
  return () => {
    delays.disable();
    residentMemory.removeCallback(observeMemory);
    cpuSeconds.removeCallback(observeCpu);
    loopDelay.removeCallback(observeLoop);
  };
}
