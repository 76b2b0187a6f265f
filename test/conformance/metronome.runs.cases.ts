import { describe, expect, test } from 'vitest';
import { run, RUN_ID, TIMESTAMP } from './metronome.bodies.js';
import { eventually, type MetronomeClient } from './metronome.client.js';

interface RunBody {
  readonly id: string;
  readonly status: string;
  readonly tasks: readonly object[];
}
interface History {
  readonly successCount: number;
  readonly failureCount: number;
  readonly lastSuccessAt: string | null;
  readonly successfulFinishedRuns: readonly { readonly id: string }[];
  readonly failedFinishedRuns: readonly { readonly id: string }[];
}

/** JobRunControllerTest and LaunchQueueControllerTest of Metronome, by name, and what section 3 of its semantics shows. */
export function runCases(api: MetronomeClient): void {
  const jobThatRuns = async (name: string, cmd: string) => {
    const id = api.id(`runs.${name}`);
    await api.post('/v1/jobs', { id, run: run({ cmd }) });
    return { id, runs: `/v1/jobs/${id}/runs` };
  };
  const start = async (runs: string) => (await api.post(runs)).json() as RunBody;
  const active = async (runs: string) => (await api.get(runs)).json() as RunBody[];
  const historyOf = async (id: string) =>
    ((await api.get(`/v1/jobs/${id}?embed=history`)).json() as { history: History }).history;

  describe('POST /v1/jobs/{id}/runs', () => {
    test('create a job run when posting to the runs endpoint', async () => {
      const { id, runs } = await jobThatRuns('start', 'sleep 300');
      const answer = await api.post(runs);
      expect(answer.status).toBe(201);
      expect(answer.json()).toEqual({
        id: expect.stringMatching(RUN_ID),
        jobId: id,
        status: expect.stringMatching(/^(INITIAL|STARTING|ACTIVE)$/),
        createdAt: expect.stringMatching(TIMESTAMP),
        completedAt: null,
        tasks: expect.any(Array),
      });
    });

    test('not found if the job id is not known', async () => {
      const id = api.id('missing');
      const answer = await api.post(`/v1/jobs/${id}/runs`);
      expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
    });
  });

  describe('GET /v1/jobs/{id}/runs', () => {
    test('get all available job runs', async () => {
      const { id, runs } = await jobThatRuns('list', 'sleep 300');
      expect(await active(runs)).toEqual([]);
      const first = await start(runs);
      const second = await start(runs);
      const listed = await eventually('both runs are active', async () => {
        const all = await active(runs);
        return all.length === 2 && all.every(({ status }) => status === 'ACTIVE') ? all : undefined;
      });
      expect(new Set(listed.map((one) => one.id))).toEqual(new Set([first.id, second.id]));
      expect(listed[0]?.tasks).toEqual([
        {
          id: expect.any(String),
          startedAt: expect.stringMatching(TIMESTAMP),
          status: expect.stringMatching(/^TASK_(STAGING|STARTING|RUNNING)$/),
        },
      ]);
      const embedded = (await api.get(`/v1/jobs/${id}?embed=activeRuns`)).json();
      expect(embedded).toMatchObject({ activeRuns: [{ jobId: id }, { jobId: id }] });
      const jobs = (await api.get('/v1/jobs?embed=activeRuns')).json() as { id: string }[];
      expect(jobs.find((job) => job.id === id)).toMatchObject({ activeRuns: [{ jobId: id }, { jobId: id }] });
    });

    test('not found if the job id is not known', async () => {
      const id = api.id('missing');
      const answer = await api.get(`/v1/jobs/${id}/runs`);
      expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
    });
  });

  describe('GET /v1/jobs/{id}/runs/{runId}', () => {
    test('return a specific existing jobRun', async () => {
      const { id, runs } = await jobThatRuns('get', 'sleep 300');
      const { id: runId } = await start(runs);
      const answer = await api.get(`${runs}/${runId}`);
      expect([answer.status, answer.json()]).toMatchObject([200, { id: runId, jobId: id }]);
      expect(await active(runs)).toMatchObject([{ id: runId }]);
    });

    test('give a 404 for a non existing jobRun', async () => {
      const { id, runs } = await jobThatRuns('get-none', 'true');
      const message = 'Job Run not found';
      for (const [jobSpec, path] of [
        [id, `${runs}/notexistent`],
        [api.id('missing'), `/v1/jobs/${api.id('missing')}/runs/notexistent`],
      ] as const) {
        const answer = await api.get(path);
        expect([answer.status, answer.json()]).toEqual([404, { jobSpec, id: 'notexistent', message }]);
      }
    });
  });

  describe('runs of a job', () => {
    test('the same idempotency key starts one run', async () => {
      const { runs } = await jobThatRuns('idempotent', 'sleep 300');
      const headers = { 'idempotency-key': 'one' };
      const first = (await api.request('POST', runs, undefined, headers)).json() as RunBody;
      const second = (await api.request('POST', runs, undefined, headers)).json() as RunBody;
      expect(second.id).toBe(first.id);
      expect(await active(runs)).toHaveLength(1);
    });

    test.each([
      ['true', 'successCount', 'successfulFinishedRuns'],
      ['exit 3', 'failureCount', 'failedFinishedRuns'],
    ] as const)('a run of "%s" is never in neither place, and counts once', async (cmd, count, list) => {
      const { id, runs } = await jobThatRuns(`ends-${count}`.toLowerCase(), cmd);
      const { id: runId } = await start(runs);
      const counts: number[] = [];
      const entry = await eventually('the run ends', async () => {
        const wasActive = (await active(runs)).some((one) => one.id === runId);
        const history = await historyOf(id);
        counts.push(history[count]);
        const found = history[list].find((one) => one.id === runId);
        if (!wasActive) expect(found).toBeDefined();
        return found;
      });
      for (let read = 0; read < 10; read++) counts.push((await historyOf(id))[count]);
      expect(counts.filter((value) => value > 0).every((value) => value === 1)).toBe(true);
      expect(entry).toEqual({
        id: runId,
        createdAt: expect.stringMatching(TIMESTAMP),
        finishedAt: expect.stringMatching(TIMESTAMP),
        tasks: [expect.stringContaining(runId)],
      });
      expect((await api.get(`/v2/jobs/${id}/runs/${runId}`)).json()).toMatchObject({
        runId,
        status: 'ended',
      });
    });
  });

  describe('POST /v1/jobs/{id}/runs/{runId}/actions/stop', () => {
    test('delete a specific existing jobRun', async () => {
      const { id, runs } = await jobThatRuns('stop', 'sleep 300');
      const started = await start(runs);
      const answer = await api.post(`${runs}/${started.id}/actions/stop`);
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({
        id: started.id,
        status: 'FAILED',
        completedAt: expect.stringMatching(TIMESTAMP),
      });
      expect(await active(runs)).toEqual([]);
      expect((await api.get(`${runs}/${started.id}`)).status).toBe(404);
      const history = await eventually('the stopped run is history', async () => {
        const now = await historyOf(id);
        return now.failureCount > 0 ? now : undefined;
      });
      expect(history.failedFinishedRuns).toMatchObject([{ id: started.id }]);
    });

    test('give a 404 for a non existing jobRun', async () => {
      const { id, runs } = await jobThatRuns('stop-none', 'true');
      const noRun = await api.post(`${runs}/notexistent/actions/stop`);
      const body = { jobSpec: id, id: 'notexistent', message: 'Job Run not found' };
      expect([noRun.status, noRun.json()]).toEqual([404, body]);
      const missing = api.id('missing');
      const noJob = await api.post(`/v1/jobs/${missing}/runs/notexistent/actions/stop`);
      expect([noJob.status, noJob.json()]).toEqual([404, { id: missing, message: 'Job not found' }]);
    });
  });

  describe('DELETE /v1/jobs/{id} with runs', () => {
    test('is refused, unless they shall be stopped', async () => {
      const { id, runs } = await jobThatRuns('deleted', 'sleep 300');
      await start(runs);
      const refused = await api.delete(`/v1/jobs/${id}?stopCurrentJobRuns=false`);
      expect([refused.status, refused.json()]).toEqual([
        409,
        { message: 'There are active job runs. Override with stopCurrentJobRuns=true' },
      ]);
      expect((await api.get(`/v1/jobs/${id}`)).status).toBe(200);
      expect((await api.post(runs)).status).toBe(201);
      const stopped = await api.delete(`/v1/jobs/${id}?stopCurrentJobRuns=true`);
      expect(stopped.status).toBe(200);
      expect(stopped.json()).toMatchObject({ id });
      expect((await api.get(`/v1/jobs/${id}`)).status).toBe(404);
      expect((await api.post(runs)).status).toBe(404);
    });
  });

  test('GET /v1/queue: return list of jobs in the queue', async () => {
    const id = api.id('runs.too.large');
    await api.post('/v1/jobs', { id, run: run({ cpus: 100_000 }) });
    const { id: runId, status } = await start(`/v1/jobs/${id}/runs`);
    expect(status).toBe('INITIAL');
    const queue = (await api.get('/v1/queue')).json() as { jobId: string }[];
    // Unlike Metronome, which cuts ids at the first dot, under the whole id.
    expect(queue.find(({ jobId }) => jobId === id)).toEqual({ jobId: id, runs: [{ runId }] });
    await api.post(`/v1/jobs/${id}/runs/${runId}/actions/stop`);
    const after = (await api.get('/v1/queue')).json() as { jobId: string }[];
    expect(after.find(({ jobId }) => jobId === id)).toBeUndefined();
  });
}
