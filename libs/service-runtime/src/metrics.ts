import { meter } from './meters.js';

/**
 * Every metric of Carillon, by the field's conventional names. Owners import the instrument and record; nobody makes
 * a metric elsewhere, so that dashboards and alerts have one list to be checked against.
 *
 * Counters that an alert watches are to be started with `add(0, attributes)`: Prometheus' increase() does not see the
 * first increment of a series that was not there before.
 */
const carillon = meter('carillon');

const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];
const DURATION_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400];
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * From the due instant, or the end of its jitter, to each hop of a run, of a backfill's from when it was queued:
 * {hop: decided (timer) | queued | launched | running (framework)}.
 */
export const fireLag = carillon.createHistogram<{ hop: 'decided' | 'queued' | 'launched' | 'running' }>(
  'scheduler_fire_lag_seconds',
  {
    description: 'Time from the due instant of a run to each of its hops.',
    advice: { explicitBucketBoundaries: LAG_SECONDS },
  },
);

/** What became of due instants and manual starts: {outcome: succeeded|failed|killed|timedOut|lost|skipped|missed}. */
export const fires = carillon.createCounter<{ outcome: string }>('scheduler_fires_total', {
  description: 'Runs that ended, were skipped or missed, by outcome.',
});

/** Due instants that made no run (timer): {reason: startingDeadlineExceeded | catchUpPolicy | paused}. */
export const missed = carillon.createCounter<{ reason: string }>('scheduler_missed_total', {
  description: 'Due instants that made no run: they were found too late, or in a pause.',
});

/** Runs that were refused because another run of the job was active (framework). */
export const overlapSkipped = carillon.createCounter('scheduler_overlap_skipped_total', {
  description: 'Runs skipped because an earlier run of the job was still active.',
});

/** {status: queued|launched|running}, observed by the leading framework. */
export const runsActive = carillon.createObservableGauge<{ status: string }>('scheduler_runs_active', {
  description: 'Runs that have not ended, by status.',
});

/** From queued to ended (framework): {outcome}. */
export const runDuration = carillon.createHistogram<{ outcome: string }>('scheduler_run_duration_seconds', {
  description: 'Time from admission to the end of a run.',
  advice: { explicitBucketBoundaries: DURATION_SECONDS },
});

/** Further attempts of a run after a failed one (framework). */
export const retries = carillon.createCounter('scheduler_retries_total', {
  description: 'Attempts after the first of a run.',
});

/** Age of the oldest committed event that is not published yet: {source}, observed by each relay; 0 when idle. */
export const outboxLag = carillon.createObservableGauge<{ source: string }>('scheduler_outbox_lag_seconds', {
  description: 'Age of the oldest event that waits to be published.',
});

/** Messages in the log that this consumer has not handled: {consumer, topic, partition}. */
export const consumerLag = carillon.createObservableGauge<{
  consumer: string;
  topic: string;
  partition: number;
}>('scheduler_consumer_lag', { description: 'Messages that a consumer is behind the end of its partition.' });

/** Messages put aside because they could not be handled: {consumer, topic}. */
export const deadLetters = carillon.createCounter<{ consumer: string; topic: string }>(
  'scheduler_dead_letters_total',
  { description: 'Messages put aside because their handler refused them.' },
);

/** 1 while this process leads, 0 while it stands by: {epoch} (of the lease it had last; 0 before the first). */
export const leader = carillon.createObservableGauge<{ epoch: number }>('scheduler_leader', {
  description: 'Whether this process is the leader, and of which epoch.',
});

/** Time until the nearest armed due instant (timer); negative when it is overdue; absent when nothing is armed. */
export const nextDue = carillon.createObservableGauge('scheduler_next_due_seconds', {
  description: 'Time until the nearest armed due instant; negative: overdue.',
});

/** The gateway's requests: {method, route (the pattern, never the path), status}. */
export const httpRequestDuration = carillon.createHistogram<{
  method: string;
  route: string;
  status: number;
}>('http_server_request_duration_seconds', {
  description: 'Duration of HTTP requests.',
  advice: { explicitBucketBoundaries: REQUEST_SECONDS },
});

/** Calls to the Mesos master (framework): {type: ACCEPT …, status: accepted | the HTTP status | unavailable}. */
export const mesosCallDuration = carillon.createHistogram<{ type: string; status: string }>(
  'scheduler_mesos_call_duration_seconds',
  {
    description: 'Duration of calls to the Mesos master; a SUBSCRIBE lasts until SUBSCRIBED.',
    advice: { explicitBucketBoundaries: [0.001, 0.0025, ...REQUEST_SECONDS] },
  },
);
