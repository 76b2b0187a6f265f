import type {
  HistoryApi,
  JobRegistryApi,
  RecordedEvent,
  Run,
  RunPlace,
  RunKey,
  RunOutcome,
  SchedulerFrameworkApi,
} from '@carillon/contracts';
import { domainError, notFound } from '@carillon/event-sourcing';
import { manualRunId } from '@carillon/time';

const key = ({ uid, runId }: RunKey) => `${uid}/${runId}`;

/**
 * The services behind the gateway that need a cluster, in memory: runs are placed and end as their command says (`true`,
 * `exit n`, `sleep`), and history hears of an end a while after the framework.
 */
export function fakeServices(registry: JobRegistryApi): {
  framework: SchedulerFrameworkApi;
  history: HistoryApi;
} {
  const runs = new Map<string, Run>();
  const recorded = new Map<string, Run>();
  const closed = new Set<string>();

  const events: RecordedEvent[] = [];
  const tell = (type: string, { jobId, uid, runId }: Run) => {
    const position = events.length + 1;
    const dataJson = JSON.stringify({ jobId, uid, runId });
    events.push({
      position,
      type: `carillon.${type}`,
      eventId: `e${position}`,
      jobId,
      time: Date.now(),
      dataJson,
    });
  };

  const set = (run: Run) => {
    runs.set(key(run), run);
    return run;
  };
  const get = (request: RunKey) => {
    const run = runs.get(key(request));
    if (run) return run;
    throw notFound('runNotFound', 'Job Run not found');
  };
  const ofKey = (uid: string, idempotencyKey = '') =>
    [...runs.values()].find((run) => run.uid === uid && run.reason === `key ${idempotencyKey}`);
  const end = (run: Run, outcome: RunOutcome) => {
    const ended = set({
      ...run,
      status: 'ended',
      outcome,
      endedAt: Date.now(),
      stopRequested: outcome === 'killed',
    });
    setTimeout(() => {
      recorded.set(key(ended), ended);
      tell('RunEnded', ended);
    }, 40);
    setTimeout(() => runs.delete(key(ended)), 80);
    return ended;
  };
  const runOn = async ({ jobId, uid, revision, runId }: Run) => {
    const { spec } = await registry.getRevision({ jobId, uid, revision });
    const { cmd, cpus } = spec.run;
    const queued = runs.get(key({ uid, runId }));
    if (cpus > 64 || queued?.status !== 'queued') return;
    const now = Date.now();
    const attempt = {
      attempt: 1,
      taskId: `${jobId.replaceAll('.', '_')}_${runId}.fake`,
      agentId: 'agent',
      hostname: 'localhost',
      state: 'TASK_RUNNING',
      launchedAt: now,
      startedAt: now,
    };
    const running = set({ ...queued, status: 'running', attempts: [attempt] });
    if (cmd === 'true' || cmd?.startsWith('exit')) {
      setTimeout(() => end(running, cmd === 'true' ? 'succeeded' : 'failed'), 30);
    }
  };

  const framework: SchedulerFrameworkApi = {
    getRunOfKey: async ({ uid, idempotencyKey }) => {
      const known = ofKey(uid, idempotencyKey);
      if (known) return Promise.resolve(known);
      throw notFound('runNotFound', 'no run was started with this idempotency key');
    },
    startRun: ({ jobId, uid, revision, idempotencyKey, runId: chosen, overrides }) => {
      const createdAt = Date.now();
      const known = ofKey(uid, idempotencyKey);
      if (known) return Promise.resolve(known);
      const runId = chosen ?? manualRunId({ uid, key: idempotencyKey ?? crypto.randomUUID(), createdAt });
      const run = set({
        jobId,
        uid,
        revision,
        runId,
        trigger: 'manual',
        dueAt: createdAt,
        queuedAt: createdAt,
        status: 'queued',
        attempts: [],
        stopRequested: false,
        ...(overrides === undefined ? {} : { overrides }),
        ...(idempotencyKey === undefined ? {} : { reason: `key ${idempotencyKey}` }),
      });
      tell('RunQueued', run);
      setTimeout(() => void runOn(run), 20);
      return Promise.resolve(run);
    },
    stopRun: async (request) => Promise.resolve(end(get(request), 'killed')),
    getRun: async (request) => Promise.resolve(get(request)),
    listRuns: ({ uids, activeOnly }) =>
      Promise.resolve({
        runs: [...runs.values()].filter(
          (run) => (uids.length === 0 || uids.includes(run.uid)) && (!activeOnly || run.status !== 'ended'),
        ),
      }),
    findCurrentRuns: ({ limit, before, uid, jobPrefix = '', trigger, status, outcome }) => {
      const is = <T>(wanted: T | undefined, of: T) => wanted === undefined || wanted === of;
      const found = [...runs.values()]
        .filter((run) => is(uid, run.uid) && run.jobId.startsWith(jobPrefix) && is(trigger, run.trigger))
        .filter((run) => is(status, run.status) && is(outcome, run.outcome))
        .filter((run) => before === undefined || newestFirst(run, before) > 0)
        .sort(newestFirst);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return Promise.resolve({
        runs: page,
        ...(last ? { next: { queuedAt: last.queuedAt, runId: last.runId, uid: last.uid } } : {}),
      });
    },
    closeJob: async ({ uid, stopRuns }) => {
      const active = [...runs.values()].filter((run) => run.uid === uid && run.status !== 'ended');
      if (active.length > 0 && !stopRuns) throw domainError('activeRuns', 'there are active runs');
      for (const run of active) end(run, 'killed');
      closed.add(uid);
      return Promise.resolve({ stoppedRuns: active.length });
    },
    getPlacement: ({ jobId, runId }) =>
      Promise.resolve({ jobId, runId, status: 'queued', offers: 0, lacks: [] }),
    listQueue: () => Promise.resolve({ runs: [], total: 0 }),
    getLeader: () => Promise.resolve({ holder: 'here:9000', epoch: 1 }),
  };

  const ended = (uids: readonly string[]) =>
    [...recorded.values()].filter(({ uid }) => uids.includes(uid)).reverse();
  const history: HistoryApi = {
    listEndedRuns: ({ uid }) => Promise.resolve({ runs: ended([uid]) }),
    findRuns: ({ uid, limit, before, outcome, jobPrefix = '' }) =>
      Promise.resolve({
        runs: [...recorded.values()]
          .filter((run) => (uid ?? run.uid) === run.uid)
          .filter((run) => run.jobId.startsWith(jobPrefix) && (outcome ?? run.outcome) === run.outcome)
          .sort((a, b) => b.queuedAt - a.queuedAt || (a.runId < b.runId ? 1 : -1))
          .filter(
            (run) =>
              !before ||
              run.queuedAt < before.queuedAt ||
              (run.queuedAt === before.queuedAt && run.runId < before.runId),
          )
          .slice(0, limit),
      }),
    listRecentRuns: ({ uids }) => Promise.resolve({ runs: ended(uids) }),
    getEndedRun: async (request) => {
      const run = recorded.get(key(request));
      if (!run) throw notFound('runNotFound', 'Job Run not found');
      return Promise.resolve(run);
    },
    getSummaries: ({ uids }) =>
      Promise.resolve({
        summaries: uids.map((uid) => {
          const all = ended([uid]);
          const successCount = all.filter(({ outcome }) => outcome === 'succeeded').length;
          const failureCount = all.length - successCount;
          return { uid, successCount, failureCount, skippedCount: 0, missedCount: 0 };
        }),
      }),
    haveRuns: (request) => Promise.resolve({ runs: request.runs.filter((run) => recorded.has(key(run))) }),
    getSkips: () => Promise.resolve({ skips: [] }),
    listEvents: ({ after, limit, jobId, runId }) =>
      Promise.resolve({
        events: events
          .filter((event) => event.position > after && (jobId ?? event.jobId) === event.jobId)
          .filter((event) => runId === undefined || event.dataJson.includes(`"${runId}"`))
          .slice(0, limit),
      }),
  };
  return { framework, history };
}

const newestFirst = (a: RunPlace, b: RunPlace) => b.queuedAt - a.queuedAt || (a.runId < b.runId ? 1 : -1);
