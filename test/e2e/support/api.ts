/** The parts of Metronome's bodies that the tests look at. */
export interface RunBody {
  readonly id: string;
  readonly jobId: string;
  readonly status: 'INITIAL' | 'STARTING' | 'ACTIVE' | 'SUCCESS' | 'FAILED';
  readonly tasks: readonly { readonly id: string; readonly status: string }[];
}

export interface HistoryEntry {
  readonly id: string;
  readonly tasks: readonly string[];
}

export interface HistoryBody {
  readonly successCount: number;
  readonly failureCount: number;
  readonly successfulFinishedRuns: readonly HistoryEntry[];
  readonly failedFinishedRuns: readonly HistoryEntry[];
}

export interface JobBody {
  readonly id: string;
  readonly activeRuns?: readonly RunBody[];
  readonly history: HistoryBody;
}

export interface JobInput {
  readonly id: string;
  readonly cmd: string;
  readonly cron?: string;
  readonly concurrencyPolicy?: 'ALLOW' | 'FORBID';
  readonly restart?: { readonly policy: string; readonly activeDeadlineSeconds?: number };
}

/** A client of the gateway as a test wants it: it throws on any answer that is not expected. */
export class Api {
  constructor(readonly url: string) {}

  async request(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; headers: Headers; body: unknown }> {
    const response = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined
        ? {}
        : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  async expect<T>(status: number, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(method, path, body);
    if (answer.status !== status) {
      throw new Error(
        `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}, expected ${status}`,
      );
    }
    return answer.body as T;
  }

  /** Creates a job, with its schedule where it has a cron expression. */
  createJob(job: JobInput): Promise<unknown> {
    return this.expect(201, 'POST', '/v0/scheduled-jobs', {
      id: job.id,
      run: {
        cpus: 0.01,
        mem: 32,
        disk: 0,
        cmd: job.cmd,
        ...(job.restart ? { restart: job.restart } : {}),
      },
      schedules: job.cron
        ? [{ id: 'cron', cron: job.cron, concurrencyPolicy: job.concurrencyPolicy ?? 'ALLOW' }]
        : [],
    });
  }

  job(id: string): Promise<JobBody> {
    return this.expect(200, 'GET', `/v1/jobs/${id}?embed=activeRuns&embed=history`);
  }

  startRun(id: string): Promise<RunBody> {
    return this.expect(201, 'POST', `/v1/jobs/${id}/runs`);
  }

  stopRun(id: string, runId: string): Promise<RunBody> {
    return this.expect(200, 'POST', `/v1/jobs/${id}/runs/${runId}/actions/stop`);
  }
}

/** Polls until `probe` answers something, failing with `what` and the last error after the deadline. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
