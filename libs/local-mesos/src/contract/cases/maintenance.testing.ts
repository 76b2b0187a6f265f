import type { Event, InverseOffer } from '@carillon/mesos';
import { expect } from 'vitest';
import { following, told, toldOf } from './operator-events.testing.js';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { type Answer, parsed } from '../requests.testing.js';
import { task, type TestFramework, uniqueTaskId } from '../test-framework.testing.js';

/** Of an agent: masters know machines by the host name and the IP address of their agents. */
interface Machine {
  readonly hostname: string;
  readonly ip: string;
}

const HOUR_NS = 3600n * 1_000_000_000n;

function window(machine: Machine, hours: number): { readonly json: string; readonly start: string } {
  const start = String(BigInt(Date.now()) * 1_000_000n + BigInt(hours) * HOUR_NS);
  const ids = JSON.stringify([machine]);
  // By hand: a number in JSON, and more digits than JavaScript's have.
  return { start, json: `{"machine_ids":${ids},"unavailability":{"start":{"nanoseconds":${start}}}}` };
}

function schedule(context: ContractContext, windows: readonly string[]): Promise<Answer> {
  return context.operatorText(
    `{"type":"UPDATE_MAINTENANCE_SCHEDULE","update_maintenance_schedule":{"schedule":{"windows":[${windows.join(',')}]}}}`,
  );
}

async function scheduled(context: ContractContext, use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } finally {
    await schedule(context, []);
  }
}

function inverseOffers(framework: TestFramework): InverseOffer[] {
  return framework.events.flatMap((event) =>
    event.type === 'INVERSE_OFFERS' && 'inverseOffers' in event ? event.inverseOffers.inverseOffers : [],
  );
}

async function runs(framework: TestFramework): Promise<{ machine: Machine; agentId: string; id: string }> {
  const id = uniqueTaskId('there');
  const offer = await framework.launch(task({ id, cmd: 'sleep 60' }));
  await framework.status(id, 'TASK_RUNNING');
  const machine = { hostname: offer.hostname, ip: offer.url?.address.ip ?? '' };
  return { machine, agentId: offer.agentId.value, id };
}

async function statusOf(context: ContractContext): Promise<Record<string, unknown>> {
  const answer = parsed(await context.operator('GET_MAINTENANCE_STATUS'));
  return (answer['get_maintenance_status'] as { status: Record<string, unknown> }).status;
}

function rescinded(id: string): (event: Event) => boolean {
  return (event) =>
    event.type === 'RESCIND_INVERSE_OFFER' &&
    'rescindInverseOffer' in event &&
    event.rescindInverseOffer.inverseOfferId.value === id;
}

