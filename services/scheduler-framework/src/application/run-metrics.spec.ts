import type { Trigger } from '@carillon/contracts';
import { replay } from '@carillon/event-sourcing';
import { prometheusText } from '@carillon/service-runtime';
import { expect, test } from 'vitest';
import { runDecider } from '../domain/run/run.decide.js';
import type { RunEvent } from '../domain/run/run.events.js';
import { observeRecorded } from './run-metrics.js';

const ref = { uid: 'u1', runId: 'r1' };
const id = { jobId: 'a', ...ref };

/** The lags of a run of this trigger that was due two seconds before it was queued. */
async function lagsOf(trigger: Trigger, startAt?: number): Promise<(number | undefined)[]> {
  const before = await sums();
  const attempt = { ...id, attempt: 1, taskId: 't1' };
  const restart = { policy: 'NEVER' } as const;
  const events: RunEvent[] = [
    {
      type: 'RunQueued',
      data: {
        ...id,
        revision: 1,
        trigger,
        dueAt: 1_000,
        queuedAt: 3_000,
        restart,
        ...(startAt === undefined ? {} : { startAt }),
      },
    },
    { type: 'AttemptLaunched', data: { ...attempt, agentId: 'a1', hostname: 'h1', launchedAt: 3_500 } },
    { type: 'AttemptStarted', data: { ...attempt, startedAt: 4_000 } },
  ];
  observeRecorded({ ref, events, run: replay(runDecider, events), version: 3, trace: {} });
  const after = await sums();
  return ['queued', 'launched', 'running'].map((hop) => (after.get(hop) ?? 0) - (before.get(hop) ?? 0));
}

async function sums(): Promise<Map<string, number>> {
  const lines = (await prometheusText()).matchAll(/^scheduler_fire_lag_seconds_sum\{hop="(\w+)"\} (\S+)$/gm);
  return new Map(Array.from(lines, ([, hop = '', sum]) => [hop, Number(sum)]));
}

test('a run is late by what lies between its due instant and each hop', async () => {
  expect(await lagsOf('schedule')).toEqual([2, 2.5, 3]);
});

test('a run that jitter delays is late from the end of that', async () => {
  expect(await lagsOf('schedule', 2_900)).toEqual(
    [0.1, 0.6, 1.1].map((lag) => expect.closeTo(lag) as number),
  );
});

test('a run of a backfill is late from when it was queued: its instant was past before anyone asked for it', async () => {
  expect(await lagsOf('backfill')).toEqual([0, 0.5, 1]);
});
