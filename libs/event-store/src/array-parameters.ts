/*
 * Arrays as parameters, written as PostgreSQL reads them. The driver quotes and escapes element by element with regular
 * expressions, which of a large batch costs more than all else that it does.
 */

/** text[], or an array of any type that is cast from text. */
export class TextArray {
  /** Escaped, but not in quotes: those are written once, by `join`, and not around each. */
  readonly #values: (string | null)[] = [];
  #someNull = false;
  #last: string | undefined;
  #lastEscaped = '';

  add(value: string | null): void {
    this.#someNull ||= value === null;
    this.#values.push(value === null ? null : this.#escaped(value));
  }

  array(): string {
    if (this.#values.length === 0) return '{}';
    if (!this.#someNull) return `{"${this.#values.join('","')}"}`;
    return `{${this.#values.map((value) => (value === null ? 'NULL' : `"${value}"`)).join(',')}}`;
  }

  /** The same value often comes several times in a row. */
  #escaped(value: string): string {
    if (value !== this.#last) {
      this.#last = value;
      this.#lastEscaped = /["\\]/.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value;
    }
    return this.#lastEscaped;
  }
}

export const textArray = (values: readonly (string | null)[]): string => {
  const array = new TextArray();
  for (const value of values) array.add(value);
  return array.array();
};

/** int[] or bigint[], of numbers or digits. */
export const integerArray = (values: readonly (number | string)[]): string => `{${values.join(',')}}`;

/** bytea[]. */
export const bytesArray = (values: readonly Uint8Array[]): string =>
  `{${values.map((bytes) => String.raw`"\\x${hex(bytes)}"`).join(',')}}`;

const hex = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

const LINE_BREAK = 10;

/**
 * JSON documents one to a line, which none contains; in the bytes that the driver sends. A statement makes an array of
 * them with `string_to_array($n::text, E'\n')::json[]`. No document at all is read as an array with an empty one.
 */
export class JsonLines {
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

export const jsonLines = (values: readonly unknown[]): Buffer => {
  const lines = new JsonLines();
  for (const value of values) lines.add(JSON.stringify(value));
  return lines.text();
};