export const maintenance: readonly ContractCase[] = [
  {
    name: 'a schedule: offers are rescinded and made again with their unavailability, INVERSE_OFFERS for who is there',
    run: async (context) => {
      const framework = await context.framework();
      const { machine, agentId } = await runs(framework);
      const held = await framework.offer();
      const { json, start } = window(machine, 1);
      await scheduled(context, async () => {
        expect(await schedule(context, [json])).toMatchObject({ status: 200, body: '' });
        const inverse = await framework.until('an inverse offer', () =>
          inverseOffers(framework).find((one) => one.agentId?.value === agentId),
        );
        expect(inverse).toMatchObject({
          frameworkId: { value: framework.id },
          unavailability: { start: { nanoseconds: start } },
        });
        if (held.agentId.value === agentId) {
          const isRescind = (event: Event): boolean =>
            event.type === 'RESCIND' && 'rescind' in event && event.rescind.offerId.value === held.id.value;
          await framework.until('the rescind', () => framework.events.find(isRescind));
        }
        await framework.until('an offer that says so', () =>
          framework.heldOffers.find(({ unavailability }) => unavailability?.start.nanoseconds === start),
        );
        expect(await statusOf(context)).toMatchObject({ draining_machines: [{ id: machine }] });
      });
    },
  },
  {
    name: 'ACCEPT_INVERSE_OFFERS and DECLINE_INVERSE_OFFERS: operators see the answer; asked again when the filter ends',
    run: async (context) => {
      const framework = await context.framework();
      const { machine, agentId } = await runs(framework);
      await scheduled(context, async () => {
        await schedule(context, [window(machine, 1).json]);
        const next = (known: readonly string[]): Promise<InverseOffer> =>
          framework.until('an inverse offer', () =>
            inverseOffers(framework).find(
              (one) => one.agentId?.value === agentId && !known.includes(one.id.value),
            ),
          );
        const answered = async (status: string): Promise<void> => {
          const draining = async (): Promise<unknown> => (await statusOf(context))['draining_machines'];
          await expect
            .poll(draining, { timeout: 20_000 })
            .toMatchObject([{ id: machine, statuses: [{ status, framework_id: { value: framework.id } }] }]);
        };
        const first = await next([]);
        const filters = { refuseSeconds: 0 };
        const accept = { inverseOfferIds: [first.id], filters };
        await framework.call({ type: 'ACCEPT_INVERSE_OFFERS', acceptInverseOffers: accept });
        await answered('ACCEPT');
        const second = await next([first.id.value]);
        const decline = { inverseOfferIds: [second.id], filters: { refuseSeconds: 1000 } };
        await framework.call({ type: 'DECLINE_INVERSE_OFFERS', declineInverseOffers: decline });
        await answered('DECLINE');
        await framework.call({
          type: 'ACCEPT_INVERSE_OFFERS',
          acceptInverseOffers: { inverseOfferIds: [{ value: 'nope' }] },
        });
      });
    },
  },
  {
    name: 'a changed schedule: RESCIND_INVERSE_OFFER, and another one with the new time; cancelled: rescinded',
    run: async (context) => {
      const framework = await context.framework();
      const { machine, agentId } = await runs(framework);
      await scheduled(context, async () => {
        const offered = (start: string): Promise<InverseOffer> =>
          framework.until('an inverse offer', () =>
            inverseOffers(framework).find(
              ({ agentId: on, unavailability }) =>
                on?.value === agentId && unavailability.start.nanoseconds === start,
            ),
          );
        const [early, late] = [window(machine, 1), window(machine, 2)];
        await schedule(context, [early.json]);
        const first = await offered(early.start);
        await schedule(context, [late.json]);
        await framework.until('the rescind', () => framework.events.find(rescinded(first.id.value)));
        const second = await offered(late.start);
        await schedule(context, []);
        await framework.until('the rescind', () => framework.events.find(rescinded(second.id.value)));
        await framework.until('an offer without unavailability', () =>
          framework.heldOffers.find(({ unavailability }) => unavailability === undefined),
        );
      });
    },
  },
  {
    name: 'bad schedules and machines: 400 that says why',
    run: async (context) => {
      const { json } = window({ hostname: 'some', ip: '127.0.0.9' }, 1);
      const start = '"unavailability":{"start":{"nanoseconds":1}}';
      const twice = '{"hostname":"h"},{"hostname":"h"}';
      for (const [windows, says] of [
        [[`{"machine_ids":[],${start}}`], 'List of machines in the maintenance window is empty'],
        [[`{"machine_ids":[{}],${start}}`], "Both 'hostname' and 'ip' for a machine are empty"],
        [
          [`{"machine_ids":[${twice}],${start}}`],
          `Machine '{"hostname":"h"}' appears more than once in the schedule`,
        ],
      ] as const) {
        expect(await schedule(context, windows)).toMatchObject({ status: 400, body: says });
      }
      await scheduled(context, async () => {
        await schedule(context, [json]);
        const machines = [{ hostname: 'other' }];
        expect(await context.operator('START_MAINTENANCE', { machines })).toMatchObject({
          status: 400,
          body: `Machine '{"hostname":"other"}' is not part of a maintenance schedule`,
        });
        expect(await context.operator('START_MAINTENANCE', { machines: [] })).toMatchObject({
          status: 400,
          body: 'List of machines is empty',
        });
        expect(await context.operator('STOP_MAINTENANCE', { machines })).toMatchObject({ status: 400 });
        expect(parsed(await context.operator('GET_MAINTENANCE_SCHEDULE'))).toMatchObject({
          get_maintenance_schedule: { schedule: { windows: [{ machine_ids: [{ hostname: 'some' }] }] } },
        });
      });
    },
  },
];

export const takenDown: readonly ContractCase[] = [
  {
    name: 'START_MAINTENANCE: TASK_LOST, FAILURE, the machine is down; STOP_MAINTENANCE: it may come back',
    run: (context) =>
      following(context, 'protobuf', async (events) => {
        const framework = await context.framework();
        const { machine, agentId, id } = await runs(framework);
        await schedule(context, [window(machine, 1).json]);
        const machines = [machine];
        expect(await context.operator('START_MAINTENANCE', { machines })).toMatchObject({ status: 200 });
        expect(await framework.status(id, 'TASK_LOST')).toMatchObject({
          source: 'SOURCE_MASTER',
          reason: 'REASON_AGENT_REMOVED',
          message: expect.stringMatching(/^Agent .* removed: Operator initiated 'Machine DOWN'$/) as unknown,
        });
        await framework.until('FAILURE', () =>
          framework.events.find(
            (event) =>
              event.type === 'FAILURE' && 'failure' in event && event.failure.agentId?.value === agentId,
          ),
        );
        await told(() => toldOf(events, agentId, 'AGENT_REMOVED').length, 1);
        expect(await statusOf(context)).toMatchObject({ down_machines: [machine] });
        const wrong = await schedule(context, []);
        expect(wrong.status).toBe(400);
        expect(wrong.body).toMatch(/is deactivated and cannot be removed from the schedule$/);
        expect(await context.operator('STOP_MAINTENANCE', { machines })).toMatchObject({ status: 200 });
        expect(await statusOf(context)).not.toHaveProperty('down_machines');
        expect(parsed(await context.operator('GET_MAINTENANCE_SCHEDULE'))).toEqual({
          type: 'GET_MAINTENANCE_SCHEDULE',
          get_maintenance_schedule: { schedule: {} },
        });
      }),
  },
];
