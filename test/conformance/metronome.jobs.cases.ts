import { describe, expect, test } from 'vitest';
import { container, echoedContainer, echoedRun, run, schedule, TIMESTAMP } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

/** JobSpecControllerTest of Metronome, by name, and what else its API says of jobs. */
export function jobCases(api: MetronomeClient): void {
  const create = (id: string, members: object = {}) => api.post('/v1/jobs', { id, run: run(), ...members });
  const refusal = async (id: string, members: object) => {
    const answer = await create(id, members);
    const body = answer.json() as { message: string; details: { path: string; errors: string[] }[] };
    expect([answer.status, body.message]).toEqual([422, 'Object is not valid']);
    expect((await api.get(`/v1/jobs/${id}`)).status).toBe(404);
    return (path: string) => body.details.find((detail) => detail.path === path)?.errors.join();
  };

  describe('POST /v1/jobs', () => {
    test('creates a job when sending a valid job spec', async () => {
      const id = api.id('created');
      const answer = await create(id, { description: 'd', labels: { team: 'x' } });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.json()).toEqual({
        id,
        description: 'd',
        dependencies: [],
        labels: { team: 'x' },
        schedules: [],
        run: echoedRun(),
      });
      expect(answer.text).not.toMatch(/\d\.0\b/);
    });

    const ucr = { image: { id: 'image' } };
    const echoedUcr = { image: { id: 'image', kind: 'docker', forcePull: false }, privileged: false };
    const docker = { image: 'image' };
    const echoedDocker = { image: 'image', privileged: false, parameters: [], forcePullImage: false };
    const secrets = { secretId: { source: 'secret-def' } };
    const fileSecret = { volumes: [{ containerPath: 'mnt', secret: 'secretId' }], secrets };

    const pulled = { image: { id: 'image', forcePull: true } };
    const echoedPulled = { ...echoedUcr, image: { id: 'image', kind: 'docker', forcePull: true } };
    test.each<[string, object, object]>([
      ['creates a job when sending a valid job ucr spec', { ucr: pulled }, { ucr: echoedPulled }],
      [
        'creates job when sending docker spec without forcePullImage property',
        { docker },
        { docker: echoedDocker },
      ],
      ['creates job when sending ucr spec without forcePullImage property', { ucr }, { ucr: echoedUcr }],
      [
        'creates a job when sending a valid job ucr spec with gpus defined',
        { ucr, gpus: 4 },
        { ucr: echoedUcr, gpus: 4 },
      ],
      [
        'creates a job when sending a valid job ucr spec with file based secrets defined',
        { ucr, ...fileSecret },
        { ucr: echoedUcr, ...fileSecret },
      ],
    ])('%s', async (name, members, echoed) => {
      const id = api.idOf(name);
      const answer = await api.post('/v1/jobs', { id, run: container(members) });
      expect([answer.status, answer.json()]).toMatchObject([201, { id, run: echoedContainer(echoed) }]);
    });

    test('creates a job sending a valid job with cmd and no docker or ucr container', async () => {
      const answer = await create(api.id('cmd-gpus'), { run: run({ gpus: 1 }) });
      expect(answer.json()).toMatchObject({ run: echoedRun({ gpus: 1 }) });
    });

    test('create a job with secrets', async () => {
      const env = { SECRET: { secret: 'secretId' }, PLAIN: 'text' };
      const answer = await create(api.id('secrets'), { run: run({ env, secrets }) });
      expect(answer.json()).toMatchObject({ run: echoedRun({ env, secrets }) });
    });

    test('keeps given schedules', async () => {
      const answer = await create(api.id('with-schedule'), {
        schedules: [
          schedule({ cron: ' */1  2 * * * ', concurrencyPolicy: 'FORBID', timezone: 'Europe/Rome' }),
        ],
      });
      expect(answer.status).toBe(201);
      expect(answer.json()).toMatchObject({
        schedules: [
          {
            id: 'nightly',
            cron: '* 2 * * *',
            timezone: 'Europe/Rome',
            startingDeadlineSeconds: 900,
            concurrencyPolicy: 'FORBID',
            enabled: true,
            nextRunAt: expect.stringMatching(TIMESTAMP),
          },
        ],
      });
    });

    test('tolerates what the dcos command line sends', async () => {
      const odd = run({ cmd: '', gpus: 0, taskKillGracePeriodSeconds: 0, docker });
      const body = { id: api.id('dcos-cli'), description: '', run: odd };
      const answer = await api.post('/v1/jobs', body);
      expect(answer.status).toBe(201);
      expect((answer.json() as { run: object }).run).not.toHaveProperty('cmd');
    });

    test('convert EQ and allow IS placement operators in v1', async () => {
      const constraint = (operator: string) => ({ attribute: 'heaven', operator, value: 'a myth' });
      const placed = run({ placement: { constraints: [constraint('EQ'), constraint('IS')] } });
      const answer = await create(api.id('placed'), { run: placed });
      expect([answer.status, answer.json()]).toMatchObject([
        201,
        { run: { placement: { constraints: [constraint('IS'), constraint('IS')] } } },
      ]);
    });

    test('indicate a problem when creating an existing job', async () => {
      const id = api.id('twice');
      await create(id);
      const answer = await create(id);
      expect([answer.status, answer.json()]).toEqual([409, { message: 'Job with this id already exists' }]);
    });

    test.each<[string, object, string, RegExp]>([
      ['indicate a problem when sending invalid json', { id: '/not/valid' }, '/id', /does not match pattern/],
      [
        'indicates a problem when sending a valid job docker spec with gpus defined',
        { run: container({ docker, gpus: 1 }) },
        '/run/gpus',
        /GPUs are not supported with Docker/,
      ],
      [
        'indicates a problem when sending a valid job docker spec with file based secrets defined',
        { run: container({ docker, ...fileSecret }) },
        '/run/volumes',
        /File based secrets are only supported by UCR/,
      ],
      [
        'indicate a problem when creating a job without a secret definition',
        { run: run({ env: { A: { secret: 'secretId' } } }) },
        '/run',
        /referenced, but undefined: secretId/,
      ],
      [
        'indicate a problem when creating a job only with volume secret but without secret definition',
        { run: container({ ucr, volumes: fileSecret.volumes }) },
        '/run',
        /referenced, but undefined: secretId/,
      ],
      [
        'indicate a problem when creating a job with unused secrets',
        { run: run({ secrets }) },
        '/run',
        /defined, but not referenced: secretId/,
      ],
      [
        'indicate a problem when creating a job which contains fields both for secret and normal volume',
        { run: container({ ucr, volumes: [{ containerPath: '/m', hostPath: '/v', secret: 's' }] }) },
        '/run/volumes(0)',
        /expected HostVolume or SecretVolume/,
      ],
      [
        'fail for invalid placement operator',
        { run: run({ placement: { constraints: [{ attribute: 'a', operator: 'invalid' }] } }) },
        '/run/placement/constraints(0)/operator',
        /invalid enum value/,
      ],
      [
        'fail for invalid job spec',
        { run: container({}) },
        '/run',
        /Cmd, Docker or UCR image must be specified/,
      ],
      [
        'refuses a bad cron',
        { schedules: [schedule({ cron: 'x' })] },
        '/schedules(0)/cron',
        /Can not read cron expression "x"/,
      ],
      [
        'refuses an unknown zone',
        { schedules: [schedule({ timezone: 'Mars' })] },
        '/schedules(0)/timezone',
        /No time zone found with this id: "Mars"/,
      ],
      [
        'refuses a short deadline',
        { schedules: [schedule({ startingDeadlineSeconds: 30 })] },
        '/schedules(0)/startingDeadline',
        /expected 1 minute or more/,
      ],
      [
        'refuses two schedules',
        { schedules: [schedule(), schedule({ id: 'weekly' })] },
        '/schedules',
        /has size 2, expected 1 or less/,
      ],
      ['refuses embeds that are sent back', { activeRuns: [] }, '/', /Additional properties are not allowed/],
      [
        'refuses mixed networks',
        { run: container({ ucr, networks: [{ mode: 'host' }, { mode: 'container', name: 'n' }] }) },
        '/run/networks',
        /You may not mix host/,
      ],
      [
        'refuses a job with both dependencies and schedules',
        { dependencies: [{ id: 'a' }], schedules: [schedule()] },
        '/',
        /Jobs may not have both dependencies and schedules specified/,
      ],
      [
        'refuses a parent that is named twice',
        { dependencies: [{ id: 'a' }, { id: 'a' }] },
        '/dependencies',
        /has double entries/,
      ],
      [
        'refuses docker and ucr together',
        { run: container({ docker, ucr }) },
        '/run',
        /Either Docker or UCR should be provided, but not both/,
      ],
      ['refuses args alone', { run: container({ args: ['a'] }) }, '/run', /Cmd, Docker or UCR image must be/],
    ])('%s', async (name, members, path, message) => {
      const errorsAt = await refusal(api.idOf(`refused ${name}`), members);
      expect(errorsAt(path)).toMatch(message);
    });

    test('creates a job with dependencies', async () => {
      const [parent, child] = [api.id('dep-parent'), api.id('dep-child')];
      await create(parent);
      const answer = await create(child, { dependencies: [{ id: parent }] });
      expect(answer.status).toBe(201);
      expect(answer.json()).toMatchObject({ id: child, dependencies: [{ id: parent }] });
      const removal = await api.delete(`/v1/jobs/${parent}`);
      expect(removal.status).toBe(409);
      expect(removal.json()).toEqual({
        message: `There are jobs with a dependency on ${parent}. children=[${child}]`,
      });
      expect((await api.delete(`/v1/jobs/${child}`)).status).toBe(200);
      expect((await api.delete(`/v1/jobs/${parent}`)).status).toBe(200);
    });

    test('refuses a dependency on an unknown job, and one that closes a cycle', async () => {
      const [a, b, nobody] = [api.id('cycle-a'), api.id('cycle-b'), api.id('nobody')];
      const unknown = await create(a, { dependencies: [{ id: nobody }] });
      expect(unknown.status).toBe(422);
      expect(unknown.json()).toEqual({ message: `Dependencies contain unknown jobs. unknown=[${nobody}]` });
      await create(a);
      await create(b, { dependencies: [{ id: a }] });
      const cycle = await api.put(`/v1/jobs/${a}`, { id: a, run: run(), dependencies: [{ id: b }] });
      expect(cycle.status).toBe(422);
      expect(cycle.json()).toEqual({ message: 'Dependencies have a cycle.' });
    });
  });

  describe('GET /v1/jobs', () => {
    test('get all available jobs', async () => {
      for (const name of ['list.b', 'list.a']) await create(api.id(name));
      const jobs = (await api.get('/v1/jobs')).json() as { id: string }[];
      const ids = jobs.map(({ id }) => id);
      expect(ids.filter((id) => id.startsWith(api.id('list.')))).toEqual([
        api.id('list.a'),
        api.id('list.b'),
      ]);
    });
  });

  describe('GET /v1/jobs/{id}', () => {
    test('return a specific existing job', async () => {
      const id = api.id('read');
      await create(id, { description: 'd', schedules: [schedule()] });
      const answer = await api.get(`/v1/jobs/${id}?_timestamp=1`);
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.json() as object)).toEqual([
        'id',
        'description',
        'dependencies',
        'labels',
        'run',
        'schedules',
      ]);
    });

    test('give a 404 for a non existing job', async () => {
      const id = api.id('missing');
      const answer = await api.get(`/v1/jobs/${id}`);
      expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
    });

    test('embeds nothing but zeros for a job that never ran', async () => {
      const id = api.id('idle');
      await create(id);
      const embeds = 'embed=activeRuns,schedules&embed=history&embed=historySummary';
      const never = { successCount: 0, failureCount: 0, lastSuccessAt: null, lastFailureAt: null };
      const answer = await api.get(`/v1/jobs/${id}?${embeds}`);
      expect(answer.json()).toMatchObject({
        activeRuns: [],
        history: { ...never, successfulFinishedRuns: [], failedFinishedRuns: [] },
        historySummary: never,
      });
      const list = (await api.get(`/v1/jobs?${embeds}`)).json() as { id: string }[];
      const listed = list.find((job) => job.id === id);
      expect(listed).toMatchObject({ historySummary: never });
      expect(listed).not.toHaveProperty('activeRuns');
    });
  });

  describe('POST /v1/jobs/{id}', () => {
    test('end as 404 invalid request with error message', async () => {
      const path = `/v1/jobs/${api.id('read')}`;
      const answer = await api.post(path, { id: 'x', run: run() });
      expect([answer.status, answer.json()]).toEqual([404, { message: 'Unknown route.', requestPath: path }]);
    });
  });

  describe('PUT /v1/jobs/{id}', () => {
    test('update a specific existing job', async () => {
      const id = api.id('updated');
      await create(id, { description: 'old', schedules: [schedule()] });
      const body = { id, labels: { a: 'b' }, run: run({ mem: 64 }), schedules: [] };
      const answer = await api.put(`/v1/jobs/${id}`, body);
      expect(answer.status).toBe(200);
      // What the body does not have goes back to its default; schedules have routes of their own, and stay.
      expect(answer.json()).toEqual({
        id,
        dependencies: [],
        labels: { a: 'b' },
        schedules: [expect.objectContaining({ id: 'nightly' })],
        run: echoedRun({ mem: 64 }),
      });
      expect((await api.get(`/v1/jobs/${id}`)).json()).toMatchObject({ id, run: { mem: 64 } });
    });

    test('update a specific existing job with a different id', async () => {
      const id = api.id('updated.other');
      await create(id);
      const answer = await api.put(`/v1/jobs/${id}`, { id: 'ignore.me', labels: { a: 'b' }, run: run() });
      expect([answer.status, answer.json()]).toMatchObject([200, { id, labels: { a: 'b' } }]);
    });

    test('give a 404 for a non existing job', async () => {
      const id = api.id('missing');
      const answer = await api.put(`/v1/jobs/${id}`, { id, run: run() });
      expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
    });

    test('indicate a problem when sending invalid json', async () => {
      const id = api.id('updated.invalid');
      await create(id);
      const answer = await api.put(`/v1/jobs/${id}`, { id: '/not/valid', run: run() });
      expect([answer.status, answer.json()]).toMatchObject([422, { message: 'Object is not valid' }]);
    });

    test('judges a body before it looks for the job', async () => {
      const id = api.id('missing');
      const unread = await api.put(`/v1/jobs/${id}`, { id, run: {} });
      const nothingToRun = await api.put(`/v1/jobs/${id}`, { id, run: container({}) });
      const badCron = await api.post(`/v1/jobs/${id}/schedules`, schedule({ cron: '0 0 31 2 *' }));
      expect([unread.status, nothingToRun.status, badCron.status]).toEqual([422, 422, 422]);
      // Whom it depends on is asked last.
      const dependencies = [{ id: api.id('nobody') }];
      expect((await api.put(`/v1/jobs/${id}`, { id, run: run(), dependencies })).status).toBe(404);
    });
  });

  describe('DELETE /v1/jobs/{id}', () => {
    test('delete a specific existing job', async () => {
      const id = api.id('deleted');
      const created = await create(id);
      const answer = await api.delete(`/v1/jobs/${id}`);
      expect([answer.status, answer.json()]).toEqual([200, created.json()]);
    });

    test('give a 404 for a non existing job', async () => {
      const id = api.id('missing');
      const answer = await api.delete(`/v1/jobs/${id}`);
      expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
    });

    test('a job of the same id is another job', async () => {
      const id = api.id('reborn');
      await create(id, { description: 'first', schedules: [schedule()] });
      await api.delete(`/v1/jobs/${id}`);
      const answer = await create(id);
      expect(answer.status).toBe(201);
      expect(answer.json()).toMatchObject({ schedules: [] });
      expect(answer.json()).not.toHaveProperty('description');
    });
  });
}
