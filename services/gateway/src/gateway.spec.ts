import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type DeadLetter,
  encodeEvent,
  type Job,
  type ListJobsRequest,
  type ListRunsRequest,
} from '@carillon/contracts';
import { domainError, notFound, unavailable } from '@carillon/event-sourcing';
import { currentTraceContext, startTelemetry } from '@carillon/service-runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createGateway } from './gateway.js';
import { defaultLimits, type GatewayLimits } from './gateway.limits.js';
import { read } from './metronome/readers.js';
import { runSpecReader } from './metronome/run-spec.reader.js';
import { someBackends } from './testing/backends.js';
import { attempt, run } from './testing/runs.js';

let app: NestFastifyApplication;
const open = async (parts: Parameters<typeof someBackends>[0] = {}, limits: Partial<GatewayLimits> = {}) => {
  const config = {
    httpHost: '127.0.0.1',
    httpPort: 0,
    historyCount: 10,
    limits: { ...defaultLimits, ...limits },
  };
  app = await createGateway({ config, ...someBackends(parts) });
  return app;
};
const listening = async () => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app.getHttpServer().address() as AddressInfo;
};
beforeAll(() => void startTelemetry({ serviceName: 'test' }));
afterEach(() => app.close());

const json = { 'content-type': 'application/json' };
const post = (url: string, payload: string, headers: Record<string, string> = json) =>
  app.inject({ method: 'POST', url, payload, headers });

describe('bodies', () => {
  test.each([
    ['{"id":', 400, /^Invalid Json: /],
    ['', 400, /No content to map due to end-of-input/],
    ['\ufffd\ufffe', 400, /^Invalid Json: /],
  ])('%j is no JSON', async (payload, status, message) => {
    await open();
    const answer = await post('/v1/jobs', payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ message: expect.stringMatching(message), requestPath: '/v1/jobs' });
  });
  test('of another media type, or of none, are refused', async () => {
    await open();
    for (const headers of [{ 'content-type': 'text/plain' }, { 'content-type': 'application/xml' }]) {
      const answer = await post('/v1/jobs', '{}', headers);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ message: 'Expecting text/json or application/json body' });
    }
    expect((await app.inject({ method: 'POST', url: '/v1/jobs' })).statusCode).toBe(415);
  });
  test('over 100 KB are refused', async () => {
    await open();
    const answer = await post('/v1/jobs', JSON.stringify({ id: 'a'.repeat(102_400) }));
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toEqual({ message: 'Request Entity Too Large', requestPath: '/v1/jobs' });
  });
  test('that are not valid say where, before anything is looked up', async () => {
    await open();
    const answer = await post('/v1/jobs/some/schedules', '{"id":"x"}');
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toEqual({
      message: 'Object is not valid',
      details: [
        { path: '/', errors: ['Property cron missing.'] },
        { path: '/id', errors: ["'x' does not match pattern '^([a-z0-9][a-z0-9-]*[a-z0-9]+)$'."] },
      ],
    });
  });
});

