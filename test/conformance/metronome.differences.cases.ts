import { describe, expect, test } from 'vitest';
import { run, schedule, TIMESTAMP } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

/** Where Carillon means to differ: rows of docs/metronome-compatibility.md that no case of Metronome's own touches. */
export function differenceCases(api: MetronomeClient): void {
  describe('unlike Metronome', () => {
    const create = (name: string, members: object = {}) =>
      api.post('/v1/jobs', { id: api.id(`differs.${name}`), run: run(), ...members });

    test('takes timeZone, which the dcos command line sends, for timezone', async () => {
      const id = api.id('differs.zone');
      await create('zone');
      const added = await api.post(
        `/v1/jobs/${id}/schedules`,
        schedule({ timeZone: 'Europe/Rome', nextRunAt: '' }),
      );
      expect([added.status, added.json()]).toMatchObject([201, { timezone: 'Europe/Rome' }]);
    });

    test('refuses an id too long for the folder of a task', async () => {
      const id = `${api.id('l')}.${'a'.repeat(190)}`;
      const answer = await api.post('/v1/jobs', { id, run: run() });
      expect(answer.status).toBe(422);
      expect(answer.json()).toMatchObject({
        details: [{ path: '/id', errors: [expect.stringContaining('exceeds maximum length')] }],
      });
    });

    test('changes of one job at the same time all succeed', async () => {
      const id = api.id('differs.together');
      await create('together');
      const changes = Array.from({ length: 8 }, (_, index) =>
        api.put(`/v1/jobs/${id}`, { id, run: run({ mem: 40 + index }) }),
      );
      expect((await Promise.all(changes)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    });

    test('takes ranges to their end, looks into lists, and answers for years that have passed', async () => {
      const withCron = (name: string, cron: string) =>
        create(`cron.${name}`, { schedules: [schedule({ cron })] });
      const march = await withCron('range', '0 0 31 2-3 *');
      expect([march.status, march.json()]).toMatchObject([201, { schedules: [{ cron: '0 0 31 2-3 *' }] }]);
      expect((await withCron('list', '0 0 30,31 2 *')).status).toBe(422);
      const past = await withCron('past', '0 0 1 1 * 2020');
      expect(past.status).toBe(201);
      expect((past.json() as { schedules: object[] }).schedules[0]).not.toHaveProperty('nextRunAt');
    });

    test('refuses to delete a job that others depend on before it stops anything', async () => {
      const id = api.id('differs.parent');
      await create('parent', { run: run({ cmd: 'sleep 300' }) });
      expect((await create('child', { dependencies: [{ id }] })).status).toBe(201);
      const started = (await api.post(`/v1/jobs/${id}/runs`)).json() as { id: string };
      const refused = await api.delete(`/v1/jobs/${id}?stopCurrentJobRuns=true`);
      expect([refused.status, refused.json()]).toEqual([
        409,
        { message: `There are jobs with a dependency on ${id}. children=[${api.id('differs.child')}]` },
      ]);
      const run1 = await api.get(`/v1/jobs/${id}/runs/${started.id}`);
      expect(run1.json()).toMatchObject({ status: expect.stringMatching(/^(INITIAL|ACTIVE)$/) });
      expect((await api.post(`/v1/jobs/${id}/runs`)).status).toBe(201);
      await api.delete(`/v1/jobs/${api.id('differs.child')}`);
      expect((await api.delete(`/v1/jobs/${id}?stopCurrentJobRuns=true`)).status).toBe(200);
    });

    test('has no job with both dependencies and a schedule, whatever the order of requests', async () => {
      const [parent, child, scheduled] = ['both', 'both.child', 'both.scheduled'].map((name) =>
        api.id(`differs.${name}`),
      );
      await create('both');
      await create('both.child', { dependencies: [{ id: parent }] });
      await create('both.scheduled', { schedules: [schedule()] });
      const dependencies = [{ id: parent }];
      for (const answer of [
        await api.post(`/v1/jobs/${child}/schedules`, schedule()),
        await api.put(`/v1/jobs/${scheduled}`, { id: scheduled, run: run(), dependencies }),
      ]) {
        expect([answer.status, answer.json()]).toMatchObject([
          422,
          { details: [{ errors: ['Jobs may not have both dependencies and schedules specified'] }] },
        ]);
      }
      expect((await api.get(`/v1/jobs/${child}`)).json()).toMatchObject({ schedules: [] });
    });

    test('keeps what only /v2 has words for, and shows what can be sent back', async () => {
      const id = api.id('differs.own');
      const own = {
        ...{ timeoutSeconds: 60, priority: 3, ports: 1, limits: { mem: 64 }, healthCheck: { cmd: 'true' } },
        retry: { limit: 2, delaySeconds: 1, backoffFactor: 1, jitter: 0, on: [] },
        parameters: [{ name: 'A', type: 'string', default: 'x' }],
      };
      const constraints = [{ attribute: 'hostname', operator: 'UNIQUE' }];
      const schedules = [
        { id: 'cron7', cron: '15 0 2 * * * *', concurrencyPolicy: 'QUEUE', queueLimit: 4, jitterSeconds: 5 },
        { id: 'nightly', cron: '0 2 * * *', catchUp: { policy: 'ALL', limit: 3 }, maxRuns: 9 },
        { id: 'iso', interval: 'R5/2030-01-01T00:00:00Z/P1D' },
      ];
      const made = await api.post('/v2/jobs', {
        id,
        run: run({ ...own, placement: { constraints } }),
        schedules,
      });
      expect(made.status).toBe(201);
      const stored = async () =>
        (await api.get(`/v2/jobs/${id}`)).json() as { revision: number; spec: object };
      const before = await stored();

      const shown = (await api.get(`/v1/jobs/${id}`)).json() as { run: object; schedules: object[] };
      expect(shown).toMatchObject({
        run: { placement: { constraints: [] } },
        schedules: [{ id: 'cron7', concurrencyPolicy: 'FORBID' }, { id: 'nightly' }],
      });
      expect((await api.put(`/v1/jobs/${id}`, shown)).status).toBe(200);
      for (const one of ['cron7', 'nightly']) {
        const path = `/v1/jobs/${id}/schedules/${one}`;
        expect((await api.put(path, (await api.get(path)).json())).status).toBe(200);
      }
      const nightly = shown.schedules.slice(1);
      const v0 = await api.put(`/v0/scheduled-jobs/${id}`, { id, run: shown.run, schedules: nightly });
      expect(v0.status).toBe(200);
      const [, kept, iso] = (before.spec as { schedules: object[] }).schedules;
      expect(await stored()).toMatchObject({
        revision: before.revision + 1,
        spec: { ...before.spec, schedules: [kept, iso] },
      });
      await api.delete(`/v1/jobs/${id}`);
    });

    test('knows no schedule of another kind than cron, whatever is asked of it', async () => {
      const id = api.id('differs.kinds');
      const schedules = [{ id: 'iso', interval: 'R5/2030-01-01T00:00:00Z/P1D' }];
      expect((await api.post('/v2/jobs', { id, run: run(), schedules })).status).toBe(201);
      const path = `/v1/jobs/${id}/schedules/iso`;
      const unknown = [404, { id: 'iso', message: 'Schedule not found' }];
      for (const answer of [await api.get(path), await api.put(path, schedule()), await api.delete(path)]) {
        expect([answer.status, answer.json()]).toEqual(unknown);
      }
      // So there is none that another would be beside.
      expect((await api.post(`/v1/jobs/${id}/schedules`, schedule())).status).toBe(201);
      expect((await api.post(`/v1/jobs/${id}/schedules`, schedule({ id: 'other' }))).status).toBe(409);
      expect((await api.get(`/v2/jobs/${id}`)).json()).toMatchObject({
        spec: { schedules: [...schedules, schedule()] },
      });
    });

    test('refuses text that nothing could store', async () => {
      const answer = await create('nul', { description: 'a\u0000b' });
      expect([answer.status, answer.json()]).toMatchObject([422, { message: 'Object is not valid' }]);
    });

    test('writes every instant in UTC', async () => {
      const answer = await create('utc', { schedules: [schedule({ timezone: 'Asia/Tokyo' })] });
      const { schedules } = answer.json() as { schedules: { nextRunAt: string }[] };
      expect(schedules[0]?.nextRunAt).toMatch(TIMESTAMP);
      expect(schedules[0]?.nextRunAt).toContain('T17:00:00.000+0000');
    });

    test('every answer carries an X-Request-Id, the one of the caller if there is one', async () => {
      const answer = await api.request('GET', '/ping', undefined, { 'x-request-id': 'mine-1' });
      expect(answer.headers.get('x-request-id')).toBe('mine-1');
    });
  });
}
