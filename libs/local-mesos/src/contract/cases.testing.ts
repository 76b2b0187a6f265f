import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Offer, TaskInfo } from '@carillon/mesos';
import { expect } from 'vitest';
import {
  scalar,
  task,
  TestFramework,
  type TestFrameworkOptions,
  uniqueTaskId,
} from './test-framework.testing.js';

export interface ContractContext {
  readonly master: string;
  /** Subscribes; torn down after the case. */
  framework(options?: TestFrameworkOptions): Promise<TestFramework>;
}

export interface ContractCase {
  readonly name: string;
  /** Why it cannot run on the real Mesos of test/rigs/mesos. */
  readonly notOnRig?: string;
  run(context: ContractContext): Promise<void>;
}

async function ends(context: ContractContext, cmd: string, state: string): Promise<string | undefined> {
  const framework = await context.framework();
  const id = uniqueTaskId('ends');
  await framework.launch(task({ id, cmd }));
  return (await framework.status(id, state)).message;
}

async function refusedTask(
  context: ContractContext,
  make: (offer: Offer) => TaskInfo,
  state: string,
): Promise<{ message: string; reason: string; source: string }> {
  const framework = await context.framework();
  let id = '';
  await framework.launch((offer) => {
    const info = make(offer);
    id = info.taskId.value;
    return info;
  });
  const { message = '', reason = '', source = '', uuid } = await framework.status(id, state);
  expect(uuid).toBeUndefined();
  return { message, reason, source };
}

