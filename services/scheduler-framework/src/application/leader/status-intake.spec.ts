import type { CallBody, TaskState, TaskStatus } from '@carillon/mesos';
import { createLogger } from '@carillon/service-runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ActiveRun } from '../../domain/run/run.state.js';
import type { RunOrder } from '../run-ledger.js';
import { RunBook } from './run-book.js';
import { StatusIntake } from './status-intake.js';

let sent: CallBody[];
let written: RunOrder[];
/** Until it is confirmed that this leader leads, nothing is written. */
let link: {
  frameworkId: string;
  isUnconfirmed: boolean;
  send: (calls: readonly CallBody[]) => Promise<boolean[]>;
};
let intake: StatusIntake;

const running = (n: number): ActiveRun => ({
  ...{ status: 'launched', jobId: 'a', uid: 'u1', runId: `r${n}`, revision: 1, trigger: 'manual' },
  ...{ dueAt: 0, queuedAt: 0, attemptCount: 1, consumed: false, countedAttempts: 0 },
  restart: { policy: 'NEVER' },
  attempts: [
    {
      ...{ attempt: 1, taskId: `t${n}`, agentId: 'a', hostname: 'h', launchedAt: 0, reported: false },
      state: 'TASK_STAGING',
    },
  ],
});

beforeEach(() => {
  [sent, written] = [[], []];
  link = {
    ...{ frameworkId: 'f1', isUnconfirmed: true },
    send: (calls) => {
      sent.push(...calls);
      return Promise.resolve(calls.map(() => true));
    },
  };
  const book = new RunBook();
  for (const n of [1, 2])
    book.see({ ref: { uid: 'u1', runId: `r${n}` }, run: running(n), version: 2, trace: {} });
  intake = new StatusIntake({
    ...{ book, link, clock: () => 5, log: createLogger('spec') },
    ledger: {
      record: (orders) => {
        written.push(...orders);
        return Promise.resolve([]);
      },
    },
    fence: { epoch: 1, hold: () => Promise.resolve() },
    windows: { heard: () => undefined, failed: () => undefined },
    rush: { calm: () => Promise.resolve() },
    ...{ see: () => undefined, onRecorded: () => undefined, onError: () => undefined },
  });
  intake.start();
});
afterEach(() => intake.stop());

const status = (n: number, state: TaskState, uuid?: string): TaskStatus => ({
  ...{ taskId: { value: `t${n}` }, state, agentId: { value: 'a' } },
  ...(uuid === undefined ? {} : { uuid: Buffer.from(uuid) }),
});
const statesWritten = () =>
  written.map(({ ref, command }) => [
    ref.runId,
    command.type === 'RecordTaskStatus' ? command.state : command.type,
  ]);

it('holds an update once, however often the agent sends it again, and acknowledges it once', async () => {
  for (let again = 0; again < 3; again += 1) {
    intake.receive(status(1, 'TASK_RUNNING', 'x'));
    intake.receive(status(2, 'TASK_RUNNING', 'x'));
  }
  intake.receive(status(1, 'TASK_FINISHED', 'y'));
  link.isUnconfirmed = false;
  intake.wake();
  await expect.poll(() => sent.length).toBe(3);
  expect(statesWritten()).toEqual([
    ['r1', 'TASK_RUNNING'],
    ['r2', 'TASK_RUNNING'],
    ['r1', 'TASK_FINISHED'],
  ]);
  expect(sent.map(({ type }) => type)).toEqual(['ACKNOWLEDGE', 'ACKNOWLEDGE', 'ACKNOWLEDGE']);
});

it('holds of what the master says of a task the last word', async () => {
  intake.receive(status(1, 'TASK_UNREACHABLE'));
  intake.receive(status(2, 'TASK_RUNNING', 'x'));
  intake.receive(status(1, 'TASK_RUNNING'));
  link.isUnconfirmed = false;
  intake.wake();
  await expect.poll(() => sent.length).toBe(1);
  expect(statesWritten()).toEqual([
    ['r2', 'TASK_RUNNING'],
    ['r1', 'TASK_RUNNING'],
  ]);
});

it('takes an update again that comes after it was written', async () => {
  link.isUnconfirmed = false;
  intake.receive(status(1, 'TASK_RUNNING', 'x'));
  await expect.poll(() => sent.length).toBe(1);
  intake.receive(status(1, 'TASK_RUNNING', 'x'));
  await expect.poll(() => sent.length).toBe(2);
});
