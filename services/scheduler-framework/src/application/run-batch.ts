import type { Decider, DomainEvent } from '@carillon/event-sourcing';
import {
  type Append,
  type AppendedEvent,
  type EventStore,
  together,
  type Transaction,
} from '@carillon/event-store';
import { openSpan, type TraceContext } from '@carillon/service-runtime';
import type { JobRunsCommand, KeepVolumes } from '../domain/job-runs/job-runs.commands.js';
import { jobRuns } from '../domain/job-runs/job-runs.decide.js';
import type { JobRunsEvent } from '../domain/job-runs/job-runs.events.js';
import type { JobRunsState } from '../domain/job-runs/job-runs.state.js';
import type { RunCommand } from '../domain/run/run.commands.js';
import { runDecider } from '../domain/run/run.decide.js';
import type { RunEvent } from '../domain/run/run.events.js';
import type { RunState } from '../domain/run/run.state.js';
import { volumesToKeep } from '../domain/volumes/volumes-to-keep.js';
import { jobRunsStream, type RunRef, runStream } from './run-keys.js';
import type { RunIndex, RunRow } from './run-index.js';

export interface Versioned<S> {
  readonly version: number;
  readonly state: S;
}

interface Staged<S> {
  readonly stream: string;
  readonly expectedVersion: number;
  version: number;
  state: S;
  readonly events: AppendedEvent[];
}

/** A run of a batch, to be handed back to it. */
type StagedRun = Staged<RunState>;

/** What came of one command: no events, nothing happened. `trace` is to be handed on to what follows. */
export interface Recorded {
  readonly ref: RunRef;
  readonly events: readonly RunEvent[];
  readonly run: RunState;
  readonly version: number;
  readonly trace: TraceContext;
}

/**
 * Decisions about runs and the doors of their jobs, collected in one transaction and written by `save` in one append.
 * A run that ends is released at its door by the same append, and volumes on which one may have written are kept there.
 */
export class RunBatch {
  readonly #tx: Transaction;
  readonly #store: EventStore;
  readonly #index: RunIndex;
  /** By stream. */
  readonly #runs = new Map<string, StagedRun>();
  /** By uid. */
  readonly #jobs = new Map<string, Staged<JobRunsState>>();
  readonly #inserts: RunRow[] = [];
  readonly #ended: { ref: RunRef; jobId: string; endedAt: number; trace: TraceContext }[] = [];
  readonly #kept: { command: KeepVolumes; trace: TraceContext }[] = [];

  constructor(tx: Transaction, store: EventStore, index: RunIndex) {
    this.#tx = tx;
    this.#store = store;
    this.#index = index;
  }

  /** Instead of loading it: if it is out of date, `save` refuses with concurrencyConflict. */
  know(ref: RunRef, { version, state }: Versioned<RunState>): StagedRun {
    const stream = runStream(ref);
    let staged = this.#runs.get(stream);
    if (staged === undefined) {
      staged = { stream, expectedVersion: version, version, state, events: [] };
      this.#runs.set(stream, staged);
    }
    return staged;
  }

  async loadRuns(refs: readonly RunRef[]): Promise<void> {
    await this.#load(refs.map(runStream), (stream) => stream, this.#runs, runDecider);
  }

  async loadJobs(uids: readonly string[]): Promise<void> {
    await this.#load(uids, jobRunsStream, this.#jobs, jobRuns);
  }