export const lifeOfTasks: readonly ContractCase[] = [
  {
    name: 'a command that succeeds: STARTING, RUNNING, FINISHED, from the executor, each to be acknowledged',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('ok');
      const offer = await framework.launch(task({ id, cmd: 'echo hello; exit 0' }));
      await framework.status(id, 'TASK_FINISHED');
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
      for (const status of framework.statuses(id)) {
        expect(status).toMatchObject({
          source: 'SOURCE_EXECUTOR',
          agentId: offer.agentId,
          executorId: { value: id },
        });
        expect(status.uuid).toHaveLength(16);
        expect(status.containerStatus?.containerId?.value).toMatch(/^[0-9a-f-]{36}$/);
      }
      expect(framework.statuses(id)[2]?.message).toBe('Command exited with status 0');
    },
  },
  {
    name: 'a command that fails: TASK_FAILED with its status',
    run: async (context) =>
      expect(await ends(context, 'exit 3', 'TASK_FAILED')).toBe('Command exited with status 3'),
  },
  {
    name: 'a command that a signal ends: TASK_FAILED with the signal',
    run: async (context) => {
      expect(await ends(context, 'kill -9 $$', 'TASK_FAILED')).toBe('Command terminated with signal Killed');
    },
  },
  {
    name: 'a command that is not found: status 127 of the shell',
    run: async (context) => {
      expect(await ends(context, 'no-such-command-here', 'TASK_FAILED')).toBe(
        'Command exited with status 127',
      );
    },
  },
  {
    name: 'the environment, multi-line values too, and the sandbox as working directory',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('env');
      const cmd =
        'test "$GREETING" = "good\nmorning" && test "$(pwd -P)" = "$(cd "$MESOS_SANDBOX" && pwd -P)"';
      const environment = { variables: [{ name: 'GREETING', value: 'good\nmorning' }] };
      await framework.launch(task({ id, info: { command: { value: cmd, environment } } }));
      await framework.status(id, 'TASK_FINISHED');
    },
  },
  {
    name: 'without a shell: value is executed with arguments as its argv',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('argv');
      const command = {
        shell: false,
        value: '/bin/sh',
        arguments: ['sh', '-c', 'exit $(( $# + 40 ))', 'a', 'b c', ''],
      };
      await framework.launch(task({ id, info: { command } }));
      expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 42');
    },
  },
  {
    name: 'tasks of one ACCEPT are independent',
    run: async (context) => {
      const framework = await context.framework();
      const [a, b, c] = [uniqueTaskId('a'), uniqueTaskId('b'), uniqueTaskId('c')];
      await framework.launch(task({ id: a, cmd: 'exit 1' }), task({ id: b, cpus: 9999 }), task({ id: c }));
      await framework.status(a, 'TASK_FAILED');
      await framework.status(b, 'TASK_ERROR');
      await framework.status(c, 'TASK_FINISHED');
    },
  },
  {
    name: 'max_completion_time: TASK_FAILED with its reason',
    notOnRig: 'its executor is a stand-in without max_completion_time',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('max');
      await framework.launch(
        task({ id, cmd: 'sleep 60', info: { maxCompletionTime: { nanoseconds: 2e8 } } }),
      );
      const status = await framework.status(id, 'TASK_FAILED');
      expect(status.reason).toBe('REASON_MAX_COMPLETION_TIME_REACHED');
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']);
    },
  },
  {
    name: 'a docker task on an agent without Docker: TASK_FAILED from the agent',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('docker');
      const container = { type: 'DOCKER' as const, docker: { image: 'busybox' } };
      await framework.launch(task({ id, info: { container } }));
      const failed = await framework.status(id, 'TASK_FAILED');
      expect(failed).toMatchObject({ source: 'SOURCE_AGENT', reason: 'REASON_EXECUTOR_TERMINATED' });
      expect(failed.message).toMatch(/^Abnormal executor termination: /);
      expect(framework.states(id)).toEqual(['TASK_FAILED']);
    },
  },
  {
    name: 'a docker image or a volume for the Mesos containerizer without an image store: TASK_FAILED from the agent',
    run: async (context) => {
      const framework = await context.framework();
      const [image, volume] = [uniqueTaskId('image'), uniqueTaskId('volume')];
      const mesos = { image: { type: 'DOCKER' as const, docker: { name: 'busybox' } } };
      const volumes = [{ mode: 'RW' as const, containerPath: '/x', hostPath: '/tmp' }];
      await framework.launch(
        task({ id: image, info: { container: { type: 'MESOS', mesos } } }),
        task({ id: volume, info: { container: { type: 'MESOS', volumes } } }),
      );
      for (const id of [image, volume]) {
        const failed = await framework.status(id, 'TASK_FAILED');
        expect(failed).toMatchObject({ source: 'SOURCE_AGENT', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
        expect(failed.message).toMatch(/^Failed to launch container: /);
        expect(failed.uuid).toHaveLength(16);
      }
    },
  },
  {
    name: 'a URI that is fetched, made executable, and named',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('uri');
      const source = join(tmpdir(), id);
      writeFileSync(source, '#!/bin/sh\nexit 6\n');
      const uris = [{ value: `file://${source}`, executable: true, extract: false }];
      await framework.launch(task({ id, info: { command: { value: `./${id}`, uris } } }));
      expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 6');
      rmSync(source);
    },
  },
  {
    name: 'a URI that cannot be fetched: TASK_FAILED from the agent, and nothing before',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('nouri');
      await framework.launch(
        task({ id, info: { command: { value: 'true', uris: [{ value: 'file:///no/such' }] } } }),
      );
      const failed = await framework.status(id, 'TASK_FAILED');
      expect(failed).toMatchObject({ source: 'SOURCE_AGENT', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
      expect(failed.message).toMatch(/^Failed to launch container: Failed to fetch all URIs for container '/);
      expect(framework.states(id)).toEqual(['TASK_FAILED']);
    },
  },
];

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
];

export const badTasks: readonly ContractCase[] = [
  {
    name: 'an id with a slash: TASK_ERROR',
    run: async (context) => {
      expect(await refusedTask(context, task({ id: 'a/b' }), 'TASK_ERROR')).toEqual({
        message: "'a/b' contains invalid characters",
        reason: 'REASON_TASK_INVALID',
        source: 'SOURCE_MASTER',
      });
    },
  },
  {
    name: 'more than the offer has: TASK_ERROR that says what',
    run: async (context) => {
      const { message } = await refusedTask(
        context,
        task({ id: uniqueTaskId('big'), cpus: 9999 }),
        'TASK_ERROR',
      );
      expect(message).toMatch(
        /^Total resources cpus\(allocated: \*\):9999.* required by task and its executor is more than available ports/,
      );
    },
  },
  {
    name: 'no resources: TASK_ERROR',
    run: async (context) => {
      const id = uniqueTaskId('none');
      const { message } = await refusedTask(context, task({ id, info: { resources: [] } }), 'TASK_ERROR');
      expect(message).toBe('Task uses no resources');
    },
  },
  {
    name: 'neither command nor executor: TASK_ERROR',
    run: async (context) => {
      const make = (offer: Offer): TaskInfo => {
        const { name, taskId, agentId, resources } = task({ id: uniqueTaskId('empty') })(offer);
        return { name, taskId, agentId, resources };
      };
      const { message } = await refusedTask(context, make, 'TASK_ERROR');
      expect(message).toBe(
        'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present',
      );
    },
  },
  {
    name: 'for another agent than the offer: TASK_ERROR',
    run: async (context) => {
      const make = task({ id: uniqueTaskId('else'), info: { agentId: { value: 'elsewhere-S9' } } });
      const { message } = await refusedTask(context, make, 'TASK_ERROR');
      expect(message).toMatch(/^Task uses invalid agent elsewhere-S9 while agent .*-S\d+ is expected$/);
    },
  },
  {
    name: 'the id of a task that runs: TASK_ERROR',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('twin');
      await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      await framework.launch(task({ id }));
      expect((await framework.status(id, 'TASK_ERROR')).message).toBe(`Task has duplicate ID: ${id}`);
    },
  },
  {
    name: 'on an offer that is gone: TASK_DROPPED, or TASK_LOST for the not partition-aware',
    run: async (context) => {
      for (const [state, capabilities] of [
        ['TASK_DROPPED', [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }]],
        ['TASK_LOST', [{ type: 'MULTI_ROLE' }]],
      ] as const) {
        const framework = await context.framework({ framework: { capabilities } });
        const offer = await framework.offer();
        await framework.call({ type: 'DECLINE', decline: { offerIds: [offer.id] } });
        const id = uniqueTaskId('stale');
        const operations = [{ type: 'LAUNCH' as const, launch: { taskInfos: [task({ id })(offer)] } }];
        await framework.call({ type: 'ACCEPT', accept: { offerIds: [offer.id], operations } });
        expect(await framework.status(id, state)).toMatchObject({
          source: 'SOURCE_MASTER',
          reason: 'REASON_INVALID_OFFERS',
          message: `Task launched with invalid offers: Offer ${offer.id.value} is no longer valid`,
        });
        await framework.tearDown();
      }
    },
  },
];

