import { describe, expect, test } from 'vitest';
import { run, schedule, TIMESTAMP } from './metronome.bodies.js';
import type { Answer, MetronomeClient } from './metronome.client.js';

/** JobScheduleControllerTest of Metronome, by name, and what else its API says of schedules. */
export function scheduleCases(api: MetronomeClient): void {
  const jobOf = async (name: string, schedules: object[] = []) => {
    const id = api.id(`schedules.${name}`);
    await api.post('/v1/jobs', { id, run: run(), schedules });
    return { id, path: `/v1/jobs/${id}/schedules` };
  };
  const missing = { id: api.id('missing'), message: 'Job not found' };
  const ofMissing = `/v1/jobs/${missing.id}/schedules`;
  const expectAnswer = (answer: Answer, status: number, body: unknown) =>
    expect([answer.status, answer.json()]).toEqual([status, body]);
  const noWeekly = { id: 'weekly', message: 'Schedule not found' };

  describe('POST /v1/jobs/{id}/schedules', () => {
    test('create a job schedule when sending a valid schedule spec', async () => {
      const { id, path } = await jobOf('create');
      const answer = await api.post(path, schedule({ timezone: 'Europe/Rome', concurrencyPolicy: 'FORBID' }));
      expectAnswer(answer, 201, {
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

    test('can not create a job schedule with the same id', async () => {
      const { path } = await jobOf('same', [schedule()]);
      const message = 'requirement failed: A schedule with id nightly already exists';
      expectAnswer(await api.post(path, schedule()), 409, { message });
    });

    test('can not create more than one job schedule per job (only temporary limitation)', async () => {
      const { path } = await jobOf('second', [schedule()]);
      const message = 'requirement failed: Only one schedule supported at the moment';
      expectAnswer(await api.post(path, schedule({ id: 'weekly' })), 409, { message });
    });

    test('not found if the job id is not known', async () => {
      expectAnswer(await api.post(ofMissing, schedule()), 404, missing);
    });

    test.each([
      ['indicate a problem when sending invalid json', 'wrong cron'],
      ['refuses a day that its month does not have', '0 0 31 2 *'],
      ['refuses a range of such days', '0 0 30-31 2 *'],
      ['refuses a nickname, which Metronome does not know', '@daily'],
    ])('%s', async (_name, cron) => {
      const { path } = await jobOf('bad-cron');
      expectAnswer(await api.post(path, schedule({ cron })), 422, {
        message: 'Object is not valid',
        details: [{ path: '/cron', errors: [`Can not read cron expression "${cron}"`, expect.any(String)] }],
      });
    });
  });

  describe('GET /v1/jobs/{id}/schedules', () => {
    test('get all available job schedules', async () => {
      const { path } = await jobOf('list', [schedule({ enabled: false })]);
      expectAnswer(await api.get(path), 200, [
        expect.objectContaining({
          id: 'nightly',
          enabled: false,
          nextRunAt: expect.stringMatching(TIMESTAMP),
        }),
      ]);
    });

    test('not found if the job id is not known', async () => {
      expectAnswer(await api.get(ofMissing), 404, missing);
    });
  });

  describe('GET /v1/jobs/{id}/schedules/{scheduleId}', () => {
    test('return a specific existing schedule', async () => {
      const { path } = await jobOf('get', [schedule()]);
      const list = (await api.get(path)).json() as object[];
      expectAnswer(await api.get(`${path}/nightly`), 200, list[0]);
    });

    test('give a 404 for a non existing schedule', async () => {
      const { path } = await jobOf('get-none');
      expectAnswer(await api.get(`${path}/weekly`), 404, noWeekly);
      expectAnswer(await api.get(`${ofMissing}/weekly`), 404, missing);
    });
  });

  describe('PUT /v1/jobs/{id}/schedules/{scheduleId}', () => {
    test('update a specific existing schedule', async () => {
      const { path } = await jobOf('put', [schedule()]);
      // As it was read, nextRunAt included.
      const read = (await api.get(`${path}/nightly`)).json() as object;
      const answer = await api.put(`${path}/nightly`, { ...read, cron: '1 2 3 4 5', enabled: false });
      expect([answer.status, answer.json()]).toMatchObject([
        200,
        { id: 'nightly', cron: '1 2 3 4 5', enabled: false },
      ]);
      expect((await api.get(`${path}/nightly`)).json()).toMatchObject({ cron: '1 2 3 4 5' });
    });

    test('update a specific existing schedule wit a different id', async () => {
      const { path } = await jobOf('put-other', [schedule()]);
      // The id has to be one, which none with a dot is; else the one in the path counts.
      expect((await api.put(`${path}/nightly`, schedule({ id: 'ignore.me' }))).status).toBe(422);
      const answer = await api.put(`${path}/nightly`, schedule({ id: 'ignore-me', cron: '0 4 * * *' }));
      expect([answer.status, answer.json()]).toMatchObject([200, { id: 'nightly', cron: '0 4 * * *' }]);
    });

    test('give a 404 for a non existing schedule', async () => {
      const { path } = await jobOf('put-none');
      expectAnswer(await api.put(`${path}/weekly`, schedule({ id: 'weekly' })), 404, noWeekly);
      expectAnswer(await api.put(`${path}/weekly`, schedule({ id: 'id1' })), 404, noWeekly);
      expectAnswer(await api.put(`${ofMissing}/nightly`, schedule()), 404, missing);
      // An id that none can have is no reason to refuse the body.
      for (const id of ['Weekly', 'a'.repeat(191)]) {
        expectAnswer(await api.put(`${path}/${id}`, schedule()), 404, { ...noWeekly, id });
        expectAnswer(await api.put(`${ofMissing}/${id}`, schedule()), 404, missing);
      }
    });

    test('indicate a problem when sending invalid json', async () => {
      const { path } = await jobOf('put-bad', [schedule()]);
      const answer = await api.put(`${path}/nightly`, schedule({ cron: 'no valid cron' }));
      expect([answer.status, answer.json()]).toMatchObject([422, { message: 'Object is not valid' }]);
    });
  });

  describe('DELETE /v1/jobs/{id}/schedules/{scheduleId}', () => {
    test('delete a specific existing schedule', async () => {
      const { path } = await jobOf('delete', [schedule()]);
      const answer = await api.delete(`${path}/nightly`);
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect((await api.get(path)).json()).toEqual([]);
    });

    test('give a 404 for a non existing schedule', async () => {
      const { path } = await jobOf('delete-none');
      expectAnswer(await api.delete(`${path}/weekly`), 404, noWeekly);
      expectAnswer(await api.delete(`${ofMissing}/nightly`), 404, missing);
    });
  });
}
