import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { parsed } from '../requests.testing.js';
import { task, type TestFramework, uniqueTaskId } from '../test-framework.testing.js';

const CHECKPOINTS = { framework: { checkpoint: true } };

interface KnownAgent {
  readonly agent_info: { readonly id: { readonly value: string } };
  readonly active: boolean;
  readonly deactivated: boolean;
  readonly drain_info?: { readonly state: string };
}

async function known(context: ContractContext, agentId: string): Promise<KnownAgent | undefined> {
  const { agents = [] } = parsed(await context.operator('GET_AGENTS'))['get_agents'] as {
    agents?: readonly KnownAgent[];
  };
  return agents.find(({ agent_info }) => agent_info.id.value === agentId);
}

function rescindOf(offerId: string): (event: Event) => boolean {
  return (event) => event.type === 'RESCIND' && 'rescind' in event && event.rescind.offerId.value === offerId;
}

async function running(
  framework: TestFramework,
  cmd = 'sleep 60',
): Promise<{ id: string; agentId: { readonly value: string } }> {
  const id = uniqueTaskId('on');
  const { agentId } = await framework.launch(task({ id, cmd }));
  await framework.status(id, 'TASK_RUNNING');
  return { id, agentId };
}

/** An agent goes on draining for a moment: until the last executor has ended it drops tasks. */
async function takesTasks(framework: TestFramework, agentId: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    await framework.call({ type: 'REVIVE' });
    const offer = await framework.until('an offer of it', () =>
      framework.heldOffers.find((held) => held.agentId.value === agentId),
    );
    framework.forgetOffer(offer);
    const id = uniqueTaskId('after');
    await framework.launchOn(offer, task({ id }));
    const states = (): readonly string[] => framework.states(id);
    const over = await framework.until('its end', () => states().find((state) => !EARLY.has(state)));
    if (over === 'TASK_FINISHED') return;
    await new Promise((done) => setTimeout(done, 100));
  }
  expect.fail('the agent takes no tasks');
}