describe('routes', () => {
  test.each([
    ['GET', '/boum'],
    ['GET', '/v1/jobs/'],
    ['GET', '/v1'],
    ['POST', '/v1/jobs/a'],
    ['PATCH', '/v1/jobs/a'],
    ['GET', '/v0/scheduled-jobs'],
    ['GET', '/v1/jobs/a/runs/'],
    ['DELETE', '/v1/jobs'],
  ] as const)('%s %s is unknown', async (method, url) => {
    await open();
    const answer = await app.inject({ method, url, ...(method === 'POST' ? { payload: {} } : {}) });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ message: 'Unknown route.', requestPath: url });
  });
  test.each([
    ['POST', '/v2/schedules/preview', 'GET, HEAD'],
    ['DELETE', '/v2/jobs', 'GET, POST, HEAD'],
    ['GET', '/v2/jobs:apply', 'PUT'],
  ] as const)('%s %s says what is taken there', async (method, url, allow) => {
    await open();
    const answer = await app.inject({ method, url });
    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, allow]);
    const head = await app.inject({ method: 'HEAD', url });
    expect(head.statusCode === 405).toBe(!allow.includes('HEAD'));
    expect(answer.json()).toMatchObject({
      ...{ status: 405, title: 'Method Not Allowed', instance: url },
      detail: `${method} is not taken here, only ${allow}`,
    });
  });
  test('what was asked for comes back harmless to a browser', async () => {
    await open();
    const { port } = await listening();
    const message = 'Not a valid id: &lt;b&gt;&amp;&quot;&#x27;';
    expect((await app.inject({ url: '/v1/jobs/%3Cb%3E%26%22%27' })).json()).toMatchObject({ message });
    const answer = Promise.withResolvers<string>();
    // Node's own client sends a path as it is.
    request({ port, path: "/<script>'" }, (it) => {
      it.setEncoding('utf8').on('data', answer.resolve);
    }).end();
    expect(await answer.promise).toContain('"requestPath":"/&lt;script&gt;&#x27;"');
  });
  test('a path that cannot be decoded is a bad request', async () => {
    await open();
    const answer = await app.inject({ url: '/v1/jobs/%zz' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ message: expect.stringContaining('%zz'), requestPath: '/v1/jobs/%zz' });
  });
  test('a browser that opens the address is shown what there is; a program is not', async () => {
    await open();
    const browser = await app.inject({ url: '/', headers: { accept: 'text/html,*/*;q=0.8' } });
    expect([browser.statusCode, browser.headers.location]).toEqual([302, '/v2/']);
    const program = await app.inject({ url: '/' });
    expect([program.statusCode, program.json()]).toEqual([
      404,
      { message: 'Unknown route.', requestPath: '/' },
    ]);
  });
  test.each([
    ['GET', '/v1/jobs/a/runs/%00', '\0'],
    ['POST', '/v1/jobs/a/runs/x%00y/actions/stop', 'x\0y'],
    ['GET', '/v1/jobs/a/runs/caf%C3%A9', 'café'],
  ] as const)('%s %s is of a run that cannot be, and nobody is asked for it', async (method, url, id) => {
    await open();
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ jobSpec: 'a', id, message: 'Job Run not found' });
  });
  test('an id of 190 characters fits', async () => {
    const id = 'a'.repeat(190);
    await open({ registry: { getJob: () => Promise.reject(notFound('jobNotFound', 'no')) } });
    expect((await app.inject({ url: `/v1/jobs/${id}` })).json()).toEqual({ id, message: 'Job not found' });
  });
  test('a bad id, embed or switch says so', async () => {
    await open();
    for (const [method, url, message] of [
      ['GET', '/v1/jobs/A', 'Not a valid id: A'],
      [
        'GET',
        '/v1/jobs?embed=all',
        'Unknown embed options. Valid options are: activeRuns, schedules, history, historySummary',
      ],
      [
        'DELETE',
        '/v1/jobs/a?stopCurrentJobRuns=yes',
        'Cannot parse parameter stopCurrentJobRuns as Boolean: should be true, false, 0 or 1',
      ],
    ] as const) {
      const answer = await app.inject({ method, url });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toEqual({ message, requestPath: url.split('?')[0] });
    }
  });
  test('HEAD works where GET does', async () => {
    await open({ registry: { listJobs: () => Promise.resolve({ jobs: [] }) } });
    const answer = await app.inject({ method: 'HEAD', url: '/v1/jobs' });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('');
  });
});

