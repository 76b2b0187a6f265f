import { connect, type Socket } from 'node:net';

/** One connection that sends a request when the last is answered: little of the machine is taken from what it measures. */
export class Connection {
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #asked: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (part: Buffer) => this.#received(part));
    this.#socket.on('error', (error) => this.#asked?.reject(error));
    this.#socket.on('close', () => this.#asked?.reject(new Error('the connection was closed')));
  }

  async get(path: string, expected = 200): Promise<string> {
    return this.#expect(expected, `GET ${path}`, await this.#send('GET', path, ''));
  }

  async send(method: string, path: string, body: unknown, expected: number): Promise<string> {
    return this.#expect(expected, `${method} ${path}`, await this.#send(method, path, JSON.stringify(body)));
  }

  close(): void {
    this.#asked = undefined;
    this.#socket.destroy();
  }

  #expect(expected: number, what: string, { status, body }: Answer): string {
    if (status !== expected) throw new Error(`${what}: ${status} ${body}`);
    return body;
  }

  #send(method: string, path: string, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      const head = `${method} ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json`;
      this.#socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  #received(part: Buffer): void {
    this.#parts.push(part);
    const answer = answerIn(this.#parts);
    if (!answer) return;
    const asked = this.#asked;
    this.#parts = [];
    this.#asked = undefined;
    asked?.resolve(answer);
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const END_OF_CHUNKS = '\r\n0\r\n\r\n';

/** A whole answer, with the framing of its chunks left in. JSON has no line like the one that ends them. */
function answerIn(parts: readonly Buffer[]): Answer | undefined {
  const head = parts[0]?.toString('latin1') ?? '';
  const end = head.indexOf('\r\n\r\n') + 4;
  if (end < 4) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(head.slice(0, end))?.[1];
  const received = parts.reduce((sum, part) => sum + part.length, 0);
  const complete =
    length === undefined
      ? Buffer.concat(parts.slice(-2)).toString('latin1').endsWith(END_OF_CHUNKS)
      : received >= end + Number(length);
  if (!complete) return undefined;
  return { status: Number(head.slice(9, 12)), body: Buffer.concat(parts).toString('utf8', end) };
}
