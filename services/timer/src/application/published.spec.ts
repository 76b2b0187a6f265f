import {
  asJsonMessage,
  decodeEvent,
  type WorkflowRunEnded,
  type WorkflowRunStarted,
} from '@carillon/contracts';
import type { StoredEvent } from '@carillon/event-store';
import { describe, expect, test } from 'vitest';
import { toPublic } from './published.js';

const stored = (type: string, data: object) =>
  ({
    ...{ type, data, recordedAt: 1, schemaVersion: 1, stream: 'workflow-r1', version: 1 },
    metadata: { eventId: 'e1' },
  }) as unknown as StoredEvent;
/** What a message may have in Kafka, unless told otherwise. */
const MOST = 1_000_000;

function published(type: string, data: object) {
  const message = toPublic(stored(type, data));
  const event = message && decodeEvent(message);
  const bytes = message ? Math.max(message.value.byteLength, asJsonMessage(message).value.byteLength) : 0;
  return { bytes, data: event?.data };
}

/** Jobs in layers, each dependent on all of the layer before. */
function layers(count: number, size: number): WorkflowRunStarted['jobs'] {
  const id = (layer: number, n: number) => `group.of.jobs.layer-${layer}.job-${n}`;
  const of = (layer: number) => Array.from({ length: layer < 0 ? 0 : size }, (_, n) => id(layer, n));
  return Array.from({ length: count }, (_, layer) =>
    of(layer).map((jobId) => ({ jobId, uid: `u-${jobId}`, revision: 1, parents: of(layer - 1) })),
  ).flat();
}

describe('a round of very many jobs', () => {
  const round = { jobId: 'a', uid: 'u-a', workflowRunId: 'r1' };

  test('is published without them, for no message may be larger than its log takes', () => {
    const started = { ...round, runId: 'r1', startedAt: 1 };
    const few = layers(2, 10);
    expect(published('WorkflowRunStarted', { ...started, jobs: few }).data).toMatchObject({ jobs: few });
    const { bytes, data } = published('WorkflowRunStarted', { ...started, jobs: layers(3, 150) });
    expect(bytes).toBeLessThan(MOST);
    expect(data).toMatchObject({ ...started, jobs: [] });
  });

  test('ends so as well', () => {
    const ended: WorkflowRunEnded = {
      ...{ ...round, endedAt: 2, outcome: 'failed' },
      notRun: layers(1, 20_000).map(({ jobId, uid }) => ({ jobId, uid, reason: 'parentNotRun' })),
    };
    const { bytes, data } = published('WorkflowRunEnded', ended);
    expect(bytes).toBeLessThan(MOST);
    expect(data).toMatchObject({ ...round, outcome: 'failed', notRun: [] });
  });
});
