export interface HttpResponse {
  readonly status: number;
  readonly body: string;
  /** The peer will close the connection after this response. */
  readonly last: boolean;
}

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 1024 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/** Parses the responses of pipelined requests, in order, whatever the chunking (RFC 9112 sections 4, 6, 7). */
export class HttpResponses {
  #bytes: Buffer = Buffer.alloc(0);

  /** The responses completed by this chunk. Throws on what is not HTTP. */
  push(chunk: Buffer): HttpResponse[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const responses: HttpResponse[] = [];
    for (;;) {
      const response = this.#take();
      if (response === undefined) return responses;
      responses.push(response);
    }
  }

  #take(): HttpResponse | undefined {
    const headEnd = this.#bytes.indexOf(HEAD_END);
    if (headEnd < 0) {
      if (this.#bytes.length > MAX_HEAD_BYTES) throw new Error('the head of an HTTP response is too long');
      return undefined;
    }
    const [statusLine = '', ...lines] = this.#bytes.toString('latin1', 0, headEnd).split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
    if (!Number.isInteger(status)) throw new Error(`not an HTTP response: ${statusLine.slice(0, 80)}`);
    const headers = new Map(lines.map(headerOf));
    const body = this.#body(headEnd + HEAD_END.length, status, headers);
    if (body === undefined) {
      if (this.#bytes.length > MAX_BODY_BYTES) throw new Error('the body of an HTTP response is too long');
      return undefined;
    }
    this.#bytes = this.#bytes.subarray(body.end);
    if (status < 200) return this.#take();
    return { status, body: body.text, last: headers.get('connection')?.toLowerCase() === 'close' };
  }

  #body(
    start: number,
    status: number,
    headers: Map<string, string>,
  ): { text: string; end: number } | undefined {
    if (status < 200 || status === 204 || status === 304) return { text: '', end: start };
    if (headers.get('transfer-encoding')?.toLowerCase().includes('chunked') === true)
      return this.#chunked(start);
    const end = start + Number(headers.get('content-length') ?? 0);
    if (!Number.isInteger(end)) throw new Error('an HTTP response has a bad Content-Length');
    return this.#bytes.length < end ? undefined : { text: this.#bytes.toString('utf8', start, end), end };
  }

  #chunked(start: number): { text: string; end: number } | undefined {
    const parts: Buffer[] = [];
    for (let at = start; ; ) {
      const lineEnd = this.#bytes.indexOf(LINE_END, at);
      if (lineEnd < 0) return undefined;
      const size = Number.parseInt(this.#bytes.toString('latin1', at, lineEnd), 16);
      if (!(size >= 0)) throw new Error('an HTTP response has a bad chunk');
      const from = lineEnd + LINE_END.length;
      const end = from + size + LINE_END.length;
      if (this.#bytes.length < end) return undefined;
      if (size === 0) return { text: Buffer.concat(parts).toString(), end };
      parts.push(this.#bytes.subarray(from, from + size));
      at = end;
    }
  }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}
