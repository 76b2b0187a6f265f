import { isDeepStrictEqual } from 'node:util';
import { type Decider, type DomainEvent, replay } from '@carillon/event-sourcing';
import { backfill, clock, workflow } from '@carillon/timer';
import { jobDecider } from '@carillon/job-registry';
import { jobRuns, runDecider } from '@carillon/scheduler-framework';
import { DueInstants } from './due-instants.js';
import type { MemoryServer } from './memory-server.js';
import type { MemoryTransaction } from './memory-tables.js';
import { Overlaps } from './overlaps.js';
import { ReadSide } from './read-side.js';
import { Rounds } from './rounds.js';
import { RunLives } from './run-lives.js';
import type { PositionRow } from './statements/consumer.statements.js';
import { holds } from './violation.js';

const REPLAY = 'the state beside the events is what they lead to';
const FORWARD = 'a consumer only goes forward';
const ROUND = 'a round ends';
const OVERTAKEN = 'who was overtaken, as a member of a group or as a leader, commits nothing';
const NO_DEAD_LETTERS = 'every message can be handled';

type AnyDecider = Pick<Decider<unknown, never, DomainEvent>, 'initialState' | 'evolve'>;

const DECIDERS = {
  clock,
  workflow,
  backfill,
  job: jobDecider,
  run: runDecider,
  jobRuns,
} as unknown as Readonly<Record<string, AnyDecider>>;

/**
 * The guarantees of ARCHITECTURE.md, checked at each commit and at each word to Mesos; `settled` checks what must be true
 * once nothing is away any more.
 */
export class Guarantees {
  readonly due = new DueInstants();
  readonly runs: RunLives;
  readonly overlaps = new Overlaps((...of) => this.due.scheduleOf(...of));
  readonly rounds = new Rounds((uid) => this.due.isRemoved(uid));
  readonly readSide: ReadSide;
  /** One of so many appends is replayed. */
  readonly #replayEvery: number;
  readonly #server: MemoryServer;
  #appends = 0;

  constructor(server: MemoryServer, replayEvery: number) {
    this.#server = server;
    this.#replayEvery = replayEvery;
    this.readSide = new ReadSide(server.schema('history'));
    this.runs = new RunLives(server.schema('scheduler_framework'), (key, ended) =>
      this.readSide.ended(key, ended),
    );
    server.beforeCommit = (transaction) => this.#before(transaction);
    server.onCommit = (transaction) => this.#committed(transaction);
  }

  /** Nothing is under way, as far as is known here. */
  get isAtRest(): boolean {
    return this.runs.isAtRest && this.readSide.isAtRest;
  }

  settled(): void {
    this.runs.settled();
    this.readSide.settled();
    for (const schema of this.#server.schemas.values()) {
      const [letter] = schema.table('dead_letters').rows.values();
      holds(letter === undefined, NO_DEAD_LETTERS, () => JSON.stringify(letter));
    }
    for (const [stream, { state }] of this.#server.schema('timer').streams.rows) {
      const { status, runs, active } = state as { status?: string; runs?: unknown[]; active?: unknown[] };
      const open = (stream.startsWith('workflow-') && status === 'open' && runs) || active || [];
      holds(
        open.length === 0,
        ROUND,
        () => `${stream} waits for runs that have ended: ${JSON.stringify(state)}`,
      );
    }
  }

  /** What a transaction is about to change. */
  #before({ schema, events, writes, part, overtaken }: MemoryTransaction): void {
    holds(overtaken === undefined, OVERTAKEN, () => `${part?.name ?? ''} commits without ${overtaken ?? ''}`);
    if (events.length === 0) return;
    const rows = writes.get(schema.streams as never);
    for (const [stream, events_] of Map.groupBy(events, (event) => event.stream)) {
      this.#appends += 1;
      if (this.#appends % this.#replayEvery !== 0) continue;
      const decider = DECIDERS[stream.slice(0, stream.indexOf('-'))];
      if (decider === undefined) continue;
      const from = schema.streams.rows.get(stream)?.state ?? decider.initialState();
      const state: unknown = JSON.parse(JSON.stringify(replay(decider, events_ as never, from)));
      const written = (rows?.get(stream) as { state: unknown } | undefined)?.state;
      holds(
        isDeepStrictEqual(state, written),
        REPLAY,
        () => `${stream}: ${JSON.stringify({ state, written })}`,
      );
    }
  }

  #committed(transaction: MemoryTransaction): void {
    const { schema, events, writes, part } = transaction;
    const positions = writes.get(schema.table<object>('consumer_positions'));
    if (positions) this.#moved(positions as Map<string, PositionRow>, schema.name);
    this.readSide.owned(transaction);
    switch (schema.name) {
      case 'job_registry':
        for (const event of events) {
          this.due.registryEvent(event);
          this.rounds.registryEvent(event);
        }
        break;
      case 'timer':
        for (const event of events) {
          if (event.stream.startsWith('clock-')) this.due.clockEvent(event);
          if (event.type === 'RunDue') {
            this.runs.due(event);
            this.overlaps.due(event);
          }
          if (event.stream.startsWith('workflow-')) this.rounds.workflowEvent(event);
        }
        break;
      case 'scheduler_framework':
        if (writes.has(schema.table<object>('epochs'))) this.runs.tookOver(part);
        for (const event of events) {
          this.runs.frameworkEvent(event, part);
          this.overlaps.frameworkEvent(event);
          this.rounds.frameworkEvent(event);
        }
        break;
      case 'history':
        this.readSide.projected(transaction);
        break;
      default:
    }
  }

  readonly #positions = new Map<string, PositionRow>();

  #moved(rows: ReadonlyMap<string, PositionRow>, schema: string): void {
    for (const [key, row] of rows) {
      const place = `${schema} ${key}`;
      const before = this.#positions.get(place);
      const later =
        before === undefined ||
        Number(row.window) > Number(before.window) ||
        (row.window === before.window && Number(row.position) > Number(before.position));
      holds(later, FORWARD, () => `${place} goes from ${JSON.stringify(before)} to ${JSON.stringify(row)}`);
      this.#positions.set(place, row);
    }
  }
}