export const updates: readonly ContractCase[] = [
  {
    name: 'the next update comes only after the acknowledgement of the one before',
    run: async (context) => {
      const framework = await context.framework({ acknowledge: false });
      const [slow, quick] = [uniqueTaskId('slow'), uniqueTaskId('quick')];
      await framework.launch(task({ id: slow }), task({ id: quick }));
      await framework.status(slow, 'TASK_STARTING');
      for (const state of ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']) {
        await framework.acknowledge(await framework.status(quick, state));
      }
      expect(framework.states(slow)).toEqual(['TASK_STARTING']);
      await framework.acknowledge(await framework.status(slow, 'TASK_STARTING'));
      await framework.acknowledge(await framework.status(slow, 'TASK_RUNNING'));
      await framework.status(slow, 'TASK_FINISHED');
    },
  },
  {
    name: 'what was not acknowledged comes again, with the same uuid, to the next subscription',
    run: async (context) => {
      const framework = await context.framework({ acknowledge: false });
      const id = uniqueTaskId('again');
      await framework.launch(task({ id }));
      const first = await framework.status(id, 'TASK_STARTING');
      await framework.leave();
      const next = await context.framework({ frameworkId: framework.id });
      const again = await next.until('TASK_STARTING again', () => next.statuses(id)[0], 30_000);
      expect(Buffer.from(again.uuid ?? [])).toEqual(Buffer.from(first.uuid ?? []));
      await next.status(id, 'TASK_FINISHED');
    },
  },
  {
    name: 'reconcile: known, unknown on the agent, unknown anywhere',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('known');
      const { agentId } = await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      const tasks = [
        { taskId: { value: id }, agentId },
        { taskId: { value: 'gone' }, agentId },
        { taskId: { value: 'never' } },
      ];
      await framework.call({ type: 'RECONCILE', reconcile: { tasks } });
      const common = { source: 'SOURCE_MASTER', reason: 'REASON_RECONCILIATION' };
      const known = await framework.until('the answer', () =>
        framework.statuses(id).find(({ reason }) => reason === 'REASON_RECONCILIATION'),
      );
      const message = 'Reconciliation: Latest task state';
      expect(known).toMatchObject({ state: 'TASK_RUNNING', ...common, message });
      expect(await framework.status('gone', 'TASK_GONE')).toMatchObject({
        ...common,
        message: 'Reconciliation: Task is unknown to the agent',
      });
      expect(await framework.status('never', 'TASK_UNKNOWN')).toMatchObject({
        ...common,
        message: 'Reconciliation: Task is unknown',
      });
      expect(known.uuid).toBeUndefined();
    },
  },
  {
    name: 'reconcile without tasks: every task of the framework, ended ones too until they are acknowledged',
    run: async (context) => {
      const framework = await context.framework({ acknowledge: false });
      const [a, b] = [uniqueTaskId('a'), uniqueTaskId('b')];
      await framework.launch(task({ id: a, cmd: 'sleep 60' }), task({ id: b, cmd: 'exit 1' }));
      await framework.acknowledge(await framework.status(a, 'TASK_STARTING'));
      await framework.status(a, 'TASK_RUNNING');
      await framework.status(b, 'TASK_STARTING');
      await framework.call({ type: 'RECONCILE', reconcile: { tasks: [] } });
      for (const [id, state] of [
        [a, 'TASK_RUNNING'],
        [b, 'TASK_STARTING'],
      ] as const) {
        await framework.until(`the answer for ${id}`, () =>
          framework
            .statuses(id)
            .find((status) => status.reason === 'REASON_RECONCILIATION' && status.state === state),
        );
      }
    },
  },
];

