import { describe, expect, test } from 'vitest';
import { run, schedule } from './metronome.bodies.js';
import { type Answer, eventually, type MetronomeClient } from './metronome.client.js';

interface JobBody {
  readonly uid: string;
  readonly revision: number;
  readonly spec: { readonly id: string; readonly schedules: readonly object[] };
}
interface RunBody {
  readonly runId: string;
  readonly status: string;
}

/** Carillon's own API. */
export function v2Cases(api: MetronomeClient): void {
  const json = { 'content-type': 'application/json' };
  const created: string[] = [];
  const create = async (name: string, members: object = {}) => {
    const id = api.id(`v2.${name}`);
    const answer = await api.post('/v2/jobs', { id, run: run(), ...members });
    created.push(id);
    return { id, answer, etag: answer.headers.get('etag') ?? '' };
  };
  const change = (method: string, path: string, etag: string, body?: object) =>
    api.request(method, path, body, { ...json, 'if-match': etag });
  const expectProblem = (answer: Answer, status: number, code?: string) => {
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status, ...(code === undefined ? {} : { code }) });
  };

  describe('/v2', () => {
    test('the document lists every route and is OpenAPI 3.1', async () => {
      const answer = await api.get('/v2/openapi.json');
      const document = answer.json() as { openapi: string; paths: Record<string, object> };
      expect(document.openapi).toBe('3.1.0');
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining(['/v2/jobs', '/v2/jobs/{jobId}/schedules', '/v2/runs', '/v2/events']),
      );
    });

    test('a job is created, read, replaced and removed, each with its version', async () => {
      const { id, answer, etag } = await create('crud', { schedules: [schedule()] });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(`/v2/jobs/${id}`);
      const job = answer.json() as JobBody;
      expect(job).toMatchObject({ revision: 1, spec: { id, schedules: [{ id: 'nightly' }] } });
      expect(etag).toBe(`"${job.uid}.1"`);
      const read = await api.get(`/v2/jobs/${id}`);
      expect([read.json(), read.headers.get('etag')]).toEqual([job, etag]);
      const replaced = await change('PUT', `/v2/jobs/${id}`, etag, { ...job.spec, description: 'two' });
      expect([replaced.status, replaced.json()]).toMatchObject([200, { uid: job.uid, revision: 2 }]);
      expectProblem(await change('PUT', `/v2/jobs/${id}`, etag, job.spec), 412, 'revisionChanged');
      expectProblem(await change('DELETE', `/v2/jobs/${id}`, etag), 412, 'revisionChanged');
      const removed = await change('DELETE', `/v2/jobs/${id}`, replaced.headers.get('etag') ?? '');
      expect(removed.status).toBe(200);
      expectProblem(await api.get(`/v2/jobs/${id}`), 404, 'jobNotFound');
    });

    test('of two changes of one version one succeeds', async () => {
      const { id, etag } = await create('race');
      const answers = await Promise.all(
        [40, 41, 42, 43].map((mem) => change('PUT', `/v2/jobs/${id}`, etag, { id, run: run({ mem }) })),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
    });

    test('a job may have several schedules, each changed by itself', async () => {
      const { id, etag } = await create('schedules', { schedules: [schedule()] });
      const path = `/v2/jobs/${id}/schedules`;
      const added = await change('POST', path, etag, schedule({ id: 'weekly', cron: '0 3 * * MON' }));
      expect([added.status, added.json()]).toMatchObject([201, { id: 'weekly', cron: '0 3 * * 1' }]);
      expectProblem(await api.post(path, schedule({ id: 'weekly' })), 409, 'scheduleExists');
      expectProblem(await change('POST', path, etag, schedule({ id: 'third' })), 412);
      const disabled = await api.put(`${path}/weekly`, schedule({ id: 'weekly', enabled: false }));
      expect(disabled.json()).toMatchObject({ enabled: false, nextDueAt: null });
      expect((await api.get(path)).json()).toMatchObject({
        schedules: [{ id: 'nightly' }, { id: 'weekly' }],
      });
      expect((await api.get(`/v1/jobs/${id}/schedules`)).json()).toHaveLength(2);
      expect((await api.delete(`${path}/nightly`)).status).toBe(204);
      expectProblem(await api.get(`${path}/nightly`), 404, 'scheduleNotFound');
    });

    test('problems of a body come all at once, with their places', async () => {
      const answer = await api.post('/v2/jobs', { id: 'A', run: { cpus: 0, mem: 32, disk: 0 } });
      expectProblem(answer, 422);
      expect(answer.json()).toMatchObject({
        problems: [{ pointer: '/id', detail: expect.any(String) }, { pointer: '/run/cpus' }],
      });
      expectProblem(await api.get('/v2/jobs?limit=0'), 400);
      expectProblem(await api.get('/v2/jobs/A_B'), 400);
      expectProblem(await api.post('/v2/jobs', '{'), 400);
      expectProblem(await api.get('/v2/nothing'), 404);
    });

    test('jobs are listed page by page', async () => {
      const ids = [await create('page.a'), await create('page.b'), await create('page.c')].map(
        ({ id }) => id,
      );
      const seen: string[] = [];
      let after: string | null = api.id('v2.page');
      for (let page = 0; page < 3 && after !== null; page++) {
        const answer = (await api.get(`/v2/jobs?limit=1&after=${after}`)).json() as {
          jobs: JobBody[];
          next: string | null;
        };
        seen.push(...answer.jobs.map(({ spec }) => spec.id));
        after = answer.next;
      }
      expect(seen).toEqual(ids);
    });

    test('a run is started once for a key, listed, stopped, and listed as ended', async () => {
      const { id } = await create('runs', { run: run({ cmd: 'sleep 300' }) });
      const runs = `/v2/jobs/${id}/runs`;
      const start = () => api.request('POST', runs, undefined, { 'idempotency-key': 'k1' });
      const started = await start();
      const { runId } = started.json() as RunBody;
      expect([started.status, started.headers.get('location')]).toEqual([
        201,
        `/v2/jobs/${id}/runs/${runId}`,
      ]);
      expect((await start()).json()).toMatchObject({ runId });
      const active = (await api.get('/v2/runs?limit=1000')).json() as { runs: RunBody[] };
      expect(active.runs.map((one) => one.runId)).toContain(runId);
      expect((await api.get(runs)).json()).toMatchObject({ runs: [{ runId }] });
      expect((await api.post(`/v2/jobs/${id}/runs/${runId}/stop`)).status).toBe(200);
      await eventually('the run has ended', async () => {
        const { runs: ended } = (await api.get(`${runs}?status=ended&outcome=killed`)).json() as {
          runs: RunBody[];
        };
        return ended.length === 1 ? ended : undefined;
      });
    });

    test('an expression is previewed, with changes of the clocks marked', async () => {
      const query = new URLSearchParams({
        cron: '30 2 * * *',
        timezone: 'America/New_York',
        after: '2024-03-09T12:00:00Z',
        count: '2',
      });
      expect((await api.get(`/v2/schedules/preview?${query.toString()}`)).json()).toEqual({
        kind: 'cron',
        rule: '30 2 * * *',
        timezone: 'America/New_York',
        description: expect.any(String),
        instants: [
          { dueAt: '2024-03-10T07:00:00.000Z', local: '2024-03-10T03:00:00-04:00', change: 'gap' },
          { dueAt: '2024-03-11T06:30:00.000Z', local: '2024-03-11T02:30:00-04:00', change: null },
        ],
      });
      expectProblem(await api.get('/v2/schedules/preview?cron=x'), 422, 'cronInvalid');
    });

    test('nothing is put aside, and what is not there is not found', async () => {
      expect((await api.get('/v2/dead-letters')).json()).toEqual({ deadLetters: [], next: null });
      expectProblem(await api.get('/v2/dead-letters/nowhere-1'), 400);
    });

    test('leaves nothing behind', async () => {
      for (const id of created) {
        const answer = await api.delete(`/v2/jobs/${id}?stopRuns=true`);
        expect([200, 404]).toContain(answer.status);
      }
    });
  });
}
