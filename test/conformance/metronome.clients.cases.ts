import { describe, expect, test } from 'vitest';
import { echoedContainer, run, schedule, TIMESTAMP } from './metronome.bodies.js';
import type { Answer, MetronomeClient } from './metronome.client.js';

interface Listed {
  readonly id: string;
  readonly activeRuns?: readonly object[];
}

/** What Metronome's clients send, member by member, and what of the answers they could not do without. */
export function clientsOfMetronomeCases(api: MetronomeClient): void {
  /** The command line's structure for a job has no way to leave members out. */
  const sent = (id: string, cmd: string, members: object = {}) => ({
    id,
    description: '',
    labels: {},
    run: run({ cmd, gpus: 0, taskKillGracePeriodSeconds: 0, ...members }),
  });
  const sentSchedule = (members: object = {}) => ({
    ...schedule(),
    concurrencyPolicy: 'ALLOW',
    enabled: true,
    startingDeadlineSeconds: 900,
    timeZone: 'UTC',
    nextRunAt: '',
    ...members,
  });
  /** It decodes these into integers, and fails on `32.0` and on an error without a text for `message`. */
  const decoded = (answer: Answer) => {
    expect(answer.text).not.toMatch(/"(mem|disk)":\d+\.\d/);
    return answer.json();
  };

  describe('the dcos command line', () => {
    test('dcos job add, list, show, update and remove', async () => {
      const id = api.id('dcos.job');
      const image = { docker: { image: 'alpine' } };
      // cmd is "" where there is none.
      const added = await api.post('/v1/jobs', sent(id, '', image));
      expect(added.status).toBe(201);
      expect(decoded(added)).toMatchObject({
        description: '',
        run: echoedContainer({ docker: { image: 'alpine' }, taskKillGracePeriodSeconds: 0 }),
      });
      const embeds = 'embed=activeRuns&embed=schedules&embed=historySummary';
      const list = decoded(await api.get(`/v1/jobs?${embeds}`)) as Listed[];
      const listed = list.find((job) => job.id === id);
      // A list of runs, even an empty one, is shown as "Running".
      expect(listed).not.toHaveProperty('activeRuns');
      expect(listed).toMatchObject({ schedules: [], historySummary: { lastSuccessAt: null } });
      expect(decoded(await api.get(`/v1/jobs/${id}`))).toMatchObject({ id });
      const updated = await api.put(`/v1/jobs/${id}`, sent(id, 'true', { mem: 64 }));
      expect([updated.status, decoded(updated)]).toMatchObject([200, { run: { cmd: 'true', mem: 64 } }]);
      expect((await api.delete(`/v1/jobs/${id}`)).status).toBe(200);
      expect((await api.delete(`/v1/jobs/${id}?stopCurrentJobRuns=true`)).status).toBe(404);
    });

    test('dcos job schedule add, show, update and remove', async () => {
      const id = api.id('dcos.schedule');
      await api.post('/v1/jobs', sent(id, 'true'));
      const path = `/v1/jobs/${id}/schedules`;
      const added = await api.post(path, sentSchedule({ timeZone: 'Europe/Rome' }));
      expect([added.status, added.json()]).toMatchObject([
        201,
        { id: 'nightly', timezone: 'Europe/Rome', nextRunAt: expect.stringMatching(TIMESTAMP) },
      ]);
      expect((await api.get(path)).json()).toMatchObject([{ id: 'nightly' }]);
      const updated = await api.put(`${path}/nightly`, sentSchedule({ cron: '20 0 * * *', enabled: false }));
      expect([updated.status, updated.json()]).toMatchObject([200, { cron: '20 0 * * *', enabled: false }]);
      expect((await api.delete(`${path}/nightly`)).status).toBe(200);
    });

    test('dcos job run, show runs, kill and history', async () => {
      const id = api.id('dcos.run');
      await api.post('/v1/jobs', sent(id, 'sleep 300'));
      const runs = `/v1/jobs/${id}/runs`;
      // A media type, and no body.
      const started = await api.request('POST', runs);
      expect(started.status).toBe(201);
      const { id: runId } = started.json() as { id: string };
      const all = (await api.get('/v1/jobs?embed=activeRuns')).json() as Listed[];
      expect(all.find((job) => job.id === id)?.activeRuns).toMatchObject([{ id: runId }]);
      expect((await api.get(runs)).json()).toMatchObject([{ id: runId, jobId: id, completedAt: null }]);
      const path = `${runs}/${runId}`;
      expect((await api.get(path)).json()).toMatchObject({ createdAt: expect.stringMatching(TIMESTAMP) });
      const stopped = await api.request('POST', `${path}/actions/stop`);
      expect([stopped.status, stopped.json()]).toMatchObject([200, { status: 'FAILED' }]);
      const embeds = 'embed=activeRuns&embed=schedules&embed=history';
      expect((await api.get(`/v1/jobs/${id}?${embeds}`)).json()).toMatchObject({
        activeRuns: [],
        schedules: [],
        history: { successCount: 0, successfulFinishedRuns: [] },
      });
    });

    test('says what the command line shows for a job that is not there', async () => {
      const id = api.id('invalid');
      for (const answer of [
        await api.get(`/v1/jobs/${id}`),
        await api.request('POST', `/v1/jobs/${id}/runs`),
        await api.delete(`/v1/jobs/${id}`),
        // Asked for by its Python library; there is no such route.
        await api.get('/v1/info'),
      ]) {
        expect([answer.status, answer.json()]).toMatchObject([404, { message: expect.any(String) }]);
      }
    });
  });

  test('the UI creates and changes a job with its schedule in one request', async () => {
    const id = api.id('ui.job');
    const now = '_timestamp=1480000000000';
    const body = { ...sent(id, 'true'), schedules: [sentSchedule()] };
    const v0 = { ...body, run: run() };
    const created = await api.request('POST', `/v0/scheduled-jobs?${now}`, v0);
    expect([created.status, created.json()]).toMatchObject([201, { schedules: [{ id: 'nightly' }] }]);
    const schedules = [sentSchedule({ enabled: false })];
    const changed = await api.put(`/v0/scheduled-jobs/${id}?${now}`, { ...v0, schedules });
    expect([changed.status, changed.json()]).toMatchObject([200, { schedules: [{ enabled: false }] }]);
    const embeds = 'embed=activeRuns&embed=schedules&embed=historySummary';
    const listed = (await api.get(`/v1/jobs?${embeds}&${now}`)).json() as Listed[];
    expect(listed.map((job) => job.id)).toContain(id);
    expect((await api.delete(`/v1/jobs/${id}?stopCurrentJobRuns=true&${now}`)).status).toBe(200);
  });
}
