import { carillonClient, etagOf, type Event, ProblemError } from '@carillon/client';
import { afterAll, describe, expect, test } from 'vitest';
import { run, schedule } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

/** The typed client against whatever answers at the URL. */
export function clientCases(api: MetronomeClient, apiUrl: () => string): void {
  describe('the client', () => {
    const client = () => carillonClient({ url: apiUrl() });
    const created: string[] = [];
    const create = async (name: string, members: object = {}) => {
      const id = api.id(`client.${name}`);
      created.push(id);
      return client().createJob({ body: { id, run: run(), ...members } });
    };
    afterAll(async () => {
      const removed = created.map(async (jobId) => {
        await client().removeJob({ jobId, stopRuns: true });
      });
      await Promise.allSettled(removed);
    });

    test('creates, reads, changes, searches and removes a job', async () => {
      const job = await create('crud', { labels: { team: 'x' }, schedules: [schedule()] });
      const jobId = job.spec.id;
      expect(await client().getJob({ jobId })).toMatchObject({ uid: job.uid, revision: 1 });
      const body = { ...job.spec, description: 'second' };
      const second = await client().replaceJob({ jobId, ifMatch: etagOf(job), body });
      expect(second).toMatchObject({ revision: 2, spec: { description: 'second' } });
      const stale = client().replaceJob({ jobId, ifMatch: etagOf(job), body: job.spec });
      await expect(stale).rejects.toMatchObject({ status: 412, problem: { code: 'revisionChanged' } });
      const { jobs } = await client().listJobs({ prefix: jobId, label: 'team=x', limit: 5 });
      expect(jobs.map(({ spec }) => spec.id)).toEqual([jobId]);
      await client().removeSchedule({ jobId, scheduleId: 'nightly' });
      expect((await client().getJob({ jobId })).spec.schedules).toEqual([]);
      await client().removeJob({ jobId });
      await expect(client().getJob({ jobId })).rejects.toBeInstanceOf(ProblemError);
      const { instants } = await client().previewSchedule({ cron: '@daily', count: 3 });
      expect(instants).toHaveLength(3);
    });

    test('applies and exports jobs', async () => {
      const prefix = api.id('client.apply.');
      created.push(`${prefix}a`);
      const jobs = [{ id: `${prefix}a`, run: run() }];
      expect(await client().applyJobs({ prefix, body: { jobs } })).toMatchObject({
        applied: true,
        counts: { create: 1 },
      });
      const exported = await client().exportJobs({ prefix });
      expect(await client().applyJobs({ prefix, body: exported, dryRun: true })).toMatchObject({
        counts: { unchanged: 1 },
      });
    });

    test('follows the events of a run to its end, from its beginning', async () => {
      const { spec } = await create('events');
      const { runId } = await client().startRun({ jobId: spec.id, idempotencyKey: `e-${spec.id}` });
      const seen: Event[] = [];
      const stop = AbortSignal.timeout(30_000);
      for await (const event of client().events({ runId, signal: stop })) {
        seen.push(event);
        if (event.type === 'carillon.RunEnded') break;
      }
      expect(seen.at(-1)).toMatchObject({ type: 'carillon.RunEnded', jobId: spec.id });
      expect(seen.map(({ type }) => type)).toContain('carillon.RunQueued');
      const positions = seen.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
    });
  });
}
