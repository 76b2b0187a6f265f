import { describe, expect, test } from 'vitest';
import { container, echoedContainer, echoedRun, run, schedule, TIMESTAMP } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

/** JobSpecControllerTest and ScheduledJobSpecControllerTest of Metronome, by name. */
export function jobCases(api: MetronomeClient): void {
  const create = (id: string, members: object = {}) => api.post('/v1/jobs', { id, run: run(), ...members });

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

    test.each<[string, object, object]>([
      ['a valid job ucr spec', { ucr }, { ucr: echoedUcr }],
      ['a docker spec without forcePullImage', { docker }, { docker: echoedDocker }],
      [
        'a docker spec with forcePullImage',
        { docker: { ...docker, forcePullImage: true } },
        { docker: { ...echoedDocker, forcePullImage: true } },
      ],
      [
        'a ucr spec with forcePull',
        { ucr: { image: { id: 'image', forcePull: true } } },
        { ucr: { ...echoedUcr, image: { id: 'image', kind: 'docker', forcePull: true } } },
      ],
      ['a ucr spec with gpus', { ucr, gpus: 1 }, { ucr: echoedUcr, gpus: 1 }],
      ['a ucr spec with file based secrets', { ucr, ...fileSecret }, { ucr: echoedUcr, ...fileSecret }],
    ])('creates a job when sending %s', async (name, members, echoed) => {
      const id = api.id(name.replaceAll(/[^a-z]+/g, '-'));
      const answer = await api.post('/v1/jobs', { id, run: container(members) });
      expect(answer.status).toBe(201);
      const expected = echoedContainer(echoed);
      expect(answer.json()).toMatchObject({ id, run: expected });
      const v0 = await api.post('/v0/scheduled-jobs', { id: `${id}-v0`, run: container(members) });
      expect(v0.status).toBe(201);
      expect(v0.json()).toMatchObject({ run: expected });
    });

    test('creates a job sending a valid job with cmd and gpus and no container', async () => {
      const answer = await create(api.id('cmd-gpus'), { run: run({ gpus: 1 }) });
      expect(answer.json()).toMatchObject({ run: echoedRun({ gpus: 1 }) });
    });

    test('creates a job with secrets', async () => {
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

    test('converts EQ and allows IS placement operators in v1 and v0', async () => {
      const constraint = (operator: string) => ({ attribute: 'heaven', operator, value: 'a myth' });
      const placed = run({ placement: { constraints: [constraint('EQ'), constraint('IS')] } });
      for (const [path, id] of [
        ['/v1/jobs', api.id('placed')],
        ['/v0/scheduled-jobs', api.id('placed-v0')],
      ] as const) {
        const answer = await api.post(path, { id, run: placed });
        expect(answer.status).toBe(201);
        expect(answer.json()).toMatchObject({
          run: { placement: { constraints: [constraint('IS'), constraint('IS')] } },
        });
      }
    });

    test('indicates a problem when creating an existing job', async () => {
      const id = api.id('twice');
      await create(id);
      const answer = await create(id);
      expect([answer.status, answer.json()]).toEqual([409, { message: 'Job with this id already exists' }]);
    });

    test.each<[string, object, string, RegExp]>([
      ['invalid json', { id: '/not/valid' }, '/id', /does not match pattern/],
      [
        'docker with gpus',
        { run: container({ docker, gpus: 1 }) },
        '/run/gpus',
        /GPUs are not supported with Docker/,
      ],
      [
        'docker with file based secrets',
        { run: container({ docker, ...fileSecret }) },
        '/run/volumes',
        /File based secrets are only supported by UCR/,
      ],
      [
        'a secret without a definition',
        { run: run({ env: { A: { secret: 'secretId' } } }) },
        '/run',
        /referenced, but undefined: secretId/,
      ],
      [
        'a volume secret without a definition',
        { run: container({ ucr, volumes: fileSecret.volumes }) },
        '/run',
        /referenced, but undefined: secretId/,
      ],
      ['unused secrets', { run: run({ secrets }) }, '/run', /defined, but not referenced: secretId/],
      [
        'a volume both secret and normal',
        { run: container({ ucr, volumes: [{ containerPath: '/m', hostPath: '/v', secret: 's' }] }) },
        '/run/volumes(0)',
        /expected HostVolume or SecretVolume/,
      ],
      [
        'an invalid placement operator',
        { run: run({ placement: { constraints: [{ attribute: 'a', operator: 'invalid' }] } }) },
        '/run/placement/constraints(0)/operator',
        /invalid enum value/,
      ],
      ['nothing to run', { run: container({}) }, '/run', /Cmd, Docker or UCR image must be specified/],
      [
        'a bad cron',
        { schedules: [schedule({ cron: 'x' })] },
        '/schedules(0)/cron',
        /Can not read cron expression "x"/,
      ],
      [
        'an unknown zone',
        { schedules: [schedule({ timezone: 'Mars' })] },
        '/schedules(0)/timezone',
        /No time zone found with this id: "Mars"/,
      ],
      [
        'a short deadline',
        { schedules: [schedule({ startingDeadlineSeconds: 30 })] },
        '/schedules(0)/startingDeadline',
        /expected 1 minute or more/,
      ],
      [
        'two schedules',
        { schedules: [schedule(), schedule({ id: 'weekly' })] },
        '/schedules',
        /has size 2, expected 1 or less/,
      ],
      ['embeds sent back', { activeRuns: [] }, '/', /Additional properties are not allowed/],
      [
        'mixed networks',
        { run: container({ ucr, networks: [{ mode: 'host' }, { mode: 'container', name: 'n' }] }) },
        '/run/networks',
        /You may not mix host/,
      ],
    ])('indicates a problem: %s', async (name, members, path, message) => {
      const id = api.id(`refused.${name.replaceAll(/[^a-z]+/g, '-')}`);
      const answer = await create(id, members);
      expect(answer.status).toBe(422);
      const body = answer.json() as { message: string; details: { path: string; errors: string[] }[] };
      expect(body.message).toBe('Object is not valid');
      expect(body.details.find((detail) => detail.path === path)?.errors.join()).toMatch(message);
      expect((await api.get(`/v1/jobs/${id}`)).status).toBe(404);
    });

    test('creates a job with a dependency on an existing one, which then stays', async () => {
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
    test('gives all available jobs, by id', async () => {
      for (const name of ['list.b', 'list.a']) await create(api.id(name));
      const jobs = (await api.get('/v1/jobs')).json() as { id: string }[];
      const ids = jobs.map(({ id }) => id);
      expect(ids.filter((id) => id.startsWith(api.id('list.')))).toEqual([
        api.id('list.a'),
        api.id('list.b'),
      ]);
    });

    test('gives a specific existing job, in the order of a read', async () => {
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

    test('gives a 404 for a non existing job', async () => {
      const id = api.id('missing');
      const answer = await api.get(`/v1/jobs/${id}`);
      expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
    });

    test('a POST to a job is an unknown route', async () => {
      const path = `/v1/jobs/${api.id('read')}`;
      const answer = await api.post(path, { id: 'x', run: run() });
      expect([answer.status, answer.json()]).toEqual([404, { message: 'Unknown route.', requestPath: path }]);
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

  describe('PUT /v1/jobs/{id}', () => {
    test('updates a job, ignores the id of the body and keeps the schedules', async () => {
      const id = api.id('updated');
      await create(id, { description: 'old', schedules: [schedule()] });
      const body = { id: 'ignore.me', labels: { a: 'b' }, run: run({ mem: 64 }), schedules: [] };
      const answer = await api.put(`/v1/jobs/${id}`, body);
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({
        id,
        labels: { a: 'b' },
        run: { mem: 64 },
        schedules: [{ id: 'nightly' }],
      });
      expect(answer.json()).not.toHaveProperty('description');
      expect((await api.get(`/v1/jobs/${id}`)).json()).toMatchObject({ id, run: { mem: 64 } });
    });

    test('gives a 404 for a non existing job, but only for a valid body', async () => {
      const id = api.id('missing');
      const valid = await api.put(`/v1/jobs/${id}`, { id, run: run() });
      expect([valid.status, valid.json()]).toEqual([404, { id, message: 'Job not found' }]);
      expect((await api.put(`/v1/jobs/${id}`, { id, run: {} })).status).toBe(422);
    });
  });

  describe('DELETE /v1/jobs/{id}', () => {
    test('deletes a job and answers with it', async () => {
      const id = api.id('deleted');
      const created = await create(id);
      const answer = await api.delete(`/v1/jobs/${id}`);
      expect([answer.status, answer.json()]).toEqual([200, created.json()]);
      const again = await api.delete(`/v1/jobs/${id}`);
      expect([again.status, again.json()]).toEqual([404, { id, message: 'Job not found' }]);
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

  describe('/v0/scheduled-jobs', () => {
    test('creates a job with schedules, artifacts and user', async () => {
      const artifacts = [{ uri: 'http://x/y.tgz', extract: false, executable: true, cache: true }];
      const id = api.id('v0');
      const answer = await api.post('/v0/scheduled-jobs', {
        id,
        run: run({ artifacts, user: 'nobody' }),
        schedules: [schedule({ concurrencyPolicy: 'FORBID' })],
      });
      expect(answer.status).toBe(201);
      expect(answer.json()).toMatchObject({
        run: { artifacts, user: 'nobody' },
        schedules: [{ id: 'nightly', concurrencyPolicy: 'FORBID' }],
      });
      const twice = await api.post('/v0/scheduled-jobs', { id, run: run() });
      expect(twice.status).toBe(409);
    });

    test('replaces the schedules and ignores the id of the body', async () => {
      const id = api.id('v0-put');
      await api.post('/v0/scheduled-jobs', { id, run: run(), schedules: [schedule()] });
      const body = {
        id: 'ignore.me',
        run: run(),
        schedules: [schedule({ id: 'weekly', cron: '0 3 * * 1' })],
      };
      const answer = await api.put(`/v0/scheduled-jobs/${id}`, body);
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ id, schedules: [{ id: 'weekly' }] });
    });

    test('refuses what is not valid, and an unknown job', async () => {
      expect((await api.post('/v0/scheduled-jobs', { id: '/x', run: run() })).status).toBe(422);
      const grace = { id: api.id('v0-grace'), run: run({ taskKillGracePeriodSeconds: 3 }) };
      expect((await api.post('/v0/scheduled-jobs', grace)).status).toBe(422);
      const id = api.id('missing');
      const answer = await api.put(`/v0/scheduled-jobs/${id}`, { id, run: run() });
      expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
    });
  });
}
