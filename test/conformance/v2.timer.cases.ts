import { describe, expect, test } from 'vitest';
import { run, schedule } from './metronome.bodies.js';
import { eventually, type MetronomeClient } from './metronome.client.js';

interface BackfillBody {
  readonly backfillId: string;
  readonly total: number;
  readonly succeeded: number;
  readonly endedAt: string | null;
}

/** What /v2 answers from the timer: on whole shapes only. */
export function v2TimerCases(api: MetronomeClient): void {
  describe('/v2, of the timer', () => {
    const create = async (name: string) => {
      const id = api.id(`timer.${name}`);
      const answer = await api.post('/v2/jobs', {
        id,
        run: run(),
        schedules: [schedule({ cron: '0 * * * *' })],
      });
      expect(answer.status, answer.text).toBe(201);
      return id;
    };
    const remove = (id: string) => api.delete(`/v2/jobs/${id}?stopRuns=true`);

    test('a past range is run once for a key, and each of its instants is explained', async () => {
      const id = await create('backfill');
      const range = { from: '2024-01-01T00:00:00Z', until: '2024-01-01T03:00:00Z' };
      const key = { 'content-type': 'application/json', 'idempotency-key': 'winter' };
      // The timer hears of the job a moment after it was created.
      const started = await eventually('the backfill has started', async () => {
        const answer = await api.request('POST', `/v2/jobs/${id}/backfills`, range, key);
        return answer.status === 201 ? (answer.json() as BackfillBody) : undefined;
      });
      expect(started).toMatchObject({ backfillId: 'winter', total: 3 });
      const again = await api.request('POST', `/v2/jobs/${id}/backfills`, range, key);
      expect(again.json()).toMatchObject({ backfillId: 'winter' });
      const path = `/v2/jobs/${id}/backfills/winter`;
      const ended = await eventually('it has ended', async () => {
        const found = (await api.get(path)).json() as BackfillBody;
        return found.endedAt === null ? undefined : found;
      });
      expect(ended).toMatchObject({ total: 3, succeeded: 3 });
      const list = (await api.get(`/v2/jobs/${id}/backfills`)).json();
      expect(list).toMatchObject({ backfills: [{ backfillId: 'winter' }] });
      const runs = (await api.get(`/v2/jobs/${id}/runs?trigger=backfill`)).json();
      expect(runs).toMatchObject({ runs: [{ backfillId: 'winter' }, {}, {}] });
      await remove(id);
    });

    test('due instants ahead are upcoming, and a paused job says so', async () => {
      const id = await create('explain');
      const from = new Date().toISOString();
      const to = new Date(Date.now() + 2 * 3_600_000).toISOString();
      const explained = await eventually('the timer knows the job', async () => {
        const answer = await api.get(`/v2/jobs/${id}/explain?from=${from}&to=${to}`);
        const { instants } = answer.json() as { instants?: { verdict: string }[] };
        return instants && instants.length > 0 ? instants : undefined;
      });
      expect(explained[0]).toMatchObject({ scheduleId: 'nightly', verdict: 'upcoming', run: null });
      expect((await api.get('/v2/workflow-runs?limit=5')).status).toBe(200);
      expect((await api.get(`/v2/jobs/${id}/backfills/none`)).status).toBe(404);
      await remove(id);
    });
  });
}
