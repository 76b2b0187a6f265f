import type { Append, StateColumn } from './append.js';
import type { StoredEvent } from './stored-event.js';

export type EventToStore = Omit<StoredEvent, 'position' | 'recordedAt'>;

/**
 * The parameters $1–$11 and the columns of a statement that appends to many streams, written out piece by piece, so that of a large batch
 * nothing else is kept. The driver would quote and escape element by element, which costs more than all else that it does.
 */
export class AppendParameters {
  readonly #streams = new Texts();
  readonly #expected: number[] = [];
  readonly #versions: number[] = [];
  readonly #states = new Lines();
  readonly #eventStreams = new Texts();
  readonly #eventVersions: number[] = [];
  readonly #types = new Texts();
  readonly #schemaVersions: number[] = [];
  readonly #data = new Lines();
  readonly #metadata = new Lines();
  readonly #columns: readonly { readonly of: StateColumn['of']; readonly values: Texts }[];

  constructor(columns: readonly StateColumn[]) {
    this.#columns = columns.map((column) => ({ of: (state) => column.of(state), values: new Texts() }));
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
      intArray(this.#expected),
      intArray(this.#versions),
      this.#states.text(),
      this.#eventStreams.array(),
      intArray(this.#eventVersions),
      ...this.ofEvents(),
      this.streams,
      ...this.#columns.map(({ values }) => values.array()),
    ];
  }

  /** $7–$10 alone. */
  ofEvents(): unknown[] {
    return [this.#types.array(), intArray(this.#schemaVersions), this.#data.text(), this.#metadata.text()];
  }
}

export const json = (value: unknown): string => JSON.stringify(value ?? null);

const intArray = (values: readonly number[]): string => `{${values.join(',')}}`;

/** An array of texts, left to the driver when an element needs more than quotes. */
class Texts {
  readonly #values: (string | null)[] = [];
  #last: string | null = '';
  #plain = true;

  add(value: string | null): void {
    if (value !== this.#last) this.#plain &&= value === null || !/["\\]/.test(value);
    this.#last = value;
    this.#values.push(value);
  }

  array(): string | readonly (string | null)[] {
    if (!this.#plain) return this.#values;
    return `{${this.#values.map((value) => (value === null ? 'NULL' : `"${value}"`)).join(',')}}`;
  }
}

const LINE_BREAK = 10;

/** JSON documents one to a line, which none contains; in the bytes that the driver sends. */
class Lines {
  #bytes = Buffer.allocUnsafe(4_096);
  #length = 0;

  add(document: string): void {
    const most = this.#length + 3 * document.length + 1;
    if (most > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * most);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    if (this.#length > 0) this.#bytes[this.#length++] = LINE_BREAK;
    this.#length += this.#bytes.write(document, this.#length, 'utf8');
  }

  text(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
