import { describe, expect, test } from 'vitest';
import { run, schedule, TIMESTAMP } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

/** JobScheduleControllerTest of Metronome, by name. */
export function scheduleCases(api: MetronomeClient): void {
  const jobOf = async (name: string, schedules: object[] = []) => {
    const id = api.id(`schedules.${name}`);
    await api.post('/v1/jobs', { id, run: run(), schedules });
    return { id, path: `/v1/jobs/${id}/schedules` };
  };

  describe('/v1/jobs/{id}/schedules', () => {
    test('creates a schedule, which the job then has', async () => {
      const { id, path } = await jobOf('create');
      const answer = await api.post(path, schedule({ timezone: 'Europe/Rome', concurrencyPolicy: 'FORBID' }));
      expect(answer.status).toBe(201);
      expect(answer.json()).toEqual({
        id: 'nightly',
        cron: '0 2 * * *',
        timezone: 'Europe/Rome',
        startingDeadlineSeconds: 900,
        concurrencyPolicy: 'FORBID',
        enabled: true,
        nextRunAt: expect.stringMatching(TIMESTAMP),
      });
      expect((await api.get(`/v1/jobs/${id}`)).json()).toMatchObject({ schedules: [{ id: 'nightly' }] });
    });

    test('can not create a schedule with the same id, nor a second one', async () => {
      const { path } = await jobOf('twice', [schedule()]);
      const same = await api.post(path, schedule());
      expect([same.status, same.json()]).toEqual([
        409,
        { message: 'requirement failed: A schedule with id nightly already exists' },
      ]);
      const second = await api.post(path, schedule({ id: 'weekly' }));
      expect([second.status, second.json()]).toEqual([
        409,
        { message: 'requirement failed: Only one schedule supported at the moment' },
      ]);
    });

    test.each(['wrong cron', '0 0 31 2 *', '0 0 30-31 2 *'])(
      'can not create a schedule at %s',
      async (cron) => {
        const { path } = await jobOf('bad-cron');
        const answer = await api.post(path, schedule({ cron }));
        expect(answer.status).toBe(422);
        expect(answer.json()).toMatchObject({
          message: 'Object is not valid',
          details: [
            { path: '/cron', errors: [`Can not read cron expression "${cron}"`, expect.any(String)] },
          ],
        });
      },
    );

    test('is not found if the job is not', async () => {
      const id = api.id('missing');
      for (const answer of [
        await api.get(`/v1/jobs/${id}/schedules`),
        await api.post(`/v1/jobs/${id}/schedules`, schedule()),
        await api.get(`/v1/jobs/${id}/schedules/nightly`),
        await api.put(`/v1/jobs/${id}/schedules/nightly`, schedule()),
        await api.delete(`/v1/jobs/${id}/schedules/nightly`),
      ]) {
        expect([answer.status, answer.json()]).toEqual([404, { id, message: 'Job not found' }]);
      }
    });

    test('is not found if the schedule is not', async () => {
      const { path } = await jobOf('none');
      for (const answer of [
        await api.get(`${path}/weekly`),
        await api.put(`${path}/weekly`, schedule({ id: 'weekly' })),
        await api.delete(`${path}/weekly`),
      ]) {
        expect([answer.status, answer.json()]).toEqual([
          404,
          { id: 'weekly', message: 'Schedule not found' },
        ]);
      }
    });

    test('lists and gives schedules, nextRunAt also when disabled', async () => {
      const { path } = await jobOf('get', [schedule({ enabled: false })]);
      const list = (await api.get(path)).json();
      expect(list).toMatchObject([
        { id: 'nightly', enabled: false, nextRunAt: expect.stringMatching(TIMESTAMP) },
      ]);
      const one = (await api.get(`${path}/nightly`)).json() as object;
      expect([one]).toEqual(list);
    });

    test('changes a schedule, which may be sent back as it was read', async () => {
      const { path } = await jobOf('put', [schedule()]);
      const read = (await api.get(`${path}/nightly`)).json() as object;
      const answer = await api.put(`${path}/nightly`, { ...read, cron: '0 4 * * *', enabled: false });
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ id: 'nightly', cron: '0 4 * * *', enabled: false });
      expect((await api.get(`${path}/nightly`)).json()).toMatchObject({ cron: '0 4 * * *' });
    });

    test('refuses a body id with a dot, or a bad cron, in a change', async () => {
      const { path } = await jobOf('put-bad', [schedule()]);
      expect((await api.put(`${path}/nightly`, schedule({ id: 'ignore.me' }))).status).toBe(422);
      const badCron = await api.put(`${path}/nightly`, schedule({ cron: 'no valid cron' }));
      expect(badCron.status).toBe(422);
      expect(badCron.json()).toMatchObject({ message: 'Object is not valid' });
    });

    test('deletes a schedule and answers with nothing', async () => {
      const { path } = await jobOf('delete', [schedule()]);
      const answer = await api.delete(`${path}/nightly`);
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect((await api.get(path)).json()).toEqual([]);
    });
  });
}