describe('ping, info, leader', () => {
  test('ping is text', async () => {
    await open();
    const answer = await app.inject({ url: '/ping' });
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.body).toBe('pong');
  });
  test('info shows versions and flat configuration', async () => {
    await open();
    const answer = await app.inject({ url: '/info' });
    expect(answer.json()).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      libVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      config: expect.objectContaining({ 'carillon.history.count': '10' }),
    });
  });
  test('the leader is who leads', async () => {
    await open({ framework: { getLeader: () => Promise.resolve({ holder: 'host:1', epoch: 1 }) } });
    expect((await app.inject({ url: '/leader' })).json()).toEqual({ leader: 'host:1' });
  });
  test('without a leader it is not found', async () => {
    await open({ framework: { getLeader: () => Promise.resolve({ epoch: 0 }) } });
    const answer = await app.inject({ url: '/leader' });
    expect([answer.statusCode, answer.json()]).toEqual([404, { message: 'There is no leader' }]);
  });
});

describe('metrics and documents', () => {
  test('/v1/metrics counts what was answered', async () => {
    await open();
    await listening();
    const { port } = app.getHttpServer().address() as AddressInfo;
    const count = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/metrics`);
      const body = (await answer.json()) as { counters: Record<string, { count: number } | undefined> };
      return body.counters['metronome.http.responses.2xx.counter']?.count ?? 0;
    };
    const before = await count();
    await fetch(`http://127.0.0.1:${port}/ping`).then((it) => it.text());
    expect(await count()).toBeGreaterThanOrEqual(before + 2);
  });
  test('/public serves the schemas that bodies are read with', async () => {
    await open();
    const answer = await app.inject({ url: '/public/api/v1/schema/jobspec.schema.json' });
    expect(answer.json()).toMatchObject({
      required: ['id', 'run'],
      additionalProperties: false,
      properties: {
        id: { type: 'string', pattern: expect.stringContaining('[a-z0-9]') },
        run: { required: ['cpus', 'mem', 'disk'], properties: { mem: { type: 'number', minimum: 32 } } },
      },
    });
    for (const path of ['v1/schema/schedulespec.schema.json', 'v0/schema/jobspec_v0.schema.json']) {
      expect((await app.inject({ url: `/public/api/${path}` })).statusCode).toBe(200);
    }
    const missing = await app.inject({ url: '/public/api/v1/none' });
    expect([missing.statusCode, missing.json()]).toMatchObject([404, { message: 'Unknown route.' }]);
  });
});

describe('a long list', () => {
  const jobs = (from: number, count: number) =>
    Array.from({ length: count }, (_, index): Job => {
      const spec = { id: `job-${from + index}`, dependencies: [], labels: {}, schedules: [] };
      const run = { ...read(runSpecReader, { cpus: 1, mem: 32, disk: 0, cmd: 'true' }) };
      return { uid: `u${from + index}`, revision: 1, createdAt: 0, definedAt: 0, spec: { ...spec, run } };
    });
  const pages = (total: number, failAt = Infinity) => {
    const asked: string[] = [];
    const listJobs = ({ after, limit }: ListJobsRequest) => {
      const from = after === undefined ? 0 : Number(after.slice('job-'.length)) + 1;
      asked.push(`jobs ${from}`);
      if (from >= failAt) return Promise.reject(unavailable('databaseUnavailable', 'away'));
      return Promise.resolve({ jobs: jobs(from, Math.min(limit, total - from)) });
    };
    const listRuns = ({ uids }: ListRunsRequest) => {
      asked.push(`runs of ${uids.length}`);
      return Promise.resolve({ runs: [run({ uid: 'u7', runId: 'active' })] });
    };
    return { asked, registry: { listJobs }, framework: { listRuns } };
  };

  test('is written page by page, and asks nobody once per job', async () => {
    const { asked, ...parts } = pages(1_200);
    await open(parts);
    const answer = await app.inject({ url: '/v1/jobs?embed=activeRuns' });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const listed: { id: string; activeRuns?: object[] }[] = answer.json();
    expect(listed.map(({ id }) => id)).toEqual(jobs(0, 1_200).map(({ spec }) => spec.id));
    expect(listed.filter((job) => job.activeRuns).map(({ id }) => id)).toEqual(['job-7']);
    expect(asked).toEqual(['jobs 0', 'runs of 500', 'jobs 500', 'runs of 500', 'jobs 1000', 'runs of 200']);
  });
  test('is never cut short in silence', async () => {
    await open(pages(2_000, 500));
    expect((await app.inject({ url: '/v1/jobs' })).statusCode).toBe(503);
    await app.close();
    await open(pages(2_000, 1_500));
    const { port } = await listening();
    await expect(fetch(`http://127.0.0.1:${port}/v1/jobs`).then((it) => it.text())).rejects.toThrow();
  });
});

