import type { Append, StateColumn } from './append.js';
import { integerArray, JsonLines, TextArray } from './array-parameters.js';
import type { StoredEvent } from './stored-event.js';

export type EventToStore = Omit<StoredEvent, 'position' | 'recordedAt'>;

/**
 * The parameters $1–$11 and the columns of a statement that appends to many streams, written out piece by piece, so that
 * of a large batch nothing else is kept.
 */
export class AppendParameters {
  readonly #streams = new TextArray();
  readonly #expected: number[] = [];
  readonly #versions: number[] = [];
  readonly #states = new JsonLines();
  readonly #eventStreams = new TextArray();
  readonly #eventVersions: number[] = [];
  readonly #types = new TextArray();
  readonly #schemaVersions: number[] = [];
  readonly #data = new JsonLines();
  readonly #metadata = new JsonLines();
  readonly #columns: readonly { readonly of: StateColumn['of']; readonly values: TextArray }[];

  constructor(columns: readonly StateColumn[]) {
    this.#columns = columns.map((column) => ({ of: (state) => column.of(state), values: new TextArray() }));
  }

  addStream({ stream, expectedVersion, events, state }: Append): void {
    this.#streams.add(stream);
    this.#expected.push(expectedVersion);
    this.#versions.push(expectedVersion + events.length);
    this.#states.add(json(state));
    for (const column of this.#columns) column.values.add(column.of(state));
  }

  addEvent({ stream, version, type, schemaVersion, data, metadata }: EventToStore): void {
    this.#eventStreams.add(stream);
    this.#eventVersions.push(version);
    this.#types.add(type);
    this.#schemaVersions.push(schemaVersion);
    this.#data.add(json(data));
    this.#metadata.add(json(metadata));
  }

  get streams(): number {
    return this.#expected.length;
  }

  all(): unknown[] {
    return [
      this.#streams.array(),
      integerArray(this.#expected),
      integerArray(this.#versions),
      this.#states.text(),
      this.#eventStreams.array(),
      integerArray(this.#eventVersions),
      ...this.ofEvents(),
      this.streams,
      ...this.#columns.map(({ values }) => values.array()),
    ];
  }

  /** $7–$10 alone. */
  ofEvents(): unknown[] {
    return [
      this.#types.array(),
      integerArray(this.#schemaVersions),
      this.#data.text(),
      this.#metadata.text(),
    ];
  }
}

export const json = (value: unknown): string => JSON.stringify(value ?? null);
