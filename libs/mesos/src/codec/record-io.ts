/** RecordIO: each record is its length in decimal digits, a line feed, and that many bytes. */
export function encodeRecord(payload: Uint8Array): Uint8Array {
  const head = Buffer.from(`${payload.length}\n`, 'latin1');
  return Buffer.concat([head, payload]);
}

const LINE_FEED = 10;

/**
 * Streaming decoder that takes any chunking. Throws (and is of no further use) on a head that is not a
 * number and on a record longer than `maxRecordBytes`, before anything of it is kept.
 */
export class RecordDecoder {
  readonly #maxRecordBytes: number;
  readonly #maxHeadDigits: number;
  #head = '';
  /** Bytes of the current record still to come; undefined while its head is read. */
  #missing: number | undefined;
  #parts: Uint8Array[] = [];

  constructor(maxRecordBytes: number) {
    this.#maxRecordBytes = maxRecordBytes;
    this.#maxHeadDigits = String(maxRecordBytes).length;
  }

  /** The records completed by this chunk, in order. They may share the chunk's memory. */
  push(chunk: Uint8Array): Uint8Array[] {
    const records: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length || this.#missing === 0) {
      if (this.#missing === undefined) at = this.#readHead(chunk, at);
      else at = this.#readBody(chunk, at, this.#missing, records);
    }
    return records;
  }

  /** True when the stream may end here: no record is half read. */
  get atBoundary(): boolean {
    return this.#missing === undefined && this.#head === '';
  }

  #readHead(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (byte === LINE_FEED && this.#head !== '') {
        this.#missing = Number(this.#head);
        this.#head = '';
        if (this.#missing > this.#maxRecordBytes) {
          throw new Error(
            `a record of ${this.#missing} bytes is longer than the limit of ${this.#maxRecordBytes}`,
          );
        }
        return at + 1;
      }
      if (byte < 48 || byte > 57) throw new Error(`byte ${byte} in the length of a record`);
      this.#head += String.fromCharCode(byte);
      if (this.#head.length > this.#maxHeadDigits) {
        throw new Error(
          `a record of ${this.#head}… bytes is longer than the limit of ${this.#maxRecordBytes}`,
        );
      }
    }
    return chunk.length;
  }

  #readBody(chunk: Uint8Array, start: number, missing: number, records: Uint8Array[]): number {
    const end = Math.min(chunk.length, start + missing);
    const part = chunk.subarray(start, end);
    if (part.length < missing) {
      this.#parts.push(part);
      this.#missing = missing - part.length;
      return end;
    }
    records.push(this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part]));
    this.#parts = [];
    this.#missing = undefined;
    return end;
  }
}