export const offers: readonly ContractCase[] = [
  {
    name: 'what a task does not use is offered again, less what it uses, and all of it when it has ended',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('part');
      const whole = await framework.launch(task({ id, cmd: 'sleep 60', cpus: 0.5, mem: 100 }));
      const rest = await framework.offer();
      expect(scalar(rest, 'cpus')).toBeCloseTo(scalar(whole, 'cpus') - 0.5, 3);
      expect(scalar(rest, 'mem')).toBeCloseTo(scalar(whole, 'mem') - 100, 3);
      await framework.call({
        type: 'DECLINE',
        decline: { offerIds: [rest.id], filters: { refuseSeconds: 0 } },
      });
      await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
      await framework.status(id, 'TASK_KILLED');
      let back = await framework.offer();
      while (scalar(back, 'cpus') < scalar(whole, 'cpus')) {
        await framework.call({
          type: 'DECLINE',
          decline: { offerIds: [back.id], filters: { refuseSeconds: 0 } },
        });
        back = await framework.offer();
      }
      expect(scalar(back, 'mem')).toBeGreaterThanOrEqual(scalar(whole, 'mem'));
    },
  },
  {
    name: 'declined without refusal, offered again by itself',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      await framework.call({ type: 'DECLINE', decline: { offerIds: [id], filters: { refuseSeconds: 0 } } });
      await framework.until('another offer', () => (framework.hasOffer ? true : undefined));
    },
  },
  {
    name: 'ACCEPT without operations declines',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      const accept = { offerIds: [id], operations: [], filters: { refuseSeconds: 0 } };
      await framework.call({ type: 'ACCEPT', accept });
      await framework.until('another offer', () => (framework.hasOffer ? true : undefined));
    },
  },
  {
    name: 'declined for long, not offered until REVIVE',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      await framework.call({
        type: 'DECLINE',
        decline: { offerIds: [id], filters: { refuseSeconds: 1000 } },
      });
      await expect(
        framework.until('an offer', () => (framework.hasOffer ? true : undefined), 1_500),
      ).rejects.toThrow();
      await framework.call({ type: 'REVIVE' });
      await framework.until('an offer', () => (framework.hasOffer ? true : undefined));
    },
  },
  {
    name: 'SUPPRESS holds until REVIVE',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = await framework.offer();
      const decline = { offerIds: [id], filters: { refuseSeconds: 0 } };
      await framework.call({ type: 'SUPPRESS' }, { type: 'DECLINE', decline });
      await expect(
        framework.until('an offer', () => (framework.hasOffer ? true : undefined), 1_500),
      ).rejects.toThrow();
      await framework.call({ type: 'REVIVE' });
      await framework.until('an offer', () => (framework.hasOffer ? true : undefined));
    },
  },
];

export const subscriptions: readonly ContractCase[] = [
  {
    name: 'SUBSCRIBED with the id and the interval, then HEARTBEAT at once; in JSON too',
    run: async (context) => {
      for (const format of ['protobuf', 'json'] as const) {
        const framework = await context.framework({ format });
        await framework.until('HEARTBEAT', () => framework.events.find(({ type }) => type === 'HEARTBEAT'));
        expect(framework.events[0]).toMatchObject({
          type: 'SUBSCRIBED',
          subscribed: { frameworkId: { value: framework.id }, masterInfo: { version: '1.11.0' } },
        });
        expect(framework.events[1]?.type).toBe('HEARTBEAT');
        expect(framework.id).toMatch(/^[0-9a-f-]{36}-\d{4}$/);
      }
    },
  },
  {
    name: 'a second subscription with the id ends the first: ERROR Framework failed over',
    run: async (context) => {
      const first = await context.framework();
      await context.framework({ frameworkId: first.id });
      await first.until('the end', () => first.disconnections.find(({ terminal }) => terminal));
      expect(first.events.at(-1)).toEqual({ type: 'ERROR', error: { message: 'Framework failed over' } });
    },
  },
  {
    name: 'a torn-down id may not subscribe again: ERROR Framework has been removed',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = framework;
      await framework.tearDown();
      const again = new TestFramework(context.master, { frameworkId: id });
      again.start();
      const end = await again.until('the end', () => again.disconnections[0]);
      expect(end).toMatchObject({ reason: 'Framework has been removed', terminal: true });
      await again.leave();
    },
  },
  {
    name: 'tasks go on while nobody is subscribed',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('alone');
      await framework.launch(task({ id, cmd: 'sleep 0.5; exit 7' }));
      await framework.status(id, 'TASK_RUNNING');
      await framework.leave();
      const next = await context.framework({ frameworkId: framework.id });
      expect((await next.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 7');
    },
  },
];