  job(uid: string): JobRunsState {
    return required(this.#jobs, uid).state;
  }

  decideJob(command: JobRunsCommand, trace: TraceContext): readonly JobRunsEvent[] {
    return decide(required(this.#jobs, command.uid), jobRuns, command, trace).events;
  }

  /** `staged` spares looking for it: each look makes the name of the stream. */
  decideRun(
    ref: RunRef,
    command: RunCommand,
    trace: TraceContext,
    staged = required(this.#runs, runStream(ref)),
  ): Recorded {
    const before = staged.state;
    const { events, context } = decide(staged, runDecider, command, trace);
    for (const event of events) {
      const { type, data } = event;
      const keep = volumesToKeep(before, event);
      if (keep) this.#kept.push({ command: keep, trace: context });
      if (type !== 'RunEnded') continue;
      this.#ended.push({ ref, jobId: data.jobId, endedAt: data.endedAt, trace: context });
    }
    return { ref, events, run: staged.state, version: staged.version, trace: context };
  }

  /** Whether it has a stream; to be loaded first. */
  isKnown(ref: RunRef): boolean {
    return (this.#runs.get(runStream(ref))?.version ?? 0) > 0;
  }

  /** A run that has no stream yet. */
  open(row: Omit<RunRow, 'queuedAt' | 'trace'>, command: RunCommand, trace: TraceContext): Recorded {
    const staged = this.know(row, { version: 0, state: runDecider.initialState() });
    const recorded = this.decideRun(row, command, trace, staged);
    const { run } = recorded;
    if (run.status !== 'none') this.#inserts.push({ ...row, queuedAt: run.queuedAt, trace: recorded.trace });
    return recorded;
  }

  async save(): Promise<void> {
    const changed = [
      ...this.#ended.map(({ ref }) => ref.uid),
      ...this.#kept.map(({ command }) => command.uid),
    ];
    const doors = changed.filter((uid) => !this.#jobs.has(uid));
    if (doors.length > 0) await this.loadJobs([...new Set(doors)]);
    for (const { command, trace } of this.#kept) this.decideJob(command, trace);
    for (const { ref, jobId, trace } of this.#ended) {
      this.decideJob({ type: 'ReleaseRun', jobId, ...ref }, trace);
    }
    const appends: Append[] = [...this.#jobs.values(), ...this.#runs.values()];
    appends.sort((a, b) => (a.stream < b.stream ? -1 : 1));
    const ended = this.#ended.map(({ ref, endedAt }) => ({ ...ref, endedAt }));
    await together(
      this.#store.record(this.#tx, appends),
      this.#index.insert(this.#tx, this.#inserts),
      this.#index.end(this.#tx, ended),
    );
  }

  async #load<S, C, E extends DomainEvent>(
    keys: readonly string[],
    streamOf: (key: string) => string,
    into: Map<string, Staged<S>>,
    decider: Decider<S, C, E>,
  ): Promise<void> {
    const missing = keys.flatMap((key) => (into.has(key) ? [] : [{ key, stream: streamOf(key) }]));
    if (missing.length === 0) return;
    const loaded = await this.#store.loadStates(
      this.#tx,
      missing.map(({ stream }) => stream),
    );
    for (const { key, stream } of missing) {
      const found = loaded.get(stream);
      const version = found?.version ?? 0;
      const state = found ? (found.state as S) : decider.initialState();
      into.set(key, { stream, expectedVersion: version, version, state, events: [] });
    }
  }
}

function decide<S, C extends { type: string }, E extends DomainEvent>(
  staged: Staged<S>,
  decider: Decider<S, C, E>,
  command: C,
  trace: TraceContext,
): { events: readonly E[]; context: TraceContext } {
  const events = decider.decide(command, staged.state);
  if (events.length === 0) return { events, context: trace };
  const span = openSpan(command.type, { 'carillon.stream': staged.stream }, { parent: trace });
  const context = span.context.traceparent === undefined ? trace : span.context;
  for (const event of events) {
    staged.state = decider.evolve(staged.state, event);
    staged.events.push({ ...event, metadata: context });
  }
  staged.version += events.length;
  span.end();
  return { events, context };
}

function required<S>(staged: Map<string, Staged<S>>, key: string): Staged<S> {
  const found = staged.get(key);
  if (found === undefined) throw new Error(`${key} is not loaded`);
  return found;
}
