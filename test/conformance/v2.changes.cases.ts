import { describe, expect, test } from 'vitest';
import { run, schedule } from './metronome.bodies.js';
import { type Answer, eventually, type MetronomeClient } from './metronome.client.js';

interface JobBody {
  readonly uid: string;
  readonly revision: number;
  readonly pause: { readonly until: string | null; readonly reason: string | null } | null;
  readonly spec: {
    readonly id: string;
    readonly schedules: readonly object[];
    readonly description?: string;
  };
}
interface RunBody {
  readonly runId: string;
  readonly jobId: string;
  readonly status: string;
  readonly overrides: object | null;
}
interface Plan {
  readonly applied: boolean;
  readonly counts: Record<string, number>;
  readonly changes: readonly { jobId: string; action: string; differences: readonly object[] }[];
}

/** What Carillon's own API has beyond jobs, schedules and runs as Metronome knows them. */
export function v2ChangeCases(api: MetronomeClient): void {
  const json = { 'content-type': 'application/json' };
  const created: string[] = [];
  const create = async (name: string, members: object = {}) => {
    const id = api.id(`own.${name}`);
    const answer = await api.post('/v2/jobs', { id, run: run(), ...members });
    expect(answer.status, answer.text).toBe(201);
    created.push(id);
    return { id, etag: answer.headers.get('etag') ?? '', job: answer.json() as JobBody };
  };
  const expectProblem = (answer: Answer, status: number, code?: string) => {
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(code ?? '')]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  };
  const jobOf = async (id: string) => (await api.get(`/v2/jobs/${id}`)).json() as JobBody;

  describe('/v2, beyond Metronome', () => {
    test('a job is paused until an instant and resumed, which Metronome does not see', async () => {
      const { id, etag } = await create('pause', { schedules: [schedule()] });
      const before = (await api.get(`/v1/jobs/${id}`)).json();
      const until = new Date(Date.now() + 3_600_000).toISOString();
      const paused = await api.post(`/v2/jobs/${id}/pause`, { until, reason: 'migration' });
      expect((paused.json() as JobBody).pause).toMatchObject({ until, reason: 'migration' });
      expect((await jobOf(id)).pause).toMatchObject({ until });
      expect((await api.get(`/v1/jobs/${id}`)).json()).toEqual(before);
      const stale = { ...json, 'if-match': `"${'0'.repeat(8)}.1"` };
      expectProblem(
        await api.request('POST', `/v2/jobs/${id}/resume`, undefined, stale),
        412,
        'revisionChanged',
      );
      const resumed = await api.request('POST', `/v2/jobs/${id}/resume`, undefined, { 'if-match': etag });
      expect((resumed.json() as JobBody).pause).toBeNull();
      const past = { until: '2020-01-01T00:00:00Z' };
      expectProblem(await api.post(`/v2/jobs/${id}/pause`, past), 422, 'pauseInvalid');
      const short = { until: new Date(Date.now() + 700).toISOString() };
      expect((await api.post(`/v2/jobs/${id}/pause`, short)).status).toBe(200);
      await eventually('the pause ends by itself', async () =>
        (await jobOf(id)).pause === null ? true : undefined,
      );
    });

    test('revisions are listed, compared and gone back to', async () => {
      const { id, job } = await create('revisions', { description: 'one', schedules: [schedule()] });
      const put = (members: object) => api.put(`/v2/jobs/${id}`, { ...job.spec, ...members });
      await put({ description: 'two' });
      await put({ description: 'two', schedules: [schedule({ cron: '0 3 * * *' })] });
      const list = (await api.get(`/v2/jobs/${id}/revisions?limit=2`)).json() as {
        revisions: { revision: number; change: string }[];
        next: number | null;
      };
      expect(list.revisions.map(({ revision, change }) => [revision, change])).toEqual([
        [3, 'updated'],
        [2, 'updated'],
      ]);
      expect(list.next).toBe(2);
      expect((await api.get(`/v2/jobs/${id}/revisions/1`)).json()).toMatchObject({
        revision: 1,
        change: 'created',
        spec: { description: 'one' },
      });
      expect((await api.get(`/v2/jobs/${id}/revisions/3/diff`)).json()).toEqual({
        from: 2,
        to: 3,
        differences: [{ pointer: '/schedules/nightly/cron', before: '0 2 * * *', after: '0 3 * * *' }],
      });
      expect((await api.get(`/v2/jobs/${id}/revisions/3/diff?from=1`)).json()).toMatchObject({
        differences: [{ pointer: '/description' }, { pointer: '/schedules/nightly/cron' }],
      });
      const back = await api.post(`/v2/jobs/${id}/rollback`, { revision: 1 });
      expect(back.json()).toMatchObject({ uid: job.uid, revision: 4, spec: { description: 'one' } });
      expectProblem(await api.post(`/v2/jobs/${id}/rollback`, { revision: 9 }), 404, 'revisionNotFound');
      expectProblem(await api.get(`/v2/jobs/${id}/revisions/9`), 404, 'revisionNotFound');
    });

    test('the same Idempotency-Key is done once, and refused for something else', async () => {
      const id = api.id('own.keyed');
      created.push(id);
      const key = { ...json, 'idempotency-key': `key-${id}` };
      const body = { id, run: run() };
      const first = await api.request('POST', '/v2/jobs', body, key);
      const again = await api.request('POST', '/v2/jobs', body, key);
      expect([again.status, again.json()]).toEqual([201, first.json()]);
      const other = { ...body, description: 'other' };
      expectProblem(await api.request('POST', '/v2/jobs', other, key), 422, 'idempotencyKeyUsed');
      const path = `/v2/jobs/${id}/schedules`;
      const own = { ...json, 'idempotency-key': `s-${id}` };
      const added = await api.request('POST', path, schedule(), own);
      expect((await api.request('POST', path, schedule(), own)).json()).toEqual(added.json());
      const v1 = { ...json, 'idempotency-key': `v1-${id}` };
      const spec = { id: `${id}.v1`, run: run() };
      created.push(spec.id);
      const made = await api.request('POST', '/v1/jobs', spec, v1);
      expect((await api.request('POST', '/v1/jobs', spec, v1)).text).toBe(made.text);
      expect((await api.request('POST', '/v1/jobs', { ...spec, labels: { a: 'b' } }, v1)).status).toBe(422);
      const runKey = { ...json, 'idempotency-key': `r-${id}` };
      const start = (env: object) => api.request('POST', `/v2/jobs/${id}/runs`, { env }, runKey);
      const started = (await start({ A: '1' })).json() as RunBody;
      expect((await start({ A: '1' })).json()).toMatchObject({ runId: started.runId });
      expectProblem(await start({ A: '2' }), 422, 'idempotencyKeyUsed');
    });

    test('schedules of every kind, with their policies, come back as they were sent', async () => {
      const schedules = [
        { id: 'cron7', cron: '15 0 2 * * MON-FRI *', concurrencyPolicy: 'REPLACE', jitterSeconds: 30 },
        { id: 'nick', cron: '@daily', timezone: 'Europe/Rome', catchUp: { policy: 'ALL', limit: 5 } },
        { id: 'iso', interval: 'R5/2030-01-01T00:00:00Z/P1D', concurrencyPolicy: 'QUEUE', queueLimit: 3 },
        {
          id: 'rrule',
          rrule: 'DTSTART:20300101T090000\nRRULE:FREQ=MONTHLY;BYDAY=2TU',
          until: '2031-01-01T00:00:00.000Z',
          maxRuns: 7,
        },
        { id: 'once', at: '2030-06-01T12:00:00.000Z', catchUp: { policy: 'LAST' } },
      ];
      const { id, job } = await create('kinds', { schedules });
      expect(job.spec.schedules).toMatchObject([
        { id: 'cron7', concurrencyPolicy: 'REPLACE', jitterSeconds: 30, nextDueAt: expect.any(String) },
        { id: 'nick', catchUp: { policy: 'ALL', limit: 5 } },
        { id: 'iso', concurrencyPolicy: 'QUEUE', queueLimit: 3, nextDueAt: '2030-01-01T00:00:00.000Z' },
        { id: 'rrule', maxRuns: 7, nextDueAt: '2030-01-08T09:00:00.000Z' },
        { id: 'once', at: '2030-06-01T12:00:00.000Z', nextDueAt: '2030-06-01T12:00:00.000Z' },
      ]);
      const again = await api.put(`/v2/jobs/${id}`, job.spec);
      expect(again.json()).toMatchObject({ revision: 1 });
      const v1 = (await api.get(`/v1/jobs/${id}`)).json() as { schedules: { id: string }[] };
      expect(v1.schedules.map((one) => one.id)).toEqual(['cron7', 'nick']);
      expectProblem(
        await api.post(`/v2/jobs/${id}/schedules`, { id: 'none' }),
        422,
        'exactly one of cron, interval, rrule and at, got none',
      );
      const bad = await api.post(`/v2/jobs/${id}/schedules`, {
        id: 'both',
        cron: '@daily',
        at: '2030-06-01T12:00:00Z',
      });
      expectProblem(bad, 422, 'exactly one of cron, interval, rrule and at');
      expectProblem(
        await api.post(`/v2/jobs/${id}/schedules`, { id: 'bad', interval: 'R/x' }),
        422,
        '/interval',
      );
      expectProblem(
        await api.post(`/v2/jobs/${id}/schedules`, { id: 'odd', cron: '@daily', queueLimit: 3 }),
        422,
        '/queueLimit',
      );
      expectProblem(await api.post(`/v2/jobs/${id}/schedules`, { id: 'odd', crn: '@daily' }), 422, 'crn');
    });

    test('rules of every kind are previewed', async () => {
      const preview = async (query: Record<string, string>) =>
        (
          await api.get(`/v2/schedules/preview?${new URLSearchParams({ count: '2', ...query }).toString()}`)
        ).json();
      const after = '2030-01-01T00:00:00Z';
      expect(await preview({ interval: 'R/2030-01-01T00:00:00Z/PT36H', after })).toMatchObject({
        kind: 'interval',
        instants: [{ dueAt: '2030-01-02T12:00:00.000Z' }, { dueAt: '2030-01-04T00:00:00.000Z' }],
      });
      expect(
        await preview({ rrule: 'DTSTART:20300101T090000\nRRULE:FREQ=MONTHLY;BYDAY=2TU', after }),
      ).toMatchObject({ kind: 'rrule', instants: [{ dueAt: '2030-01-08T09:00:00.000Z' }, {}] });
      expect(await preview({ at: '2030-06-01T12:00:00Z', after })).toMatchObject({
        kind: 'at',
        instants: [{ dueAt: '2030-06-01T12:00:00.000Z' }],
      });
      expect(
        await preview({ cron: '30 1 * * *', timezone: 'America/New_York', after: '2024-11-02T12:00:00Z' }),
      ).toMatchObject({
        instants: [{ dueAt: '2024-11-03T05:30:00.000Z', change: 'overlap' }, { change: null }],
      });
    });

    test('retries, time limits and typed parameters are part of a job; a run takes values and overrides', async () => {
      const own = {
        retry: {
          limit: 2,
          delaySeconds: 5,
          backoffFactor: 2,
          maxDelaySeconds: 60,
          jitter: 0.1,
          on: ['failed'],
        },
        timeoutSeconds: 3600,
        priority: 5,
        parameters: [
          { name: 'DAY', type: 'integer', choices: [1, 2, 3] },
          { name: 'MODE', default: 'full' },
        ],
      };
      const { id, job } = await create('policies', { run: { ...run({ cmd: 'sleep 300' }), ...own } });
      expect(job.spec).toMatchObject({
        run: { ...own, parameters: [{ choices: [1, 2, 3] }, { default: 'full' }] },
      });
      const runs = `/v2/jobs/${id}/runs`;
      expectProblem(await api.post(runs), 422, '/parameters/DAY');
      expect((await api.post(`/v1/jobs/${id}/runs`)).status).toBe(422);
      expectProblem(await api.post(runs, { parameters: { DAY: 'x' } }), 422, '/parameters/DAY');
      expectProblem(await api.post(runs, { parameters: { DAY: 9 } }), 422, '/parameters/DAY');
      expectProblem(await api.post(runs, { parameters: { DAY: 1, NO: 1 } }), 422, '/parameters/NO');
      const runId = `chosen-${id.replaceAll('.', '-')}`.slice(0, 60);
      const started = await api.post(runs, { runId, parameters: { DAY: 2 }, env: { A: 'b' }, mem: 33 });
      expect(started.status, started.text).toBe(201);
      expect(started.json()).toMatchObject({ runId, overrides: { mem: 33, env: { A: 'b', DAY: '2' } } });
      expect((await api.post(`${runs}/${runId}/stop?graceSeconds=0`)).status).toBe(200);
      const bad = await api.put(`/v2/jobs/${id}`, { ...job.spec, run: { ...run(), timeoutSeconds: 0 } });
      expectProblem(bad, 422, '/run/timeoutSeconds');
    });

    test('runs of all jobs are found, active and ended, page by page without a gap', async () => {
      const labels = { suite: api.id('found') };
      const ended = await create('found.a', { labels, run: run() });
      const failing = await create('found.b', { labels, run: run({ cmd: 'exit 3' }) });
      const active = await create('found.c', { labels, run: run({ cmd: 'sleep 300' }) });
      const started: string[] = [];
      for (const { id } of [ended, failing, active, ended, failing]) {
        started.push(((await api.post(`/v2/jobs/${id}/runs`)).json() as RunBody).runId);
      }
      const prefix = api.id('own.found');
      const find = async (query: Record<string, string>) =>
        (
          await api.get(`/v2/runs?${new URLSearchParams({ jobPrefix: prefix, ...query }).toString()}`)
        ).json() as {
          runs: RunBody[];
          next: string | null;
        };
      await eventually('four have ended', async () => {
        const { runs } = await find({ status: 'ended' });
        return runs.length === 4 ? runs : undefined;
      });
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0; page < 10 && cursor !== null; page++) {
        const found: { runs: RunBody[]; next: string | null } = await find({
          limit: '2',
          ...(cursor === '' ? {} : { cursor }),
        });
        seen.push(...found.runs.map(({ runId }) => runId));
        cursor = found.next;
      }
      expect(seen.toSorted()).toEqual(started.toSorted());
      const idsOf = async (query: Record<string, string>) =>
        [...new Set((await find(query)).runs.map(({ jobId }) => jobId))].toSorted();
      expect(await idsOf({ outcome: 'succeeded' })).toEqual([ended.id]);
      await eventually('the third runs', async () =>
        (await find({ status: 'running' })).runs.length === 1 ? true : undefined,
      );
      expect(await idsOf({ status: 'running' })).toEqual([active.id]);
      expect((await api.get(`/v2/runs?cursor=nonsense`)).status).toBe(400);
      const ofJob = (await api.get(`/v2/jobs/${ended.id}/runs`)).json() as { runs: RunBody[] };
      expect(ofJob.runs).toHaveLength(2);
      const events = await eventually('history has recorded its end', async () => {
        const detail = (await api.get(`/v2/jobs/${ended.id}/runs/${started[0]}?events=true`)).json() as {
          events: { type: string }[];
        };
        const types = detail.events.map(({ type }) => type);
        return types.includes('carillon.RunEnded') ? types : undefined;
      });
      expect(events).toContain('carillon.RunQueued');
    });

    test('jobs are searched by text, prefix and label', async () => {
      const word = `w${Math.random().toString(36).slice(2, 10)}`;
      const { id: a } = await create('search.a', { description: `Sends the ${word} Report` });
      const { id: b } = await create('search.b', { labels: { team: word } });
      const find = async (query: Record<string, string>) =>
        (
          (await api.get(`/v2/jobs?${new URLSearchParams(query).toString()}`)).json() as { jobs: JobBody[] }
        ).jobs.map(({ spec }) => spec.id);
      expect(await find({ q: word.toUpperCase() })).toEqual([a, b]);
      expect(await find({ q: `${word} report` })).toEqual([a]);
      expect(await find({ label: `team=${word}` })).toEqual([b]);
      expect(await find({ prefix: api.id('own.search.') })).toEqual([a, b]);
      expect(await find({ prefix: api.id('own.search.'), q: word, limit: '1', after: a })).toEqual([b]);
      expectProblem(await api.get('/v2/jobs?label=nothing'), 400);
      const embedded = (
        await api.get(`/v2/jobs?prefix=${api.id('own.search.')}&embed=activeRuns,summary`)
      ).json();
      expect(embedded).toMatchObject({ jobs: [{ activeRuns: [], summary: { successCount: 0 } }, {}] });
    });

    test('a list of jobs is planned and applied as a whole, and an export comes back as the same', async () => {
      const prefix = api.id('own.apply.');
      const id = (name: string) => prefix + name;
      const { job: kept } = await create('apply.kept', { schedules: [{ id: 'nick', cron: '@daily' }] });
      await create('apply.gone');
      const child = { id: id('child'), run: run(), dependencies: [{ id: id('parent') }] };
      const parent = { id: id('parent'), run: run() };
      created.push(parent.id, child.id);
      const jobs = [child, parent, kept.spec];
      const apply = async (query: string, list: readonly object[] = jobs) =>
        api.put(`/v2/jobs:apply?prefix=${prefix}&${query}`, { jobs: list });
      const actions = (answer: Answer) =>
        (answer.json() as Plan).changes.map((one) => `${one.action} ${one.jobId.slice(prefix.length)}`);
      const plan = ['create child', 'remove gone', 'unchanged kept', 'create parent'];
      const planned = await apply('dryRun=true&prune=true');
      expect([planned.status, actions(planned)]).toEqual([200, plan]);
      expect((await api.get(`/v2/jobs/${child.id}`)).status).toBe(404);
      const applied = await apply('prune=true');
      expect([(applied.json() as Plan).applied, actions(applied)]).toEqual([true, plan]);
      expect((await api.get(`/v2/jobs/${id('gone')}`)).status).toBe(404);
      const changed = await apply('dryRun=true', [{ ...parent, description: 'new' }]);
      expect((changed.json() as Plan).changes).toMatchObject([
        { action: 'update', differences: [{ pointer: '/description', after: 'new' }] },
      ]);
      const orphan = { ...child, dependencies: [{ id: id('nobody') }] };
      for (const query of ['dryRun=true', '']) {
        expectProblem(await apply(query, [orphan]), 422, 'dependenciesUnknown');
      }
      expectProblem(await apply('dryrun=true'), 400, 'no such parameter, it takes dryRun, prune');
      const broken = await apply('', [
        { ...parent, description: 'new' },
        { id: id('bad'), run: {} },
      ]);
      expectProblem(broken, 422, '/1/run');
      expect(await jobOf(parent.id)).toMatchObject({ revision: 1 });

      const exported = await api.get(`/v2/jobs:export?prefix=${prefix}`);
      const lines = await api.request('GET', `/v2/jobs:export?prefix=${prefix}`, undefined, {
        accept: 'application/x-ndjson',
      });
      const { jobs: specs } = exported.json() as { jobs: object[] };
      expect(
        lines.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as object),
      ).toEqual(specs);
      const back = await api.request('PUT', `/v2/jobs:apply?prefix=${prefix}&prune=true`, lines.text, {
        'content-type': 'application/x-ndjson',
      });
      expect((back.json() as Plan).counts).toEqual({ create: 0, update: 0, unchanged: 3, remove: 0 });
      for (const name of ['child', 'parent', 'kept']) await api.delete(`/v2/jobs/${id(name)}`);
      expect((await apply('prune=true', specs)).status).toBe(200);
      expect((await api.get(`/v2/jobs:export?prefix=${prefix}`)).text).toBe(exported.text);
    });

    test('a removal at a version that is gone changes nothing, and one with active runs neither', async () => {
      const { id, etag } = await create('removal', { run: run({ cmd: 'sleep 300' }) });
      const { runId } = (await api.post(`/v2/jobs/${id}/runs`)).json() as RunBody;
      const remove = (headers: Record<string, string>, query = '') =>
        api.request('DELETE', `/v2/jobs/${id}${query}`, undefined, headers);
      expectProblem(await remove({ 'if-match': etag }), 409, 'activeRuns');
      expectProblem(await remove({}), 409, 'stopRuns=true stops them');
      for (const query of ['&dryRun=true', '']) {
        const applied = await api.put(`/v2/jobs:apply?prune=true&prefix=${id}${query}`, { jobs: [] });
        expectProblem(applied, 409, 'active runs of jobs that would be removed');
      }
      expect((await api.post(`/v2/jobs/${id}/runs`)).status).toBe(201);
      await api.put(`/v2/jobs/${id}`, { id, run: run({ cmd: 'sleep 300', mem: 40 }) });
      expectProblem(await remove({ 'if-match': etag }, '?stopRuns=true'), 412, 'revisionChanged');
      expect((await api.get(`/v2/jobs/${id}/runs/${runId}`)).json()).toMatchObject({ stopRequested: false });
      expect((await remove({}, '?stopRuns=true')).status).toBe(200);
    });

    test('the document has a page of its own, which loads nothing', async () => {
      const page = await api.get('/v2/');
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(page.text).toContain('/v2/jobs:apply');
      expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    });

    test('leaves nothing behind', async () => {
      for (const id of created.toReversed()) {
        const answer = await api.delete(`/v2/jobs/${id}?stopRuns=true`);
        expect([200, 404]).toContain(answer.status);
      }
    });
  });
}
