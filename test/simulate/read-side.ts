import type { MemoryTransaction, Schema } from './memory-tables.js';
import type { Ended } from './run-lives.js';
import {
  listOf,
  type HistoryRunRow,
  type PublicEventRow,
  type StatisticsRow,
} from './statements/history.statements.js';
import { holds } from './violation.js';

const SAME = 'what history says equals what the events say';
const ORDER = 'events of one job on one topic are seen in order, each once';

interface Told {
  /** The events of one stream about one job: they have one key. */
  readonly chain: string;
  readonly version: number;
}

/** What leaves the services: everything else history never sees. */
const PUBLIC = new Set([
  ...['JobDefined', 'JobRemoved', 'JobPaused', 'JobResumed'],
  ...['RunDue', 'DueInstantsMissed', 'WorkflowRunStarted', 'WorkflowRunEnded'],
  ...[
    'RunQueued',
    'RunSkipped',
    'AttemptLaunched',
    'AttemptStarted',
    'AttemptEnded',
    'RunStopRequested',
    'RunEnded',
  ],
]);

const SOURCES: Readonly<Record<string, string>> = {
  job_registry: 'job-registry',
  timer: 'timer',
  scheduler_framework: 'scheduler-framework',
};

/** Compares history with the events as they were committed: each public event once and in order, each ended run the same. */
export class ReadSide {
  readonly #history: Schema;
  readonly #told = new Map<string, Told>();
  readonly #seenVersions = new Map<string, number>();
  readonly #ended = new Map<string, Ended>();
  readonly #counts = new Map<string, { success: number; failure: number; skipped: number }>();
  /** Runs that history has as they were, to be forgotten elsewhere. */
  readonly known: string[] = [];
  events = 0;

  constructor(history: Schema) {
    this.#history = history;
  }

  owned({ schema, events }: MemoryTransaction): void {
    const source = SOURCES[schema.name];
    if (source === undefined) return;
    for (const { type, stream, version, metadata, data } of events) {
      if (!PUBLIC.has(type)) continue;
      this.events += 1;
      const { jobId = '' } = data as { jobId?: string };
      const told = { chain: `${stream} ${jobId}`, version };
      this.#told.set(`${source} ${(metadata as { eventId: string }).eventId}`, told);
    }
  }

  ended(key: string, ended: Ended): void {
    this.#ended.set(key, ended);
    const [uid = ''] = key.split('/');
    const counts = this.#counts.get(uid) ?? { success: 0, failure: 0, skipped: 0 };
    this.#counts.set(uid, counts);
    if (ended.skippedAt !== undefined) counts.skipped += 1;
    else counts[ended.outcome === 'succeeded' ? 'success' : 'failure'] += 1;
  }

  projected({ writes }: MemoryTransaction): void {
    const events = writes.get(this.#history.table<object>('public_events'));
    for (const [key, row] of events ?? []) if (row) this.#recorded(key, row as PublicEventRow);
    const runs = writes.get(this.#history.table<object>('runs'));
    for (const row of runs?.values() ?? []) if (row) this.#run(row as HistoryRunRow);
  }

  get isAtRest(): boolean {
    return this.#told.size === 0 && this.#ended.size === 0;
  }

  settled(): void {
    const [missing] = this.#told.keys();
    holds(
      missing === undefined,
      ORDER,
      () => `${this.#told.size} events never came to history, such as ${missing ?? ''}`,
    );
    const [unknown] = this.#ended.keys();
    holds(
      unknown === undefined,
      SAME,
      () => `${this.#ended.size} ended runs are not in history, such as ${unknown ?? ''}`,
    );
    const statistics = this.#history.table<StatisticsRow>('job_statistics').rows;
    for (const [uid, { success, failure, skipped }] of this.#counts) {
      const row = statistics.get(uid);
      const same = row?.successes === success && row.failures === failure && row.skipped === skipped;
      holds(
        same,
        SAME,
        () => `${uid} is ${JSON.stringify(row)}, expected ${JSON.stringify({ success, failure, skipped })}`,
      );
    }
  }

  #recorded(key: string, { type }: PublicEventRow): void {
    const told = this.#told.get(key);
    holds(
      told !== undefined,
      ORDER,
      () => `${type} ${key} is recorded, and was not committed or came before`,
    );
    this.#told.delete(key);
    const stream = `${key.slice(0, key.indexOf(' '))} ${told.chain}`;
    const seen = this.#seenVersions.get(stream) ?? 0;
    holds(
      told.version > seen,
      ORDER,
      () => `${stream}: ${type} of version ${told.version} comes after ${seen}`,
    );
    if (type === 'carillon.RunEnded' || type === 'carillon.WorkflowRunEnded')
      this.#seenVersions.delete(stream);
    else this.#seenVersions.set(stream, told.version);
  }

  #run(row: HistoryRunRow): void {
    if (listOf(row) === undefined) return;
    const key = `${row.uid}/${row.runId}`;
    const ended = this.#ended.get(key);
    if (ended === undefined) return; // compared before, or told below
    for (const fact of ['outcome', 'endedAt', 'exitCode', 'skipReason', 'skippedAt'] as const) {
      const said = row[fact] ?? undefined;
      holds(
        said === ended[fact],
        SAME,
        () => `${fact} of ${key} is ${String(said)}, was ${String(ended[fact])}`,
      );
    }
    this.#ended.delete(key);
    this.known.push(key);
  }
}
