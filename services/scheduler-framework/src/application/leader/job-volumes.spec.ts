import type { Offer } from '@carillon/mesos';
import { createLogger } from '@carillon/service-runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { initialJobRuns, type JobRunsState } from '../../domain/job-runs/job-runs.state.js';
import type { RunEvent } from '../../domain/run/run.events.js';
import { evolveRun } from '../../domain/run/run.evolve.js';
import type { RunState } from '../../domain/run/run.state.js';
import { type AttemptVolume, reservedDisk, volumeResource } from '../../domain/volumes/persistent-volume.js';
import { JobVolumes } from './job-volumes.js';
import { RunBook } from './run-book.js';

const ref = { uid: 'u1', runId: 'r1' };
const owner = { framework: 'carillon' };
const disk = { name: 'disk', type: 'SCALAR' as const, allocationInfo: { role: 'night' } };
const volume = (attempt = 1): AttemptVolume => ({
  ...{ containerPath: 'data', persistenceId: `u1.r1.${attempt}.data`, size: 8 },
});
const resource = (attempt = 1, framework = owner) => volumeResource(volume(attempt), disk, framework, 'u1');
const offering = (...resources: Offer['resources']): Offer => ({
  ...{ id: { value: 'o1' }, frameworkId: { value: 'f1' }, agentId: { value: 'a1' }, hostname: 'h1' },
  ...{ resources, attributes: [], executorIds: [] },
});

const identity = { jobId: 'a.b', ...ref };
const queued: RunEvent = {
  type: 'RunQueued',
  data: {
    ...{ ...identity, revision: 1, trigger: 'manual', dueAt: 0, queuedAt: 0 },
    restart: { policy: 'NEVER' },
  },
};
const launched: RunEvent = {
  type: 'AttemptLaunched',
  data: {
    ...{ ...identity, attempt: 1, taskId: 't1', agentId: 'a1', hostname: 'h1', launchedAt: 1 },
    volumes: [volume()],
  },
};
const started: RunEvent = {
  type: 'AttemptStarted',
  data: { ...identity, attempt: 1, taskId: 't1', startedAt: 2 },
};
const ended: RunEvent = {
  type: 'AttemptEnded',
  data: { ...identity, attempt: 1, taskId: 't1', state: 'TASK_FINISHED', endedAt: 3 },
};
const stateAfter = (...events: RunEvent[]) => events.reduce<RunState>(evolveRun, { status: 'none' });

let book: RunBook;
let onDisk: JobRunsState | undefined;
let reads: number;
/** What happens while it is read, before the answer is there. */
let meanwhile: () => void;
let volumes: JobVolumes;

beforeEach(() => {
  book = new RunBook();
  onDisk = initialJobRuns;
  reads = 0;
  meanwhile = () => undefined;
  volumes = new JobVolumes({
    store: {
      loadStates: (_, streams) => {
        reads += 1;
        const state = onDisk;
        meanwhile();
        const found = state === undefined ? [] : streams.map((of) => [of, { version: 1, state }] as const);
        return Promise.resolve(new Map(found));
      },
    },
    ...{ book, framework: 'carillon', log: createLogger('spec') },
  });
});

const see = (...events: RunEvent[]) => {
  const version = events.length;
  const recorded = { ref, events: events.slice(-1), run: stateAfter(...events), version, trace: {} };
  volumes.saw(recorded);
  book.see(recorded);
};
const kept = (): JobRunsState => ({
  ...initialJobRuns,
  volumes: [{ ...volume(), agentId: 'a1', hostname: 'h1', revision: 1 }],
});
const strays = async (...resources: Offer['resources']) =>
  [...(await volumes.strays([offering(...resources)])).values()].flat().map((stray) => stray.resource);

describe('what is offered', () => {
  it('is given back unless its job has it', async () => {
    onDisk = kept();
    expect(await strays(resource(1), resource(2))).toEqual([resource(2)]);
    expect(await strays(reservedDisk(resource(1)))).toEqual([reservedDisk(resource(1))]);
  });

  it('stays where it is of another framework, or of a job that is not known here', async () => {
    expect(await strays(resource(1, { framework: 'another' }))).toEqual([]);
    onDisk = undefined;
    volumes.changed(undefined);
    expect(await strays(resource(1), reservedDisk(resource(1)))).toEqual([]);
  });

  it('stays while what became of its attempt is not on disk yet', async () => {
    see(queued, launched);
    expect(await strays(resource(1), resource(2))).toEqual([resource(2)]);
  });

  it('stays when it is kept while that is looked up', async () => {
    see(queued, launched);
    meanwhile = () => {
      meanwhile = () => undefined;
      onDisk = kept();
      see(queued, launched, started);
      see(queued, launched, started, ended);
    };
    expect(await strays(resource(1))).toEqual([]);
    expect(reads).toBe(2);
  });

  it('is looked up at once for all offers', async () => {
    onDisk = kept();
    const ofAnother = volumeResource(volume(2), disk, owner, 'u2');
    const offers = [offering(resource(1)), offering(ofAnother), offering()];
    const strays = await volumes.strays(offers);
    expect(offers.map((offer) => strays.get(offer)?.length)).toEqual([0, 1, 0]);
    expect(reads).toBe(1);
  });

  it('is looked up once, until something changes', async () => {
    onDisk = kept();
    await strays(resource(1));
    await strays(resource(1));
    expect(reads).toBe(1);
    onDisk = { ...initialJobRuns, closed: true };
    volumes.changed('u1');
    expect(await strays(resource(1))).toEqual([resource(1)]);
  });
});

describe('after an attempt with a volume', () => {
  it('nothing is left where the job keeps it', async () => {
    onDisk = kept();
    see(queued, launched);
    see(queued, launched, started);
    see(queued, launched, started, ended);
    expect(await volumes.anyLeft()).toBe(false);
  });

  it('it is left where the job does not, which is said once', async () => {
    see(queued, launched);
    expect(await volumes.anyLeft()).toBe(false);
    see(queued, launched, ended);
    expect(await volumes.anyLeft()).toBe(true);
    expect(await volumes.anyLeft()).toBe(false);
  });
});