describe('a schedule that is not understood any more', () => {
  test('hides neither its job nor the others', async () => {
    const schedules = [
      { id: 'lost', cron: '0 9 * * *', timezone: 'Mars/Olympus' },
      { id: 'odd', cron: '', rrule: 'FREQ=NEVER', timezone: 'UTC' },
      { id: 'good', cron: '0 9 * * *', timezone: 'UTC' },
    ].map((rule) => ({
      ...{ ...rule, startingDeadlineSeconds: 900, concurrencyPolicy: 'ALLOW' as const, enabled: true },
    }));
    const runSpec = { ...read(runSpecReader, { cpus: 1, mem: 32, disk: 0, cmd: 'true' }) };
    const spec = { id: 'a', dependencies: [], labels: {}, run: runSpec, schedules };
    const job: Job = { uid: 'u', revision: 1, createdAt: 0, definedAt: 0, spec };
    const registry = { getJob: () => Promise.resolve(job), listJobs: () => Promise.resolve({ jobs: [job] }) };
    await open({ registry });
    const get = async <T>(url: string) => (await app.inject({ url })).json<T>();
    const [listed] = await get<{ schedules: object[] }[]>('/v1/jobs?embed=schedules');
    const next = { nextRunAt: expect.stringMatching(/T09:00:00.000\+0000$/) as string };
    expect(listed).toMatchObject({ schedules: [{ id: 'lost' }, { ...{ id: 'good' }, ...next }] });
    const { spec: own } = await get<{ spec: object }>('/v2/jobs/a');
    expect(own).toMatchObject({
      schedules: [
        { id: 'lost', nextDueAt: null, problem: expect.stringContaining('Mars/Olympus') as string },
        { id: 'odd', nextDueAt: null, problem: expect.stringContaining('FREQ') as string },
        { id: 'good', nextDueAt: expect.stringMatching(/T09:00:00/) as string },
      ],
    });
    expect(own).not.toHaveProperty('schedules.2.problem');
  });
});

