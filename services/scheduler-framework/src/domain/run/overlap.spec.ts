import { replay } from '@carillon/event-sourcing';
import { expect, it } from 'vitest';
import { blockerOf } from './overlap.js';
import { runDecider } from './run.decide.js';
import type { RunEvent } from './run.events.js';
import type { ActiveRun } from './run.state.js';

const id = (runId: string) => ({ jobId: 'a', uid: 'u', runId });

function run(runId: string, queuedAt: number, overlap?: 'QUEUE' | 'REPLACE', ...more: RunEvent[]) {
  const policy = { restart: { policy: 'NEVER' as const }, ...(overlap === undefined ? {} : { overlap }) };
  const facts = { ...id(runId), revision: 1, trigger: 'schedule' as const, dueAt: queuedAt, queuedAt };
  const queued: RunEvent = { type: 'RunQueued', data: { ...facts, ...policy } };
  return { run: replay(runDecider, [queued, ...more]) as ActiveRun };
}
const launched = (runId: string): RunEvent => ({
  type: 'AttemptLaunched',
  data: { ...id(runId), attempt: 1, taskId: 't', agentId: 'a', hostname: 'h', launchedAt: 9 },
});
const stopped = (runId: string): RunEvent => ({
  type: 'RunStopRequested',
  data: { ...id(runId), requestedAt: 9 },
});

it('lets a run without such a policy go', () => {
  const one = run('b', 2);
  expect(blockerOf(one, [run('a', 1, undefined, launched('a')), one])).toBeUndefined();
});

it('makes a queued run wait for those that came earlier and those that have begun', () => {
  const one = run('b', 2, 'QUEUE');
  const earlier = run('a', 1);
  const begun = run('c', 3, undefined, launched('c'));
  expect(blockerOf(one, [one, earlier])).toBe(earlier);
  expect(blockerOf(one, [one, begun])).toBe(begun);
  expect(blockerOf(one, [one, run('c', 3)])).toBeUndefined();
  expect(blockerOf(one, [one, run('a', 2)])).toBeDefined();
  expect(blockerOf(one, [one, run('c', 2)])).toBeUndefined();
});

it('makes a replacing run wait for those that are being stopped', () => {
  const one = run('b', 2, 'REPLACE');
  expect(blockerOf(one, [one, run('a', 1, undefined, launched('a'))])).toBeUndefined();
  expect(blockerOf(one, [one, run('a', 1, undefined, launched('a'), stopped('a'))])).toBeDefined();
});

it('never lets two runs wait for each other', () => {
  const again: RunEvent = {
    type: 'AttemptEnded',
    data: { ...id('b'), attempt: 1, taskId: 't', state: 'TASK_FAILED', endedAt: 10, retryAt: 11 },
  };
  const retried = run('b', 2, 'QUEUE', launched('b'), again);
  const waiting = run('c', 3, 'QUEUE');
  const both = [retried, waiting, run('m', 4, undefined, launched('m'))];
  expect(blockerOf(retried, both)).toBeUndefined();
  expect(blockerOf(waiting, both)).toBe(retried);
});