const EARLY: ReadonlySet<string> = new Set(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING']);

export const draining: readonly ContractCase[] = [
  {
    name: 'DEACTIVATE_AGENT: RESCIND, its tasks go on; REACTIVATE_AGENT: offers again',
    run: async (context) => {
      const framework = await context.framework();
      const { id, agentId } = await running(framework);
      await framework.call({ type: 'REVIVE' });
      const isHere = ({ agentId: on }: { agentId: { readonly value: string } }): boolean =>
        on.value === agentId.value;
      const offer = await framework.until('an offer of it', () => framework.heldOffers.find(isHere));
      const body = { agent_id: agentId };
      expect(await context.operator('DEACTIVATE_AGENT', body)).toMatchObject({ status: 200, body: '' });
      await framework.until('the rescind', () => framework.events.find(rescindOf(offer.id.value)));
      expect(await known(context, agentId.value)).toMatchObject({ active: false, deactivated: true });
      expect(await context.operator('DEACTIVATE_AGENT', body)).toMatchObject({ status: 200 });
      expect(await context.operator('REACTIVATE_AGENT', body)).toMatchObject({ status: 200, body: '' });
      await framework.until('an offer again', () => framework.heldOffers.find(isHere));
      expect(framework.states(id)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
      expect(await context.operator('REACTIVATE_AGENT', body)).toMatchObject({
        status: 400,
        body: 'Agent is not deactivated',
      });
    },
  },
  {
    name: 'DRAIN_AGENT: its tasks are killed with REASON_AGENT_DRAINING, then it is DRAINED and not offered',
    run: async (context) => {
      const framework = await context.framework();
      const { id, agentId } = await running(framework);
      expect(await context.operator('DRAIN_AGENT', { agent_id: agentId })).toMatchObject({
        status: 200,
        body: '',
      });
      for (const state of ['TASK_KILLING', 'TASK_KILLED']) {
        expect(await framework.status(id, state)).toMatchObject({
          source: 'SOURCE_EXECUTOR',
          reason: 'REASON_AGENT_DRAINING',
        });
      }
      await expect
        .poll(() => known(context, agentId.value), { timeout: 20_000 })
        .toMatchObject({ active: false, deactivated: true, drain_info: { state: 'DRAINED' } });
      expect(await context.operator('REACTIVATE_AGENT', { agent_id: agentId })).toMatchObject({
        status: 200,
      });
      expect((await known(context, agentId.value))?.drain_info).toBeUndefined();
      await takesTasks(framework, agentId.value);
    },
  },
  {
    name: 'an agent that is not there: 400, or 404 for MARK_AGENT_GONE',
    run: async (context) => {
      const body = { agent_id: { value: 'nope-S9' } };
      for (const [type, status, says] of [
        ['DRAIN_AGENT', 400, 'Unknown agent'],
        ['DEACTIVATE_AGENT', 400, 'Unknown agent'],
        ['REACTIVATE_AGENT', 400, 'Agent is not deactivated'],
        ['MARK_AGENT_GONE', 404, "Agent 'nope-S9' not found"],
      ] as const) {
        expect(await context.operator(type, body)).toMatchObject({ status, body: says });
      }
    },
  },
];

export const agentLoss: readonly ContractCase[] = [
  {
    name: 'an agent that is killed: RESCIND at once; back in time, its tasks have gone on',
    run: async (context) => {
      const framework = await context.framework(CHECKPOINTS);
      const gate = join(tmpdir(), uniqueTaskId('gate'));
      const { id, agentId } = await running(framework, `while [ ! -e ${gate} ]; do sleep 0.1; done; exit 4`);
      await framework.call({ type: 'REVIVE' });
      const offer = await framework.until('an offer of it', () =>
        framework.heldOffers.find((held) => held.agentId.value === agentId.value),
      );
      await context.agents.kill(agentId.value);
      await framework.until('the rescind', () => framework.events.find(rescindOf(offer.id.value)));
      await context.agents.restart(agentId.value);
      writeFileSync(gate, '');
      expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 4');
      rmSync(gate);
    },
  },
  {
    name: 'an agent that is killed: TASK_LOST at once for a framework that does not checkpoint',
    run: async (context) => {
      const framework = await context.framework();
      const { id, agentId } = await running(framework);
      await context.agents.kill(agentId.value);
      expect(await framework.status(id, 'TASK_LOST')).toMatchObject({
        source: 'SOURCE_MASTER',
        reason: 'REASON_AGENT_DISCONNECTED',
        message: expect.stringMatching(/^Agent .* disconnected$/) as unknown,
      });
      await context.agents.restart(agentId.value);
      await expect
        .poll(() => known(context, agentId.value), { timeout: 20_000 })
        .toMatchObject({ active: true });
    },
  },
  {
    name: 'KILL while the agent is away for a moment: it is told when it is back',
    run: async (context) => {
      const framework = await context.framework(CHECKPOINTS);
      const { id, agentId } = await running(framework);
      await context.agents.kill(agentId.value);
      await framework.call({ type: 'KILL', kill: { taskId: { value: id }, agentId } });
      await context.agents.restart(agentId.value);
      await framework.status(id, 'TASK_KILLED');
    },
  },
  {
    name: 'an agent that stays away: TASK_UNREACHABLE, FAILURE; back, its tasks are TASK_RUNNING again',
    run: async (context) => {
      const framework = await context.framework(CHECKPOINTS);
      const { id, agentId } = await running(framework);
      await context.agents.kill(agentId.value);
      const lost = await framework.status(id, 'TASK_UNREACHABLE');
      expect(lost).toMatchObject({
        source: 'SOURCE_MASTER',
        reason: 'REASON_AGENT_REMOVED',
        message: 'health check timed out',
      });
      expect(lost.uuid).toBeUndefined();
      expect(lost.unreachableTime).toBeDefined();
      await framework.until('FAILURE', () =>
        framework.events.find(
          (event) =>
            event.type === 'FAILURE' && 'failure' in event && event.failure.agentId?.value === agentId.value,
        ),
      );
      const tasks = [
        { taskId: { value: id }, agentId },
        { taskId: { value: 'other' }, agentId },
      ];
      await framework.call({ type: 'RECONCILE', reconcile: { tasks } });
      expect(await framework.status('other', 'TASK_UNREACHABLE')).toMatchObject({
        reason: 'REASON_RECONCILIATION',
        message: 'Reconciliation: Task is unreachable',
      });
      await framework.call({ type: 'RECONCILE', reconcile: { tasks: [{ taskId: { value: 'who' } }] } });
      await framework.status('who', 'TASK_UNKNOWN');
      expect(await known(context, agentId.value)).toBeUndefined();
      await context.agents.restart(agentId.value);
      const back = await framework.until('TASK_RUNNING again', () =>
        framework.statuses(id).find(({ reason }) => reason === 'REASON_AGENT_REREGISTERED'),
      );
      expect(back).toMatchObject({
        state: 'TASK_RUNNING',
        source: 'SOURCE_MASTER',
        message: 'Unreachable agent re-reregistered',
      });
      await framework.call({ type: 'KILL', kill: { taskId: { value: id }, agentId } });
      await framework.status(id, 'TASK_KILLED');
    },
  },
  {
    name: 'MARK_AGENT_GONE: TASK_GONE_BY_OPERATOR, RESCIND, FAILURE, and it does not come back',
    run: async (context) => {
      const framework = await context.framework(CHECKPOINTS);
      const { id, agentId } = await running(framework);
      expect(await context.operator('MARK_AGENT_GONE', { agent_id: agentId })).toMatchObject({ status: 200 });
      expect(await framework.status(id, 'TASK_GONE_BY_OPERATOR')).toMatchObject({
        source: 'SOURCE_MASTER',
        reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
        message: 'Agent has been marked gone',
      });
      await framework.until('FAILURE', () => framework.events.find(({ type }) => type === 'FAILURE'));
      await framework.call({ type: 'RECONCILE', reconcile: { tasks: [{ taskId: { value: id }, agentId }] } });
      await framework.until('the answer', () =>
        framework.statuses(id).find(({ message }) => message === 'Reconciliation: Task is gone'),
      );
      expect(await known(context, agentId.value)).toBeUndefined();
      expect(await context.operator('MARK_AGENT_GONE', { agent_id: agentId })).toMatchObject({ status: 200 });
    },
  },
];
