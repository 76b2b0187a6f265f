/** An answer as a client sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Throws when the body is no JSON. */
  readonly json: () => unknown;
}

/** Requests to Metronome's API, with job ids that no other test uses. */
export class MetronomeClient {
  readonly #url: () => string;
  readonly #prefix = `c${Math.random().toString(36).slice(2, 8)}`;
  readonly #created: string[] = [];

  constructor(url: () => string) {
    this.#url = url;
  }

  /** A job id of this run of the tests. */
  id(name: string): string {
    return `${this.#prefix}.${name}`;
  }

  /** A job id for the test of this title. */
  idOf(title: string): string {
    return this.id(
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, ''),
    );
  }

  isMine(id: string): boolean {
    return id.startsWith(`${this.#prefix}.`);
  }

  get = (path: string) => this.request('GET', path);
  delete = (path: string) => this.request('DELETE', path);
  put = (path: string, body: unknown) => this.request('PUT', path, body);

  async post(path: string, body?: unknown): Promise<Answer> {
    const answer = await this.request('POST', path, body);
    if (answer.status === 201 && (path === '/v1/jobs' || path === '/v0/scheduled-jobs')) {
      this.#created.push((body as { id: string }).id);
    }
    return answer;
  }

  /** Text bodies go as they are. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): Promise<Answer> {
    const response = await fetch(this.#url() + path, {
      method,
      signal: AbortSignal.timeout(20_000),
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers: answered } = response;
    return { status, headers: answered, text, json: () => JSON.parse(text) as unknown };
  }

  /** Removes every job that was created through this client. */
  async clean(): Promise<void> {
    for (const id of this.#created.splice(0).reverse())
      await this.delete(`/v1/jobs/${id}?stopCurrentJobRuns=true`);
  }
}

/** Polls until `probe` answers something. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`did not happen in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
