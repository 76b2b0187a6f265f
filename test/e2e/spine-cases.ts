import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingMetrics } from '../deploy/metric-names.js';
import { metronomeCases } from '../conformance/metronome.cases.js';
import { dependencyCases } from './dependency-cases.js';
import { Api, eventually } from './support/api.js';
import { readSpans, traceOf } from './support/spans.js';
import { volumeCases } from './volume-cases.js';

/** One shape of Carillon, up and running. */
export interface Shape {
  readonly apiUrl: string;
  readonly traceFile: string;
  /** The text of /metrics, where one page has them all. */
  readonly metrics?: () => Promise<string>;
  stop(): Promise<void>;
}

const CRON_WAIT_MS = 75_000;

/** The way of a run from the API to history, on any shape. Commands leave their evidence in files of their own. */
export function spineCases(name: string, start: () => Promise<Shape>): void {
  describe(`the spine, ${name}`, () => {
    let shape: Shape;
    let api: Api;
    let evidence: string;

    beforeAll(async () => {
      evidence = await mkdtemp(join(tmpdir(), 'carillon-evidence-'));
      shape = await start();
      api = new Api(shape.apiUrl);
      // All cron jobs at once: every one is first due at the next full minute.
      const cron = '* * * * *';
      await api.createJob({ id: 'cron.ok', cmd: `echo "$MESOS_TASK_ID" >> ${evidence}/ok`, cron });
      await api.createJob({ id: 'cron.fails', cmd: `echo failing; exit 3`, cron });
      await api.createJob({
        id: 'cron.forbid',
        cmd: `echo "$MESOS_TASK_ID" >> ${evidence}/forbid; sleep 300`,
        cron,
        concurrencyPolicy: 'FORBID',
      });
    });
    afterAll(async () => {
      await shape.stop();
      await rm(evidence, { recursive: true, force: true });
    });

    it('runs a job by hand to its success and remembers it', async () => {
      await api.createJob({ id: 'manual.ok', cmd: `echo "$MESOS_TASK_ID" >> ${evidence}/manual` });
      const run = await api.startRun('manual.ok');
      expect(run).toMatchObject({ jobId: 'manual.ok', id: expect.stringMatching(/^\d{14}[0-9A-Za-z]{5}$/) });
      const [entry] = await eventually('the run in history', async () => {
        const { history } = await api.job('manual.ok');
        return history.successCount === 1 && history.successfulFinishedRuns;
      });
      expect(entry?.id).toBe(run.id);
      const lines = (await readFile(join(evidence, 'manual'), 'utf8')).trim().split('\n');
      expect(lines).toEqual(entry?.tasks);
    });

    it('restarts a failed attempt when the policy says so', async () => {
      const marker = join(evidence, 'second-time');
      await api.createJob({
        id: 'manual.restart',
        cmd: `if [ -e ${marker} ]; then exit 0; else touch ${marker}; exit 1; fi`,
        restart: { policy: 'ON_FAILURE' },
      });
      await api.startRun('manual.restart');
      const [entry] = await eventually('success at the second attempt', async () => {
        const { history } = await api.job('manual.restart');
        expect(history.failureCount).toBe(0);
        return history.successCount === 1 && history.successfulFinishedRuns;
      });
      expect(entry?.tasks).toHaveLength(2);
    });

    it('stops a run: its command ends, and the run never vanishes between two reads', async () => {
      const alive = join(evidence, 'stopped');
      await api.createJob({
        id: 'manual.stop',
        cmd: `trap 'echo terminated >> ${alive}; exit 1' TERM; echo started >> ${alive}; while :; do sleep 0.1; done`,
      });
      const run = await api.startRun('manual.stop');
      await eventually('the command runs', () => access(alive).then(() => true));
      const stopped = await api.stopRun('manual.stop', run.id);
      expect(stopped).toMatchObject({ id: run.id, status: 'FAILED' });
      for (let read = 0; read < 50; read++) {
        const { activeRuns = [], history } = await api.job('manual.stop');
        const seen = [...activeRuns, ...history.failedFinishedRuns].map(({ id }) => id);
        expect(seen).toContain(run.id);
      }
      await eventually('the command got SIGTERM', async () =>
        (await readFile(alive, 'utf8')).includes('terminated'),
      );
      await eventually(
        'no active run is left',
        async () => (await api.job('manual.stop')).activeRuns?.length === 0,
      );
    });

    it('refuses to remove a job with active runs, unless told to stop them', async () => {
      await api.createJob({ id: 'manual.remove', cmd: 'sleep 300' });
      await api.startRun('manual.remove');
      await api.expect(409, 'DELETE', '/v1/jobs/manual.remove');
      await api.expect(200, 'DELETE', '/v1/jobs/manual.remove?stopCurrentJobRuns=true');
      await api.expect(404, 'GET', '/v1/jobs/manual.remove');
      await api.createJob({ id: 'manual.remove', cmd: 'true' });
      expect((await api.job('manual.remove')).history).toMatchObject({ successCount: 0, failureCount: 0 });
    });

    it('fires by cron, exactly once for each due instant', { timeout: CRON_WAIT_MS + 30_000 }, async () => {
      const entries = await eventually(
        'a scheduled run in history',
        async () => {
          const { history } = await api.job('cron.ok');
          return history.successCount > 0 && history.successfulFinishedRuns;
        },
        CRON_WAIT_MS,
      );
      const instants = entries.map(({ id }) => id.slice(0, 14));
      expect(new Set(instants).size).toBe(instants.length);
      for (const instant of instants) expect(instant).toMatch(/00$/);
      const lines = (await readFile(join(evidence, 'ok'), 'utf8')).trim().split('\n');
      expect(lines.sort()).toEqual(entries.flatMap(({ tasks }) => tasks).sort());
      await eventually('the failed run counts as failed', async () => {
        const { history } = await api.job('cron.fails');
        return history.failureCount > 0 && history.successCount === 0;
      });
    });

    it('skips a due instant while a run of the job is active, when overlap is forbidden', async () => {
      const { activeRuns } = await eventually('the long run is active', async () => {
        const job = await api.job('cron.forbid');
        return job.activeRuns?.length === 1 && job;
      });
      const manual = await api.startRun('cron.forbid');
      for (const run of [...(activeRuns ?? []), manual]) await api.stopRun('cron.forbid', run.id);
    });

    it('joins every hop of a run in one trace, from the API call or the due instant to history', async () => {
      const scheduled = (await api.job('cron.ok')).history.successfulFinishedRuns[0]?.id;
      const manual = (await api.job('manual.ok')).history.successfulFinishedRuns[0]?.id;
      const begins = { [String(scheduled)]: 'run due', [String(manual)]: 'POST /v1/jobs/:jobId/runs' };
      for (const [runId, root] of Object.entries(begins)) {
        await eventually(`one trace of ${runId}`, async () => {
          const spans = await readSpans(shape.traceFile);
          const recorded = spans.find(
            ({ name, attributes }) => name === 'record RunEnded' && attributes['carillon.run.id'] === runId,
          );
          const trace = traceOf(spans, recorded?.traceId ?? '');
          expect(trace.roots.map((span) => span.name)).toEqual([root]);
          const names = trace.spans.map((span) => span.name);
          const hops = [
            'QueueRun',
            'LaunchAttempt',
            'RecordTaskStatus',
            'publish carillon.runs',
            'record RunQueued',
          ];
          expect(names).toEqual(expect.arrayContaining(hops));
          if (runId === scheduled) expect(names).toContain('publish carillon.triggers');
          return true;
        });
      }
    });

    it('measures everything that the dashboards and alerts ask for', async () => {
      if (!shape.metrics) return;
      expect(missingMetrics([await shape.metrics()])).toEqual([]);
    });

    dependencyCases(
      () => api,
      () => evidence,
    );

    volumeCases(
      () => api,
      () => evidence,
    );

    describe("Metronome's API", () => metronomeCases(() => shape.apiUrl));
  });
}
