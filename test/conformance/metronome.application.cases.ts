import { describe, expect, test } from 'vitest';
import { run } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

/** ApplicationControllerTest, ApplicationSpec and ErrorHandler of Metronome. */
export function applicationCases(api: MetronomeClient): void {
  test('GET /ping: send a pong', async () => {
    const answer = await api.get('/ping');
    expect([answer.status, answer.text]).toEqual([200, 'pong']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test('GET /info: has versions, and no secret', async () => {
    const answer = await api.get('/info');
    expect(answer.json()).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      libVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      config: expect.any(Object),
    });
    expect(answer.text).not.toMatch(/postgres|password|secret/i);
  });

  test('GET /leader: names the leader', async () => {
    const answer = await api.get('/leader');
    expect([answer.status, answer.json()]).toEqual([200, { leader: expect.any(String) }]);
  });

  test('GET /v1/metrics: give metrics as json', async () => {
    await api.get('/ping');
    const answer = await api.get('/v1/metrics');
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      gauges: { 'metronome.uptime.gauge.seconds': { value: expect.any(Number) } },
      counters: { 'metronome.http.responses.2xx.counter': { count: expect.any(Number) } },
      histograms: {
        'metronome.http.requests.duration.histogram.seconds': {
          count: expect.any(Number),
          mean: expect.any(Number),
          p50: expect.any(Number),
          p999: expect.any(Number),
          stddev: expect.any(Number),
        },
      },
      meters: {},
      timers: {},
    });
  });

  test('GET /public/api/v1/schema/jobspec.schema.json is the schema of a job', async () => {
    const answer = await api.get('/public/api/v1/schema/jobspec.schema.json');
    expect(answer.json()).toMatchObject({ required: ['id', 'run'], properties: { id: { type: 'string' } } });
    expect((await api.get('/public/none')).status).toBe(404);
  });

  test('GET /public/api/api.raml describes the routes', async () => {
    const answer = await api.get('/public/api/api.raml');
    expect([answer.status, answer.text.split('\n', 1)[0]]).toEqual([200, '#%RAML 1.0']);
    const document = JSON.parse(answer.text.slice(answer.text.indexOf('{'))) as Record<string, object>;
    expect(document['/v1/jobs/{jobId}']).toMatchObject({
      uriParameters: { jobId: { required: true } },
      delete: { queryParameters: { stopCurrentJobRuns: { required: false } }, responses: { 409: {} } },
    });
  });

  describe('errors', () => {
    test.each([
      ['GET', '/boum'],
      ['GET', '/v1/jobs/'],
      ['DELETE', '/v1/jobs'],
      ['GET', '/v0/scheduled-jobs'],
    ])('%s %s is an unknown route', async (method, path) => {
      const answer = await api.request(method, path);
      expect([answer.status, answer.json()]).toEqual([404, { message: 'Unknown route.', requestPath: path }]);
    });

    test('a body that is no JSON is a bad request', async () => {
      const answer = await api.post('/v1/jobs', '{"id":');
      expect(answer.status).toBe(400);
      expect(answer.json()).toEqual({
        message: expect.stringMatching(/^Invalid Json: /),
        requestPath: '/v1/jobs',
      });
    });

    test('a body of another media type is refused', async () => {
      const body = JSON.stringify({ id: 'x', run: run() });
      const answer = await api.request('POST', '/v1/jobs', body, { 'content-type': 'text/plain' });
      expect(answer.status).toBe(415);
      expect(answer.json()).toMatchObject({ message: 'Expecting text/json or application/json body' });
    });

    test('a body over 100 KB is refused', async () => {
      const answer = await api.post('/v1/jobs', { id: 'x', run: run({ cmd: 'a'.repeat(110_000) }) });
      expect(answer.status).toBe(413);
      expect(answer.json()).toHaveProperty('message');
    });

    test('a bad id, embed or switch is a bad request', async () => {
      for (const [answer, message] of [
        [await api.get('/v1/jobs/A_B'), 'Not a valid id: A_B'],
        [
          await api.get('/v1/jobs?embed=runs'),
          'Unknown embed options. Valid options are: activeRuns, schedules, history, historySummary',
        ],
        [
          await api.delete('/v1/jobs/a?stopCurrentJobRuns=maybe'),
          'Cannot parse parameter stopCurrentJobRuns as Boolean: should be true, false, 0 or 1',
        ],
      ] as const) {
        expect(answer.status).toBe(400);
        expect(answer.json()).toMatchObject({ message });
      }
    });

    test('HEAD answers as GET does, without a body', async () => {
      const answer = await api.request('HEAD', '/v1/jobs');
      expect([answer.status, answer.text]).toEqual([200, '']);
    });
  });
}
