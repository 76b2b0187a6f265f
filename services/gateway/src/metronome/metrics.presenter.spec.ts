import type { MetricReading } from '@carillon/service-runtime';
import { expect, test } from 'vitest';
import { presentMetrics, quantile } from './metrics.presenter.js';

const durations = (status: number, counts: number[]) => ({
  attributes: { method: 'GET', route: '/ping', status },
  value: {
    count: counts.reduce((all, one) => all + one, 0),
    sum: 3,
    min: 0.2,
    max: 4,
    boundaries: [1, 2],
    counts,
  },
});
const readings: MetricReading[] = [
  {
    name: 'scheduler_runs_active',
    kind: 'gauge',
    points: [
      { attributes: { status: 'queued' }, value: 2 },
      { attributes: { status: 'running' }, value: 3 },
    ],
  },
  {
    name: 'scheduler_fires_total',
    kind: 'counter',
    points: ['succeeded', 'failed', 'lost'].map((outcome) => ({ attributes: { outcome }, value: 4 })),
  },
  {
    name: 'http_server_request_duration_seconds',
    kind: 'histogram',
    points: [durations(200, [1, 1, 0]), durations(404, [0, 0, 2])],
  },
];

test('metrics have the form of Dropwizard, and the names of Metronome where they mean the same', () => {
  expect(presentMetrics(readings, 7)).toMatchObject({
    version: '4.0.0',
    gauges: {
      'metronome.uptime.gauge.seconds': { value: 7 },
      'metronome.jobs.active.gauge': { value: 5 },
      'carillon.scheduler_runs_active.running.gauge': { value: 3 },
    },
    counters: {
      'metronome.jobs.failed.counter': { count: 8 },
      'metronome.http.responses.2xx.counter': { count: 2 },
      'metronome.http.responses.4xx.counter': { count: 2 },
      'carillon.scheduler_fires_total.succeeded.counter': { count: 4 },
    },
    histograms: {
      'metronome.http.requests.duration.histogram.seconds': { count: 4, mean: 1.5, min: 0.2, max: 4 },
    },
    meters: {},
    timers: {},
  });
});

test('quantiles lie in their buckets, between the smallest and the largest value', () => {
  const histogram = { count: 10, sum: 0, min: 0.5, max: 4, boundaries: [1, 2], counts: [5, 3, 2] };
  expect(quantile(histogram, 0.5)).toBeCloseTo(1);
  expect(quantile(histogram, 0.65)).toBeCloseTo(1.5);
  expect(quantile(histogram, 1)).toBe(4);
  expect(quantile({ ...histogram, count: 0, counts: [0, 0, 0], max: 0 }, 0.5)).toBe(0);
});
