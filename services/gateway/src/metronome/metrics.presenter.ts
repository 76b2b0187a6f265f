import type { MetricHistogram, MetricPoint, MetricReading } from '@carillon/service-runtime';

type Named<T> = readonly (readonly [string, T])[];

/**
 * The metrics of this process as Metronome's /v1/metrics has them (Dropwizard's form): those that mean the same under
 * Metronome's names, then all of them under their own. Rates are left to the reader, so meters and timers are empty.
 */
export function presentMetrics(readings: readonly MetricReading[], uptimeSeconds: number): object {
  const own = readings.flatMap((reading) =>
    reading.points.map((point) => [nameOf(reading, point), point.value] as const),
  );
  const numbers = (kind: MetricReading['kind']) =>
    readings
      .filter((reading) => reading.kind === kind)
      .flatMap((reading) => reading.points.map((point) => [nameOf(reading, point), point.value] as const));
  const histograms: Named<MetricHistogram> = own.flatMap(([name, value]) =>
    typeof value === 'object' ? [[name, value] as const] : [],
  );
  const requests = merged(pointsOf(readings, 'http_server_request_duration_seconds'));
  const active = pointsOf(readings, 'scheduler_runs_active');
  const gauges = [
    ['metronome.uptime.gauge.seconds', uptimeSeconds] as const,
    ...(active.length > 0 ? [['metronome.jobs.active.gauge', total(active)] as const] : []),
    ...numbers('gauge'),
  ];
  return {
    version: '4.0.0',
    gauges: Object.fromEntries(gauges.map(([name, value]) => [name, { value }])),
    counters: Object.fromEntries(
      [...metronomeCounters(readings), ...numbers('counter')].map(([name, count]) => [name, { count }]),
    ),
    histograms: Object.fromEntries(
      [
        ...(requests ? [['metronome.http.requests.duration.histogram.seconds', requests] as const] : []),
        ...histograms,
      ].map(([name, histogram]) => [name, presentHistogram(histogram)]),
    ),
    meters: {},
    timers: {},
  };
}

function metronomeCounters(readings: readonly MetricReading[]): Named<number> {
  const launched = pointsOf(readings, 'scheduler_fire_lag_seconds').filter(
    ({ attributes }) => attributes['hop'] === 'launched',
  );
  const failed = pointsOf(readings, 'scheduler_fires_total').filter(({ attributes }) =>
    ['failed', 'killed', 'timedOut', 'lost'].includes(String(attributes['outcome'])),
  );
  const answered = Map.groupBy(
    pointsOf(readings, 'http_server_request_duration_seconds'),
    ({ attributes }) => `${Math.floor(Number(attributes['status']) / 100)}xx`,
  );
  return [
    ...(launched.length > 0 ? [['metronome.jobs.started.counter', total(launched)] as const] : []),
    ...(failed.length > 0 ? [['metronome.jobs.failed.counter', total(failed)] as const] : []),
    ...[...answered].map(
      ([status, points]) => [`metronome.http.responses.${status}.counter`, total(points)] as const,
    ),
  ];
}

const nameOf = ({ name, kind }: MetricReading, { attributes }: MetricPoint) =>
  ['carillon', name, ...Object.values(attributes).map(String), kind].join('.');

const pointsOf = (readings: readonly MetricReading[], name: string) =>
  readings.filter((reading) => reading.name === name).flatMap(({ points }) => points);

const total = (points: readonly MetricPoint[]) =>
  points.reduce((sum, { value }) => sum + (typeof value === 'number' ? value : value.count), 0);

/** Series of one metric, which have the same boundaries, as one. */
function merged(points: readonly MetricPoint[]): MetricHistogram | undefined {
  const all = points.flatMap(({ value }) => (typeof value === 'object' ? [value] : []));
  const [first, ...rest] = all;
  return first && rest.reduce(addHistogram, first);
}

const addHistogram = (a: MetricHistogram, b: MetricHistogram): MetricHistogram => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
  boundaries: a.boundaries,
  counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)),
});

function presentHistogram(histogram: MetricHistogram): object {
  const { count, sum, min, max } = histogram;
  return {
    count,
    min,
    mean: count === 0 ? 0 : sum / count,
    max,
    p50: quantile(histogram, 0.5),
    p75: quantile(histogram, 0.75),
    p95: quantile(histogram, 0.95),
    p98: quantile(histogram, 0.98),
    p99: quantile(histogram, 0.99),
    p999: quantile(histogram, 0.999),
    stddev: deviation(histogram),
  };
}

/** Within the bucket it falls into, as if values were spread evenly there. */
export function quantile(histogram: MetricHistogram, share: number): number {
  const rank = share * histogram.count;
  let before = 0;
  for (const [index, count] of histogram.counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const [low, high] = bucket(histogram, index);
      return low + (high - low) * ((rank - before) / count);
    }
    before += count;
  }
  return histogram.max;
}

function deviation(histogram: MetricHistogram): number {
  const { count, sum, counts } = histogram;
  if (count === 0) return 0;
  const squares = counts.reduce((all, inside, index) => {
    const [low, high] = bucket(histogram, index);
    return inside === 0 ? all : all + inside * ((low + high) / 2 - sum / count) ** 2;
  }, 0);
  return Math.sqrt(squares / count);
}

const bucket = ({ boundaries, min, max }: MetricHistogram, index: number): [number, number] => [
  Math.max(boundaries[index - 1] ?? min, min),
  Math.min(boundaries[index] ?? max, max),
];
