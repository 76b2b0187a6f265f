import {
  type CarillonError,
  type Decider,
  type DomainEvent,
  isCarillonError,
  replay,
} from '@carillon/event-sourcing';
import { openSpan, retrying } from '@carillon/service-runtime';
import type { Append } from './append.js';
import type { EventStore } from './event-store.js';
import { rebuild, type Rebuilt } from './rebuild.js';
import type { GivenMetadata, StoredEvent } from './stored-event.js';
import type { Transaction } from './transaction.js';

export interface AggregateDefinition<S, C, E extends DomainEvent> {
  /** The stream of an aggregate is `${category}-${id}`. No '-' in it. */
  readonly category: string;
  readonly decider: Decider<S, C, E>;
}

export interface Handled<S, E extends DomainEvent> {
  readonly id: string;
  readonly state: S;
  readonly version: number;
  /** None: nothing happened. */
  readonly events: readonly StoredEvent<E>[];
}

/** The domain said no; nothing was written for this command. */
export interface Refused {
  readonly id: string;
  readonly error: CarillonError;
}

/** A command, or what it is by the database's clock at the moment when the state was read. */
export type Timed<C> = C | ((now: number) => C);

export interface Order<C> {
  readonly id: string;
  readonly command: Timed<C>;
  readonly metadata?: GivenMetadata;
}

export interface HandleOptions<S, E extends DomainEvent> {
  readonly metadata?: GivenMetadata;
  /** Written in the same transaction, also when nothing happened. Runs again when the command is retried. */
  readonly alongside?: (tx: Transaction, handled: Handled<S, E>) => Promise<void>;
}

interface Current<S> {
  state: S;
  version: number;
}

/** Gives up after so many tries on one stream: then there is more contention than retrying can help. */
const ATTEMPTS = 10;

/**
 * Handles commands on aggregates of one kind with optimistic versions. The state is kept in the stream's row and
 * written together with the events, so a command costs one read and one statement, however long the stream is.
 */
export class Aggregates<S, C, E extends DomainEvent> {
  readonly #store: EventStore;
  readonly #definition: AggregateDefinition<S, C, E>;

  constructor(store: EventStore, definition: AggregateDefinition<S, C, E>) {
    this.#store = store;
    this.#definition = definition;
  }

  /** Throws what the domain throws. Retries when another command was faster; then decides on the newer state. */
  handle(id: string, command: Timed<C>, options: HandleOptions<S, E> = {}): Promise<Handled<S, E>> {
    const retryOn = (error: unknown) =>
      isCarillonError(error, 'conflict') && error.code === 'concurrencyConflict';
    return retrying({ attempts: ATTEMPTS, baseMs: 4, maxMs: 200, retryOn }, () =>
      this.#handle(id, command, options),
    );
  }

  /**
   * Decides all commands in order, several of one aggregate each on what the last left, and appends once. A refused
   * command does not stop the others. Throws concurrencyConflict when any aggregate moved on meanwhile: the caller's
   * transaction must then roll back and may be tried again. Without a transaction nothing was written then.
   */
  async handleAll(
    tx: Transaction | undefined,
    orders: readonly Order<C>[],
  ): Promise<(Handled<S, E> | Refused)[]> {
    const timed = orders.some(({ command }) => isTimed(command));
    const { current, now } = await this.#load(tx, [...new Set(orders.map(({ id }) => id))], timed);
    const before = new Map([...current].map(([id, { version }]) => [id, version]));
    const decided = orders.map((order) => this.#decideInBatch(order, current, now));
    const happened = Map.groupBy(
      decided.flatMap((one) => ('error' in one ? [] : [one])),
      ({ id }) => id,
    );
    const appends = [...current].map(([id, { state }]) => ({
      stream: this.#stream(id),
      expectedVersion: before.get(id) ?? 0,
      events: (happened.get(id) ?? []).flatMap(({ events }) => events),
      state,
    }));
    const stored = Map.groupBy(await this.#store.append(tx, appends), ({ stream }) => stream);
    return decided.map((one) => {
      if ('error' in one) return one;
      const events = stored.get(this.#stream(one.id))?.splice(0, one.events.length) ?? [];
      return { ...one, events: events as StoredEvent<E>[] };
    });
  }

  async load(id: string): Promise<{ version: number; state: S }> {
    return required((await this.#load(undefined, [id], false)).current.get(id));
  }

  /** By id; of one that does not exist the initial state, at version 0. */
  async loadAll(ids: readonly string[]): Promise<ReadonlyMap<string, { version: number; state: S }>> {
    return (await this.#load(undefined, ids, false)).current;
  }

  /** Compares each state with what its events lead to, and with `repair` writes the latter where they differ. */
  rebuild(options: { repair: boolean }): Promise<Rebuilt> {
    return rebuild(this.#store, this.#definition, options);
  }

  async #handle(
    id: string,
    command: Timed<C>,
    { metadata, alongside }: HandleOptions<S, E>,
  ): Promise<Handled<S, E>> {
    const { current, now } = await this.#load(undefined, [id], isTimed(command));
    const loaded = required(current.get(id));
    const one = this.#decide({ id, command, ...(metadata ? { metadata } : {}) }, loaded, now);
    const appends = [
      { stream: this.#stream(id), expectedVersion: loaded.version, events: one.events, state: one.state },
    ];
    const write = async (tx?: Transaction) => {
      const handled = { ...one, events: (await this.#store.append(tx, appends)) as StoredEvent<E>[] };
      if (tx) await alongside?.(tx, handled);
      return handled;
    };
    return alongside ? this.#store.database.transaction(write) : write();
  }

  #decideInBatch(order: Order<C>, current: Map<string, Current<S>>, now: number) {
    try {
      const one = this.#decide(order, required(current.get(order.id)), now);
      current.set(order.id, one);
      return one;
    } catch (error) {
      if (!isCarillonError(error)) throw error;
      return { id: order.id, error };
    }
  }

  #decide({ id, command, metadata }: Order<C>, { state, version }: Current<S>, now: number) {
    const { category, decider } = this.#definition;
    const parent = metadata?.traceparent === undefined ? {} : { parent: metadata };
    const span = openSpan(`decide ${category}`, { 'carillon.stream': this.#stream(id) }, parent);
    try {
      const events = decider.decide(isTimed(command) ? command(now) : command, state);
      const described: Append['events'] = events.map(({ type, data }) => ({
        type,
        data,
        metadata: { ...metadata, ...span.context },
      }));
      span.end();
      return {
        id,
        state: replay(decider, events, state),
        version: version + events.length,
        events: described,
      };
    } catch (error) {
      span.end(error);
      throw error;
    }
  }

  /** The time only when it is asked for. */
  async #load(
    tx: Transaction | undefined,
    ids: readonly string[],
    timed: boolean,
  ): Promise<{ current: Map<string, Current<S>>; now: number }> {
    const streams = ids.map((id) => this.#stream(id));
    const { states, now } = timed
      ? await this.#store.loadStatesAt(tx, streams)
      : { states: await this.#store.loadStates(tx, streams), now: Number.NaN };
    const current = ids.map((id) => {
      const found = states.get(this.#stream(id));
      const state = found ? (found.state as S) : this.#definition.decider.initialState();
      return [id, { state, version: found?.version ?? 0 }] as const;
    });
    return { current: new Map(current), now };
  }

  #stream(id: string): string {
    return `${this.#definition.category}-${id}`;
  }
}

const isTimed = <C>(command: Timed<C>): command is (now: number) => C => typeof command === 'function';

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not loaded');
  return value;
}