describe('when a service is away', () => {
  test('Metronome routes answer 503 and when to come back', async () => {
    await open({
      registry: {
        listJobs: () => Promise.reject(unavailable('databaseUnavailable', 'db-1:5432 is away')),
      },
    });
    const answer = await app.inject({ url: '/v1/jobs' });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toEqual({ message: expect.stringMatching(/^A part .* does not answer/) });
    expect(answer.body).not.toContain('db-1');
  });
  test('a bug is a 500 with a message and without a stack', async () => {
    await open();
    const answer = await app.inject({ url: '/v1/jobs' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({ message: 'Internal server error', requestPath: '/v1/jobs' });
  });
});

describe('requests', () => {
  test('keep their id, or get one', async () => {
    await open();
    const given = await app.inject({ url: '/ping', headers: { 'x-request-id': 'abc-1' } });
    expect(given.headers['x-request-id']).toBe('abc-1');
    const made = await app.inject({ url: '/ping', headers: { 'x-request-id': 'a b' } });
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
  test('carry their trace to the backends, also behind a body', async () => {
    const seen: (string | undefined)[] = [];
    const seeing = () => {
      seen.push(currentTraceContext().traceparent);
      return Promise.reject(notFound('jobNotFound', 'no'));
    };
    await open({ registry: { getJob: seeing, addSchedule: seeing } });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { ...json, traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    await app.inject({ url: '/v1/jobs/a', headers });
    // Over a real connection: a body that arrives late is read outside the request's context.
    const { port } = await listening();
    const answered = Promise.withResolvers<undefined>();
    const path = '/v1/jobs/a/schedules';
    const slow = request({ port, path, method: 'POST', headers }, (answer) => {
      answer.resume().once('end', () => answered.resolve(undefined));
    });
    slow.write('{"id":"ab",');
    await new Promise((resolve) => setImmediate(resolve));
    slow.end('"cron":"* * * * *"}');
    await answered.promise;
    expect(seen).toEqual([expect.stringContaining(traceId), expect.stringContaining(traceId)]);
    expect(seen[0]).not.toContain('b7ad6b7169203331');
  });
});

describe('limits', () => {
  const forbidden = { listJobs: () => Promise.resolve({ jobs: [] }) };

  test('a principal that asks too often is told when to come back', async () => {
    await open({ registry: forbidden }, { requestsPerSecond: 1, principalHeader: 'x-user' });
    const ask = (user: string, url = '/v2/jobs') => app.inject({ url, headers: { 'x-user': user } });
    expect([await ask('a'), await ask('a')].map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    const refused = await ask('a');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1']);
    expect(refused.json()).toMatchObject({ status: 429, title: 'Too Many Requests' });
    expect((await ask('a', '/v1/jobs')).json()).toEqual({
      message: 'Too many requests',
      requestPath: '/v1/jobs',
    });
    expect((await ask('a', '/ping')).statusCode).toBe(200);
    expect((await ask('b')).statusCode).toBe(200);
  });

  test('bodies and pages are as large as was set', async () => {
    const asked: number[] = [];
    const listJobs = ({ limit }: ListJobsRequest) => {
      asked.push(limit);
      return Promise.resolve({ jobs: [] });
    };
    await open({ registry: { listJobs } }, { bodyBytes: 2048, applyBytes: 4096, page: 10 });
    expect((await post('/v2/jobs', JSON.stringify({ id: 'a'.repeat(3000) }))).statusCode).toBe(413);
    const put = (length: number) =>
      app.inject({
        method: 'PUT',
        url: '/v2/jobs:apply',
        headers: json,
        payload: JSON.stringify([{ id: 'A'.repeat(length) }]),
      });
    expect((await put(3000)).statusCode).toBe(422);
    expect((await put(5000)).statusCode).toBe(413);
    await app.inject({ url: '/v2/jobs?limit=500' });
    expect(asked).toEqual([10]);
  });
});

describe('/v2', () => {
  const registry = {
    getJob: () => Promise.resolve({ uid: 'u1', revision: 1, createdAt: 0, definedAt: 0, spec: {} as never }),
  };
  const ended = run({
    status: 'ended',
    outcome: 'failed',
    endedAt: Date.UTC(2016, 6, 15, 13, 3),
    attempts: [attempt({ state: 'TASK_FAILED', exitCode: 3, launchedAt: run().dueAt + 20 })],
  });

  test('finds a run here or there', async () => {
    await open({
      registry,
      framework: { getRun: () => Promise.reject(notFound('runNotFound', 'no such run')) },
      history: { getEndedRun: () => Promise.resolve(ended) },
    });
    const answer = await app.inject({ url: `/v2/jobs/prod.backup/runs/${ended.runId}` });
    expect(answer.json()).toMatchObject({
      outcome: 'failed',
      exitCode: 3,
      lagMs: { queued: 0, launched: 20, started: null, ended: 265 },
      attempts: [{ attempt: 1, state: 'TASK_FAILED', startedAt: null }],
    });
  });
  test('says what may be in the answer to a run with its events', async () => {
    const event = { type: 'carillon.RunEnded', eventId: 'e', jobId: 'prod.backup', time: 0, position: 1 };
    await open({
      registry,
      framework: { getRun: () => Promise.resolve(ended) },
      history: {
        listEvents: ({ after }) =>
          Promise.resolve({
            events: after === 0 ? [{ ...event, dataJson: JSON.stringify({ uid: ended.uid }) }] : [],
          }),
      },
    });
    const url = `/v2/jobs/prod.backup/runs/${ended.runId}?events=true&uid=${ended.uid}`;
    const body: object = (await app.inject({ url })).json();
    expect(body).toMatchObject({ events: [{ type: 'carillon.RunEnded' }] });
    const document: { components: { schemas: Record<string, { properties: object }> } } = (
      await app.inject({ url: '/v2/openapi.json' })
    ).json();
    const { properties = {} } = document.components.schemas['RunDetail'] ?? {};
    expect(Object.keys(properties)).toEqual(Object.keys(body));
  });
  test('tells all events of a run, also of one of very many attempts', async () => {
    const events = Array.from({ length: 2_500 }, (_, index) => ({
      ...{ type: 'carillon.AttemptEnded', eventId: `e${index}`, jobId: 'prod.backup', time: 0 },
      ...{ position: index + 1, dataJson: JSON.stringify({ uid: ended.uid }) },
    }));
    await open({
      registry,
      framework: { getRun: () => Promise.resolve(ended) },
      history: {
        listEvents: ({ after, limit }) =>
          Promise.resolve({
            events: events.filter(({ position }) => position > after).slice(0, Math.min(limit, 1_000)),
          }),
      },
    });
    const url = `/v2/jobs/prod.backup/runs/${ended.runId}?events=true`;
    const body: { events: { id: string }[] } = (await app.inject({ url })).json();
    expect(body.events.map(({ id }) => id)).toEqual(events.map(({ eventId }) => eventId));
  });
  test('a run of another job is unknown, whoever knows its uid', async () => {
    await open({ registry, framework: { getRun: () => Promise.resolve(ended) } });
    const answer = await app.inject({ url: `/v2/jobs/prod.other/runs/${ended.runId}?uid=${ended.uid}` });
    expect(answer.json()).toMatchObject({ status: 404, code: 'runNotFound' });
  });
  test('a run that is nowhere is said to be unknown, not to have ended', async () => {
    const nowhere = () => Promise.reject(notFound('runNotFound', 'there is no such ended run'));
    await open({ registry, framework: { getRun: nowhere }, history: { getEndedRun: nowhere } });
    const answer = await app.inject({ url: '/v2/jobs/prod.backup/runs/nope' });
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'runNotFound',
      detail: 'Job prod.backup has no run nope',
    });
  });
  test.each([
    ['/v2/runs?state=failed', /^query state: no such parameter, it takes status, outcome/],
    ['/v2/jobs/a?limit=1', /^query limit: no such parameter, it takes /],
    ['/v2/jobs/a/explain', /^query from: must be given; to: must be given$/],
    ['/v2/runs?from=yesterday', /^query from 'yesterday': must be an instant such as 2026-03-29T02:30:00Z$/],
    [
      '/v2/jobs?label=team=data,team=web',
      /^query label 'team=data,team=web': team cannot be both 'data' and 'web'$/,
    ],
    ['/v2/runs?limit=5000', /^query limit '5000': must be a whole number from 1 to 1000$/],
    ['/v2/runs?limit=5&limit=6', /^query limit: must be given once, not 2 times$/],
    [`/v2/jobs?prefix=${'A'.repeat(150)}`, /^query prefix 'A{100}…': /],
  ])('%s is refused, and why', async (url, detail) => {
    await open();
    const answer = await app.inject({ url });
    expect(answer.json()).toMatchObject({ status: 400, detail: expect.stringMatching(detail) });
  });
  test('an If-Match that is no entity tag is refused, and why', async () => {
    await open();
    const answer = await app.inject({
      method: 'DELETE',
      url: '/v2/jobs/a',
      headers: { 'if-match': 'u-1.3' },
    });
    const detail =
      "header if-match 'u-1.3': must be * or an ETag with its double quotes, or several separated by commas";
    expect(answer.json()).toMatchObject({ status: 400, detail });
  });
  const until = '2027-02-30T00:00:00Z';
  test.each([
    ['/v2/jobs/a/pause', { until }, '/until'],
    ['/v2/jobs/a/schedules', { id: 'once', at: until }, '/at'],
    ['/v2/jobs/a/backfills', { from: '2026-03-01T00:00:00Z', until }, '/until'],
  ])('a body of %s with a day that does not exist is refused, and where', async (url, body, pointer) => {
    await open();
    const answer = await post(url, JSON.stringify(body));
    const detail = `'${until}' must be an instant such as 2026-03-29T02:30:00Z.`;
    expect(answer.json()).toMatchObject({ status: 422, problems: [{ pointer, detail }] });
  });
  test('an empty body of lines is not a list of no jobs, which would remove all', async () => {
    await open();
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await app.inject({
      method: 'PUT',
      url: '/v2/jobs:apply?prune=true',
      headers,
      payload: '',
    });
    const detail = expect.stringMatching(/^Invalid Json: No content to map/) as string;
    expect(answer.json()).toMatchObject({ status: 400, detail });
  });
  test('lists events from a position on', async () => {
    await open({
      history: {
        listEvents: (request) => {
          expect(request).toEqual({ after: 7, limit: 2, jobId: 'a' });
          const event = { type: 'carillon.RunDue', eventId: 'e', jobId: 'a', time: 0, dataJson: '{"a":1}' };
          return Promise.resolve({ events: [{ ...event, position: 8 }] });
        },
      },
    });
    const answer = await app.inject({ url: '/v2/events?after=7&limit=2&jobId=a' });
    expect(answer.json()).toMatchObject({ next: 8, events: [{ type: 'carillon.RunDue', data: { a: 1 } }] });
  });
  test('an open stream of events does not hold up a stop', async () => {
    await open({ history: { listEvents: () => Promise.resolve({ events: [] }) } });
    const { port } = await listening();
    const headers = { accept: 'text/event-stream' };
    const answer = await fetch(`http://127.0.0.1:${port}/v2/events`, { headers });
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    await app.close();
    expect(await answer.text()).toBe('retry: 1000\n\n');
  });
  test('says problems as RFC 9457 does', async () => {
    await open({ registry: { getJob: () => Promise.reject(notFound('jobNotFound', 'Job not found')) } });
    const answer = await app.inject({ url: '/v2/jobs/a/runs/b' });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'jobNotFound',
      detail: 'Job not found',
      instance: '/v2/jobs/a/runs/b',
    });
    expect((await app.inject({ url: '/v2/events?limit=x' })).json()).toMatchObject({ status: 400 });
    expect((await app.inject({ url: '/v2/nothing' })).json()).toMatchObject({ status: 404 });
  });
});

describe('dead letters', () => {
  const data = { jobId: 'a.b', uid: 'u', removedAt: 1_700_000_000_000 };
  const event = encodeEvent('JobRemoved', data, { eventId: 'e', time: 1, source: 'job-registry' });
  const letter = (id: number): DeadLetter => ({
    ...{ id: String(id), consumer: 'timer', reason: 'Error: no', failedAt: 1_700_000_000_000 },
    ...{ topic: event.topic, partition: 1, source: 'job-registry', key: event.key, headers: event.headers },
    sourcePosition: { window: '7', position: '8' },
  });
  const holding = (...ids: number[]) => ({
    listDeadLetters: ({ after = '0', limit }: { after?: string; limit: number }) => {
      const later = ids.filter((id) => id > Number(after)).slice(0, limit);
      return Promise.resolve({ deadLetters: later.map(letter) });
    },
  });

  test('are listed page by page, through all services', async () => {
    const deadLetters = { timer: holding(3, 5, 9), 'scheduler-framework': holding(), history: holding(2, 4) };
    await open({ deadLetters }, { page: 2 });
    const pages: string[][] = [];
    for (let next: string | null = ''; next !== null; ) {
      const after: string = next === '' ? '' : `&after=${next}`;
      const answer = await app.inject({ url: `/v2/dead-letters?limit=50${after}` });
      const page: { deadLetters: { id: string }[]; next: string | null } = answer.json();
      pages.push(page.deadLetters.map(({ id }) => id));
      next = page.next;
    }
    expect(pages).toEqual([['timer-3', 'timer-5'], ['timer-9', 'history-2'], ['history-4']]);
    const before = await app.inject({ url: '/v2/dead-letters?service=timer&after=history-2' });
    expect(before.json()).toEqual({ deadLetters: [], next: null });
    const ofOne = await app.inject({ url: '/v2/dead-letters?service=history&after=history-2' });
    expect(ofOne.json()).toEqual({
      deadLetters: [
        {
          ...{ id: 'history-4', service: 'history', consumer: 'timer', failedAt: '2023-11-14T22:13:20.000Z' },
          ...{ reason: 'Error: no', topic: event.topic, partition: 1, offset: null, source: 'job-registry' },
          ...{ jobId: 'a.b', type: 'carillon.JobRemoved', eventId: 'e' },
        },
      ],
      next: null,
    });
  });
  test('are shown with what they say, or without where nobody can read it', async () => {
    let value = event.value;
    const getDeadLetter = ({ id }: { id: string }) => Promise.resolve({ ...letter(Number(id)), value });
    await open({ deadLetters: { timer: { getDeadLetter } } });
    const get = async (): Promise<object> => (await app.inject({ url: '/v2/dead-letters/timer-12' })).json();
    expect(await get()).toMatchObject({ id: 'timer-12', data, headers: event.headers });
    const garbage = Buffer.from('garbage');
    value = garbage;
    expect(await get()).toMatchObject({ data: null, value: garbage.toString('base64') });
  });
  test('are handled again or dropped by their service', async () => {
    const asked: string[] = [];
    const answer =
      (what: string) =>
      ({ id }: { id: string }) => {
        asked.push(`${what} ${id}`);
        return Promise.resolve({ ...letter(Number(id)), value: event.value });
      };
    const replayDeadLetter = () => Promise.reject(domainError('deadLetterRefused', 'no: still not'));
    await open({
      deadLetters: {
        timer: { replayDeadLetter: answer('replay'), dropDeadLetter: answer('drop') },
        history: { replayDeadLetter },
      },
    });
    const replayed = await app.inject({ method: 'POST', url: '/v2/dead-letters/timer-1/replay' });
    expect([replayed.statusCode, replayed.json()]).toMatchObject([200, { id: 'timer-1', data }]);
    const dropped = await app.inject({ method: 'DELETE', url: '/v2/dead-letters/timer-2' });
    expect(dropped.statusCode).toBe(200);
    expect(asked).toEqual(['replay 1', 'drop 2']);
    const refused = await app.inject({ method: 'POST', url: '/v2/dead-letters/history-1/replay' });
    expect([refused.statusCode, refused.json()]).toMatchObject([409, { code: 'deadLetterRefused' }]);
    for (const id of ['timer-0', 'gateway-1', 'timer', '7', 'timer-1234567890123456789']) {
      const wrong = await app.inject({ url: `/v2/dead-letters/${id}` });
      expect([wrong.statusCode, wrong.json()]).toMatchObject([
        400,
        { detail: expect.stringContaining(': must be a service (timer, scheduler-framework, history) and') },
      ]);
    }
  });
});
