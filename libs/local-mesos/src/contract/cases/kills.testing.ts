import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ContractCase } from '../contract-case.testing.js';
import { task, uniqueTaskId } from '../test-framework.testing.js';

export const kills: readonly ContractCase[] = [
  {
    name: 'KILL: KILLING, KILLED by SIGTERM',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('kill');
      await framework.launch(task({ id, cmd: 'sleep 60' }));
      const { agentId } = await framework.status(id, 'TASK_RUNNING');
      if (agentId === undefined) throw new Error('no agent id');
      await framework.call({ type: 'KILL', kill: { taskId: { value: id }, agentId } });
      const killed = await framework.status(id, 'TASK_KILLED');
      expect(killed.message).toBe('Command terminated with signal Terminated');
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING', 'TASK_KILLED']);
    },
  },
  {
    name: 'KILL of one that ignores SIGTERM: SIGKILL after the grace period of the call',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('stubborn');
      const ready = join(tmpdir(), id);
      await framework.launch(task({ id, cmd: `trap '' TERM; touch ${ready}; while :; do sleep 0.1; done` }));
      await framework.status(id, 'TASK_RUNNING');
      await framework.until('the trap', () => (existsSync(ready) ? true : undefined));
      rmSync(ready);
      const killPolicy = { gracePeriod: { nanoseconds: 4e8 } };
      const before = performance.now();
      await framework.call({ type: 'KILL', kill: { taskId: { value: id }, killPolicy } });
      const killed = await framework.status(id, 'TASK_KILLED');
      expect(killed.message).toBe('Command terminated with signal Killed');
      expect(performance.now() - before).toBeGreaterThan(390);
    },
  },
  {
    name: 'KILL without TASK_KILLING_STATE: no TASK_KILLING',
    run: async (context) => {
      const framework = await context.framework({
        framework: { capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }] },
      });
      const id = uniqueTaskId('plain');
      await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
      await framework.status(id, 'TASK_KILLED');
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLED']);
    },
  },
  {
    name: 'KILL of an unknown task: TASK_UNKNOWN, reconciliation',
    run: async (context) => {
      const framework = await context.framework();
      await framework.call({ type: 'KILL', kill: { taskId: { value: 'nope' } } });
      const status = await framework.status('nope', 'TASK_UNKNOWN');
      expect(status).toMatchObject({
        source: 'SOURCE_MASTER',
        reason: 'REASON_RECONCILIATION',
        message: 'Reconciliation: Task is unknown',
      });
      expect(status.uuid).toBeUndefined();
    },
  },
  {
    name: 'KILL of an unknown task: of a registered agent TASK_GONE, of another TASK_UNKNOWN',
    run: async (context) => {
      const framework = await context.framework();
      const { agentId } = await framework.offer();
      await framework.call({ type: 'KILL', kill: { taskId: { value: 'gone' }, agentId } });
      expect((await framework.status('gone', 'TASK_GONE')).agentId).toEqual(agentId);
      const elsewhere = { value: 'elsewhere-S9' };
      await framework.call({ type: 'KILL', kill: { taskId: { value: 'nope' }, agentId: elsewhere } });
      expect((await framework.status('nope', 'TASK_UNKNOWN')).agentId).toEqual(elsewhere);
    },
  },
  {
    name: 'KILL with another agent than the task is on: nothing',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('safe');
      await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      const kill = { taskId: { value: id }, agentId: { value: 'elsewhere-S9' } };
      await framework.call({ type: 'KILL', kill });
      // An answer to something later: what KILL caused would have come before.
      await framework.call({ type: 'KILL', kill: { taskId: { value: 'later' } } });
      await framework.status('later', 'TASK_UNKNOWN');
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
    },
  },
  {
    name: 'a second KILL with a shorter grace period is heeded',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('again');
      const ready = join(tmpdir(), id);
      await framework.launch(task({ id, cmd: `trap '' TERM; touch ${ready}; while :; do sleep 0.1; done` }));
      await framework.until('the trap', () => (existsSync(ready) ? true : undefined));
      rmSync(ready);
      await framework.status(id, 'TASK_RUNNING');
      await framework.kill(id, 600);
      await framework.status(id, 'TASK_KILLING');
      await framework.kill(id, 0.1);
      expect((await framework.status(id, 'TASK_KILLED')).message).toBe(
        'Command terminated with signal Killed',
      );
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING', 'TASK_KILLED']);
    },
  },
  {
    name: 'a second KILL with a longer grace period changes nothing, SIGTERM is sent once',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('longer');
      const ready = join(tmpdir(), id);
      const terms = `${ready}.terms`;
      const cmd = `trap 'echo T >> ${terms}' TERM; touch ${ready}; while :; do sleep 0.1; done`;
      await framework.launch(task({ id, cmd }));
      await framework.status(id, 'TASK_RUNNING');
      await framework.until('the trap', () => (existsSync(ready) ? true : undefined));
      await framework.kill(id, 1);
      await framework.status(id, 'TASK_KILLING');
      await framework.kill(id, 600);
      await framework.kill(id, 0.9);
      await framework.status(id, 'TASK_KILLED');
      expect(readFileSync(terms, 'utf8')).toBe('T\n');
      rmSync(ready);
      rmSync(terms);
    },
  },
  {
    name: 'SHUTDOWN of the executor of a command: TASK_KILLED',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('shutdown');
      await framework.launch(task({ id, cmd: 'sleep 60' }));
      const { agentId } = await framework.status(id, 'TASK_RUNNING');
      if (agentId === undefined) throw new Error('no agent id');
      await framework.call({ type: 'SHUTDOWN', shutdown: { agentId, executorId: { value: id } } });
      expect(await framework.status(id, 'TASK_KILLED')).toMatchObject({
        source: 'SOURCE_EXECUTOR',
        message: 'Command terminated with signal Terminated',
      });
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING', 'TASK_KILLED']);
    },
  },
];
