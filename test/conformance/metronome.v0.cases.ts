import { describe, expect, test } from 'vitest';
import { container, echoedRun, run, schedule } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

const UCR = { image: { id: 'image' } };
const FORCED = { image: { id: 'image', forcePull: true } };

/** ScheduledJobSpecControllerTest of Metronome and the cases of JobSpecControllerTest that ask v0, by name. */
export function v0Cases(api: MetronomeClient): void {
  const create = (name: string, members: object = {}) =>
    api.post('/v0/scheduled-jobs', { id: api.id(`v0.${name}`), run: run(), ...members });

  describe('POST /v0/scheduled-jobs', () => {
    test('creates a job when sending a valid job spec', async () => {
      const artifacts = [{ uri: 'http://x/y.tgz', extract: false, executable: true, cache: true }];
      const answer = await create('created', {
        run: run({ artifacts, user: 'nobody' }),
        schedules: [schedule()],
      });
      expect([answer.status, answer.json()]).toEqual([
        201,
        {
          id: api.id('v0.created'),
          dependencies: [],
          labels: {},
          schedules: [expect.objectContaining({ id: 'nightly', cron: '0 2 * * *' })],
          run: echoedRun({ artifacts, user: 'nobody' }),
        },
      ]);
    });

    test.each<[string, object, object]>([
      [
        'creates job when sending docker spec with forcePullImage property against v0',
        { docker: { image: 'image', forcePullImage: true } },
        { docker: { forcePullImage: true } },
      ],
      [
        'creates job when sending ucr spec with forcePullImage property against v0',
        { ucr: FORCED },
        { ucr: FORCED },
      ],
      [
        'creates job when sending docker spec without forcePullImage property against v0',
        { docker: { image: 'image' } },
        { docker: { forcePullImage: false } },
      ],
      [
        'creates job when sending ucr spec without forcePullImage property against v0',
        { ucr: UCR },
        { ucr: { image: { forcePull: false } } },
      ],
    ])('%s', async (name, members, echoed) => {
      const answer = await api.post('/v0/scheduled-jobs', { id: api.idOf(name), run: container(members) });
      expect([answer.status, answer.json()]).toMatchObject([201, { run: echoed }]);
    });

    test('creates job when sending forbid concurrency property against v0', async () => {
      const answer = await create('forbid', { schedules: [schedule({ concurrencyPolicy: 'FORBID' })] });
      expect([answer.status, answer.json()]).toMatchObject([
        201,
        { schedules: [{ concurrencyPolicy: 'FORBID' }] },
      ]);
    });

    test('convert EQ and allow IS placement operators in v0', async () => {
      const constraint = (operator: string) => ({ attribute: 'heaven', operator, value: 'a myth' });
      const placement = { constraints: [constraint('EQ'), constraint('IS')] };
      const answer = await create('placed', { run: run({ placement }) });
      expect([answer.status, answer.json()]).toMatchObject([
        201,
        { run: { placement: { constraints: [constraint('IS'), constraint('IS')] } } },
      ]);
    });

    test('indicate a problem when sending invalid json', async () => {
      const answer = await create('invalid', { id: '/not/valid' });
      expect([answer.status, answer.json()]).toMatchObject([422, { message: 'Object is not valid' }]);
    });

    test('is refused for a job that exists, and knows no grace period', async () => {
      await create('twice');
      const twice = await create('twice');
      expect([twice.status, twice.json()]).toEqual([409, { message: 'Job with this id already exists' }]);
      const grace = await create('grace', { run: run({ taskKillGracePeriodSeconds: 3 }) });
      expect([grace.status, grace.json()]).toMatchObject([422, { details: [{ path: '/run' }] }]);
    });
  });

  describe('PUT /v0/scheduled-jobs/{id}', () => {
    const change = (name: string, members: object = {}) => {
      const id = api.id(`v0.${name}`);
      return api.put(`/v0/scheduled-jobs/${id}`, { id, run: run(), ...members });
    };
    const weekly = schedule({ id: 'weekly', cron: '0 3 * * 1' });

    test('update a specific existing job', async () => {
      await create('put', { schedules: [schedule()] });
      const answer = await change('put', { schedules: [weekly] });
      expect([answer.status, answer.json()]).toMatchObject([200, { schedules: [{ id: 'weekly' }] }]);
      expect((await change('put')).json()).toMatchObject({ schedules: [] });
    });

    test('update a specific existing job with a different id', async () => {
      await create('put-other', { schedules: [schedule()] });
      const answer = await change('put-other', { id: 'ignore.me', schedules: [weekly] });
      expect([answer.status, answer.json()]).toMatchObject([
        200,
        { id: api.id('v0.put-other'), schedules: [{ id: 'weekly' }] },
      ]);
    });

    test('give a 404 for a non existing job', async () => {
      const answer = await change('missing');
      expect([answer.status, answer.json()]).toEqual([
        404,
        { id: api.id('v0.missing'), message: 'Job not found' },
      ]);
    });

    test('indicate a problem when sending invalid json', async () => {
      await create('put-invalid');
      const answer = await change('put-invalid', { id: '/not/valid' });
      expect([answer.status, answer.json()]).toMatchObject([422, { message: 'Object is not valid' }]);
    });

    test('refuses dependencies that are unknown or close a cycle', async () => {
      const [parent, child] = [api.id('v0.parent'), api.id('v0.child')];
      await create('parent');
      await create('child', { dependencies: [{ id: parent }] });
      const nobody = api.id('v0.nobody');
      const unknown = await change('parent', { dependencies: [{ id: nobody }] });
      expect([unknown.status, unknown.json()]).toEqual([
        422,
        { message: `Dependencies contain unknown jobs. unknown=[${nobody}]` },
      ]);
      const cycle = await change('parent', { dependencies: [{ id: child }] });
      expect([cycle.status, cycle.json()]).toEqual([422, { message: 'Dependencies have a cycle.' }]);
    });
  });
}
