/** ZooKeeper's serialisation: big-endian numbers; buffers and strings by their length, -1 for none. */
export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const part = Buffer.allocUnsafe(4);
    part.writeInt32BE(value);
    this.#parts.push(part);
    return this;
  }

  long(value: bigint): this {
    const part = Buffer.allocUnsafe(8);
    part.writeBigInt64BE(value);
    this.#parts.push(part);
    return this;
  }

  bool(value: boolean): this {
    this.#parts.push(Buffer.from([value ? 1 : 0]));
    return this;
  }

  buffer(value: Uint8Array): this {
    this.int(value.length);
    this.#parts.push(Buffer.from(value));
    return this;
  }

  string(value: string): this {
    return this.buffer(Buffer.from(value));
  }

  append(other: JuteWriter): this {
    this.#parts.push(...other.#parts);
    return this;
  }

  /** What was written, behind its length. */
  frame(): Buffer {
    const body = Buffer.concat(this.#parts);
    const head = Buffer.allocUnsafe(4);
    head.writeInt32BE(body.length);
    return Buffer.concat([head, body]);
  }
}

/** Reads one frame. Throws a RangeError when it ends too early. */
export class JuteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  long(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  buffer(): Buffer {
    const length = Math.max(0, this.int());
    if (this.#at + length > this.#bytes.length)
      throw new RangeError('a buffer runs past the end of its frame');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  string(): string {
    return this.buffer().toString();
  }

  strings(): string[] {
    const count = this.int();
    if (count > this.#bytes.length) throw new RangeError('a list runs past the end of its frame');
    return Array.from({ length: Math.max(0, count) }, () => this.string());
  }
}

const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** Cuts a stream of any chunking into frames. Throws on a length that is out of bounds. */
export class FrameDecoder {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const frames: Buffer[] = [];
    for (;;) {
      if (this.#bytes.length < 4) return frames;
      const length = this.#bytes.readInt32BE(0);
      if (length < 0 || length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${length} bytes`);
      if (this.#bytes.length < 4 + length) return frames;
      frames.push(this.#bytes.subarray(4, 4 + length));
      this.#bytes = this.#bytes.subarray(4 + length);
    }
  }
}
