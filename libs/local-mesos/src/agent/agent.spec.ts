import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NO_RESOURCES } from '../master/resources.js';
import { StateLog } from '../state/state-log.js';
import { Agent } from './agent.js';
import { StatusUpdates } from './status-updates.js';
import { newTask, type Task } from './task.js';
import type { TaskRunner, TaskRunnerEvents } from './task-runner.js';

const DAY_MS = 24 * 3_600_000;
const signal = vi.fn<TaskRunner['signal']>();
const log = StateLog.withoutFile();
let runner: TaskRunnerEvents;
let agent: Agent;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  signal.mockClear();
  agent = new Agent({
    ip: '127.0.0.1',
    log,
    updates: new StatusUpdates({
      log,
      deliver: () => undefined,
      onForgotten: () => undefined,
      retryMinMs: 10,
    }),
    createRunner: (events) => {
      runner = events;
      const nothing = () => undefined;
      return {
        ...{ assignLauncher: () => 1, run: nothing, adopt: nothing, recover: nothing, signal },
        stop: () => Promise.resolve(),
      };
    },
    onEnded: () => undefined,
    onExecutorEnded: () => undefined,
  });
});
afterEach(() => vi.useRealTimers());

function running(days: { readonly limit?: number }): Task {
  const info = {
    ...{
      name: 't',
      taskId: { value: 't' },
      agentId: { value: 'a' },
      resources: [],
      command: { value: 'true' },
    },
    ...(days.limit === undefined ? {} : { maxCompletionTime: { nanoseconds: days.limit * DAY_MS * 1e6 } }),
  };
  const launched = {
    info,
    containerId: 'c',
    frameworkId: 'f',
    sandbox: '/s',
    launcher: 1,
    launchedAt: Date.now(),
  };
  const task = newTask(launched, NO_RESOURCES, '*', 10);
  agent.launch(task);
  runner.onPrepared('c');
  runner.onStarted('c', 1, Date.now());
  return task;
}

it('a max_completion_time of thirty days is thirty days: timers hold 24.8', () => {
  running({ limit: 30 });
  vi.advanceTimersByTime(29 * DAY_MS);
  log.flush();
  expect(signal).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2 * DAY_MS);
  log.flush();
  expect(signal).toHaveBeenCalledWith('c', 'SIGTERM');
});

it('so is a grace period of thirty days', () => {
  const task = running({});
  agent.kill(task, { cause: 'framework', graceMs: 30 * DAY_MS }, false);
  log.flush();
  vi.advanceTimersByTime(29 * DAY_MS);
  expect(signal.mock.calls).toEqual([['c', 'SIGTERM']]);
  vi.advanceTimersByTime(2 * DAY_MS);
  expect(signal.mock.calls).toEqual([
    ['c', 'SIGTERM'],
    ['c', 'SIGKILL'],
  ]);
});
