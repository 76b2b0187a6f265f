import {
  concurrencyConflict,
  domainError,
  invalid,
  isCarillonError,
  notFound,
  unavailable,
} from '@carillon/event-sourcing';
import { currentTraceContext, SpanCollector, startTelemetry, withSpan } from '@carillon/service-runtime';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { arbitraryMessage } from '../codec/codec.arbitrary.js';
import type { HistoryApi, JobRegistryApi } from '../generated/apis.js';
import type { Job } from '../generated/types.js';

export interface BoundForTest {
  readonly registry: JobRegistryApi;
  readonly history: HistoryApi;
  close(): Promise<void>;
}

/** Binds two APIs to implementations, of which only the methods that a test calls need to be there. */
export type BindForTest = (
  implementations: { registry?: Partial<JobRegistryApi>; history?: Partial<HistoryApi> },
  options?: { deadlineMs?: number },
) => Promise<BoundForTest>;

/** What every binding of an API does. */
export function bindingContract(name: string, bind: BindForTest): void {
  describe(`an API bound ${name}`, () => {
    const opened: BoundForTest[] = [];
    const open: BindForTest = async (...args) => {
      const bound = await bind(...args);
      opened.push(bound);
      return bound;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bound) => bound.close()));
    });

    it('hands over the request and the answer as they are', async () => {
      let received: unknown;
      let job = someJob;
      const { registry } = await open({
        registry: {
          createJob: (request) => {
            received = request;
            return Promise.resolve(job);
          },
        },
      });
      await fc.assert(
        fc.asyncProperty(
          arbitraryMessage('CreateJobRequest'),
          arbitraryMessage('Job'),
          async (request, answer) => {
            job = answer;
            expect(await registry.createJob(request)).toEqual(answer);
            expect(received).toEqual(request);
          },
        ),
        { numRuns: 20 },
      );
    });

    it('calls methods on their object', async () => {
      class Registry {
        readonly #uid = 'mine';
        getJob(): Promise<Job> {
          return Promise.resolve({ ...someJob, uid: this.#uid });
        }
      }
      const { registry } = await open({ registry: new Registry() });
      expect(await registry.getJob({ jobId: 'a' })).toMatchObject({ uid: 'mine' });
    });

    it.each([
      domainError('jobExists', 'job a exists', { jobId: 'a' }),
      invalid('jobInvalid', 'cpus must be positive – wrongly „0“', { path: 'run.cpus', rules: ['> 0'] }),
      notFound('jobNotFound', 'no job a', { jobId: 'a' }),
      concurrencyConflict('job-a', 3),
      unavailable('databaseUnavailable', 'the database is away', new Error('ECONNREFUSED')),
    ])('brings back $kind errors whole', async (error) => {
      const { registry } = await open({ registry: { getJob: () => Promise.reject(error) } });
      const failure = await failureOf(registry.getJob({ jobId: 'a' }));
      expect(isCarillonError(failure)).toBe(true);
      const { kind, code, message, details } = error;
      expect(failure).toMatchObject({ kind, code, message, details });
    });

    it.each([() => Promise.reject(new TypeError('bug')), throwing])(
      'does not pass a bug off as an expected failure',
      async (getJob) => {
        const { registry } = await open({ registry: { getJob } });
        const failure = await failureOf(registry.getJob({ jobId: 'a' }));
        expect(failure).toBeInstanceOf(Error);
        expect(isCarillonError(failure)).toBe(false);
      },
    );

    it('gives up at the deadline', async () => {
      const never = new Promise<never>(() => undefined);
      const { registry } = await open({ registry: { getJob: () => never } }, { deadlineMs: 100 });
      const failure = await failureOf(registry.getJob({ jobId: 'a' }));
      expect(failure).toMatchObject({ kind: 'unavailable', code: 'deadlineExceeded' });
      expect((failure as Error).message).toContain('JobRegistry/GetJob');
    });

    it('ends calls made on the way with the call that they are part of', async () => {
      const never = new Promise<never>(() => undefined);
      const inner = await open({ history: { haveRuns: () => never } }, { deadlineMs: 60_000 });
      const innerFailure = Promise.withResolvers<unknown>();
      const { registry } = await open(
        {
          registry: {
            getJob: async () => {
              innerFailure.resolve(await failureOf(inner.history.haveRuns({ runs: [] })));
              return someJob;
            },
          },
        },
        { deadlineMs: 100 },
      );
      await registry.getJob({ jobId: 'a' }).catch(() => undefined); // both end at the same instant
      expect(await innerFailure.promise).toMatchObject({ code: 'deadlineExceeded' });
    });

    it('does not hold work that outlives the call to its deadline', async () => {
      const inner = await open({ history: { haveRuns: () => Promise.resolve({ runs: [] }) } });
      const go = Promise.withResolvers<null>();
      let later: Promise<unknown> | undefined;
      const { registry } = await open(
        {
          registry: {
            getJob: () => {
              later = go.promise.then(() => inner.history.haveRuns({ runs: [] }));
              return Promise.resolve(someJob);
            },
          },
        },
        { deadlineMs: 100 },
      );
      await registry.getJob({ jobId: 'a' });
      await new Promise((resolve) => setTimeout(resolve, 150)); // the deadline itself has to pass
      go.resolve(null);
      expect(await later).toEqual({ runs: [] });
    });

    it('carries many calls at once, each with its own answer', async () => {
      const many = 200;
      let arrived = 0;
      const all = Promise.withResolvers<null>();
      const { registry } = await open({
        registry: {
          getJob: async ({ jobId }) => {
            arrived += 1;
            if (arrived === many) all.resolve(null);
            await all.promise; // nobody is answered before all are here
            return { ...someJob, uid: `uid of ${jobId}` };
          },
        },
      });
      const ids = Array.from({ length: many }, (_, index) => `job-${index}`);
      const jobs = await Promise.all(ids.map((jobId) => registry.getJob({ jobId })));
      expect(jobs.map((job) => job.uid)).toEqual(ids.map((id) => `uid of ${id}`));
    });

    it('keeps caller and answerer in one trace', async () => {
      const collector = new SpanCollector();
      const telemetry = startTelemetry({ serviceName: 'contract', exporters: [collector], env: {} });
      try {
        let seen: string | undefined;
        const { registry } = await open({
          registry: {
            getJob: () => {
              seen = currentTraceContext().traceparent;
              return Promise.reject(notFound('jobNotFound', 'no job a'));
            },
          },
        });
        await withSpan('root', {}, () => failureOf(registry.getJob({ jobId: 'a' })));
        await telemetry.flush();
        const root = collector.spans.find((span) => span.name === 'root');
        const calls = collector.spans.filter((span) => span.name === 'JobRegistry/GetJob');
        const ids = new Set(collector.spans.map((span) => span.spanId));
        expect(calls.length).toBeGreaterThan(0);
        for (const call of calls) {
          expect(call.traceId).toBe(root?.traceId);
          expect(ids).toContain(call.parentSpanId);
          expect(call.error).toBe('no job a');
          expect(call.attributes).toMatchObject({
            'rpc.service': 'carillon.v1.JobRegistry',
            'rpc.method': 'GetJob',
          });
        }
        expect(calls.map((call) => call.spanId)).toContain(seen?.split('-')[2]);
      } finally {
        await telemetry.shutdown();
      }
    });
  });
}

export const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => Promise.reject(new Error('did not fail')),
    (error: unknown) => error,
  );

export const someJob: Job = {
  uid: 'u',
  revision: 1,
  createdAt: 0,
  definedAt: 0,
  spec: {
    id: 'a',
    dependencies: [],
    labels: {},
    schedules: [],
    run: {
      cpus: 1,
      mem: 32,
      disk: 0,
      gpus: 0,
      args: [],
      env: {},
      placement: { constraints: [] },
      artifacts: [],
      maxLaunchDelay: 3600,
      volumes: [],
      restart: { policy: 'NEVER' },
      secrets: {},
      networks: [],
      parameters: [],
    },
  },
};

const throwing = (): never => {
  throw new TypeError('bug');
};
