import { type MasterEvent, masterOperator, type MasterWatch } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { task, type TestFramework, uniqueTaskId } from '../test-framework.testing.js';

type Format = 'protobuf' | 'json';
type Kind = Exclude<MasterEvent['type'], `UNRECOGNIZED_${string}`>;

/** Follows the master while `act` runs. */
export async function following(
  { master }: ContractContext,
  format: Format,
  act: (events: readonly MasterEvent[]) => Promise<void>,
): Promise<void> {
  const events: MasterEvent[] = [];
  const operator = masterOperator({ masters: master, format });
  const watch: MasterWatch = operator.watch({ onEvent: (event) => events.push(event) });
  try {
    await expect.poll(() => events[0]?.type, { timeout: 20_000 }).toBe('SUBSCRIBED');
    await act(events);
  } finally {
    watch.stop();
    await operator.close();
  }
}

/** What was told of one of the kinds that mentions it, in order. */
export function toldOf(events: readonly MasterEvent[], of: string, ...kinds: Kind[]): MasterEvent[] {
  return events.filter((event) => {
    const kind: string = event.type;
    return (kinds as readonly string[]).includes(kind) && JSON.stringify(event).includes(`"${of}"`);
  });
}

const TASKS = ['TASK_ADDED', 'TASK_UPDATED'] as const;
const FRAMEWORKS = ['FRAMEWORK_ADDED', 'FRAMEWORK_UPDATED', 'FRAMEWORK_REMOVED'] as const;
const AGENTS = ['AGENT_ADDED', 'AGENT_REMOVED'] as const;

function stateOf(event: MasterEvent): string {
  return event.type === 'TASK_UPDATED' && 'taskUpdated' in event
    ? event.taskUpdated.status.state
    : event.type;
}

/** Waits until it is so. */
export async function told(what: () => unknown, expected: unknown): Promise<void> {
  await expect.poll(what, { timeout: 20_000 }).toEqual(expected);
}

async function lifeOf(framework: TestFramework, events: readonly MasterEvent[]): Promise<void> {
  const id = uniqueTaskId('followed');
  const { agentId } = await framework.launch(task({ id }));
  await told(
    () => toldOf(events, id, ...TASKS).map(stateOf),
    ['TASK_ADDED', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'],
  );
  const [added, starting] = toldOf(events, id, ...TASKS);
  const frameworkId = { value: framework.id };
  expect(added).toMatchObject({ taskAdded: { task: { frameworkId, agentId, state: 'TASK_STAGING' } } });
  expect(starting).toMatchObject({
    taskUpdated: { frameworkId, status: { agentId, state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR' } },
  });
}

export const operatorEvents: readonly ContractCase[] = [
  ...(['protobuf', 'json'] as const).map((format) => ({
    name: `SUBSCRIBE of operators, ${format}: the state, a heartbeat, and the life of frameworks and tasks`,
    run: (context: ContractContext) =>
      following(context, format, async (events) => {
        const state = events[0] as Extract<MasterEvent, { readonly type: 'SUBSCRIBED' }>;
        expect(state.subscribed.getState?.getAgents?.agents).toHaveLength(2);
        expect(state.subscribed.heartbeatIntervalSeconds).toBe(15);
        await told(() => events[1]?.type, 'HEARTBEAT');
        const framework = await context.framework();
        const { id } = framework;
        await told(() => toldOf(events, id, ...FRAMEWORKS)[0]?.type, 'FRAMEWORK_ADDED');
        await lifeOf(framework, events);
        await framework.tearDown();
        await told(() => toldOf(events, id, ...FRAMEWORKS).at(-1)?.type, 'FRAMEWORK_REMOVED');
      }),
  })),
  {
    name: 'a framework that comes back: FRAMEWORK_UPDATED',
    run: (context) =>
      following(context, 'protobuf', async (events) => {
        const before = await context.framework();
        await told(() => toldOf(events, before.id, 'FRAMEWORK_ADDED').length, 1);
        await before.leave();
        const after = await context.framework({ frameworkId: before.id });
        await told(() => toldOf(events, after.id, ...FRAMEWORKS).at(-1)?.type, 'FRAMEWORK_UPDATED');
        expect(toldOf(events, after.id, 'FRAMEWORK_ADDED')).toHaveLength(1);
      }),
  },
  {
    name: 'an agent that stays away: its tasks are TASK_UNREACHABLE; back: its tasks and it are added',
    run: (context) =>
      following(context, 'protobuf', async (events) => {
        const framework = await context.framework({ framework: { checkpoint: true } });
        const id = uniqueTaskId('away');
        const { agentId } = await framework.launch(task({ id, cmd: 'sleep 60' }));
        await framework.status(id, 'TASK_RUNNING');
        await context.agents.kill(agentId.value);
        await told(
          () =>
            toldOf(events, id, ...TASKS)
              .map(stateOf)
              .at(-1),
          'TASK_UNREACHABLE',
        );
        await context.agents.restart(agentId.value);
        await told(() => toldOf(events, agentId.value, ...AGENTS).map(({ type }) => type), ['AGENT_ADDED']);
        expect(toldOf(events, id, ...TASKS).map(stateOf)).toEqual([
          ...['TASK_ADDED', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_UNREACHABLE'],
          'TASK_ADDED',
        ]);
        await framework.kill(id, 1);
        await told(
          () =>
            toldOf(events, id, ...TASKS)
              .map(stateOf)
              .at(-1),
          'TASK_KILLED',
        );
      }),
  },
];
