import type { Offer, OfferOperation, OperationStatus, Resource } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { scalar, task, type TestFramework, uniqueTaskId } from '../test-framework.testing.js';

const role = 'operations';
const principal = 'carillon';
const allocationInfo = { role };

const disk = (value: number): Resource => ({
  name: 'disk',
  type: 'SCALAR',
  scalar: { value },
  allocationInfo,
});

function reserved(value: number, change: object = {}): Resource {
  return { ...disk(value), reservations: [{ type: 'DYNAMIC', role, principal, ...change }] };
}

function volume(id: string, value: number, containerPath = 'data'): Resource {
  const disk = { persistence: { id, principal }, volume: { mode: 'RW' as const, containerPath } };
  return { ...reserved(value), disk };
}

const reserve = (...resources: Resource[]): OfferOperation => ({ type: 'RESERVE', reserve: { resources } });
const create = (...volumes: Resource[]): OfferOperation => ({ type: 'CREATE', create: { volumes } });
const destroy = (...volumes: Resource[]): OfferOperation => ({ type: 'DESTROY', destroy: { volumes } });
const unreserve = (...resources: Resource[]): OfferOperation => ({
  type: 'UNRESERVE',
  unreserve: { resources },
});

function launch(offer: Offer, id: string, cmd: string, ...more: Resource[]): OfferOperation {
  const info = task({ id, cmd })(offer);
  const resources = [...info.resources, ...more];
  return { type: 'LAUNCH', launch: { taskInfos: [{ ...info, resources }] } };
}

const CAPABILITIES = ['MULTI_ROLE', 'PARTITION_AWARE', 'RESERVATION_REFINEMENT'] as const;

function subscribe(context: ContractContext): Promise<TestFramework> {
  const capabilities = CAPABILITIES.map((type) => ({ type }));
  return context.framework({ framework: { roles: [role], principal, capabilities } });
}

async function accept(
  framework: TestFramework,
  offer: Offer,
  ...operations: OfferOperation[]
): Promise<void> {
  const filters = { refuseSeconds: 0 };
  await framework.call({ type: 'ACCEPT', accept: { offerIds: [offer.id], operations, filters } });
}

/** An offer of one agent that fits the condition; others are given back. */
async function offerWith(framework: TestFramework, fits: (offer: Offer) => boolean): Promise<Offer> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const first = await framework.offer();
    const found = [first, ...framework.heldOffers].find(fits);
    if (found !== undefined) framework.forgetOffer(found);
    if (found !== first) await framework.decline(0, first);
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not offered, last ${JSON.stringify(first.resources)}`);
  }
}

/** Gives it back. */
async function offered(framework: TestFramework, fits: (offer: Offer) => boolean): Promise<void> {
  await framework.decline(0, await offerWith(framework, fits));
}

const hasVolume =
  (id: string) =>
  ({ resources }: Offer): boolean =>
    resources.some((resource) => resource.disk?.persistence?.id === id);

const hasReserved = ({ resources }: Offer): boolean =>
  resources.some(({ reservations = [] }) => reservations.some(({ type }) => type === 'DYNAMIC'));

/** Gives everything back that a case has reserved on an agent, as it is offered: what tasks had may come later. */
async function clean(framework: TestFramework, agentId: string): Promise<void> {
  for (;;) {
    const isWhole = (offer: Offer): boolean => scalar(offer, 'cpus') >= 4 || hasReserved(offer);
    const offer = await offerWith(framework, (one) => one.agentId.value === agentId && isWhole(one));
    if (!hasReserved(offer)) {
      await framework.decline(0, offer);
      return;
    }
    const volumes = offer.resources.filter((resource) => resource.disk?.persistence !== undefined);
    const bare = offer.resources.filter(hasReservation).map((one) => reserved(one.scalar?.value ?? 0));
    const operations = volumes.length === 0 ? [] : [destroy(...volumes)];
    await accept(framework, offer, ...operations, unreserve(...bare));
  }
}

const hasReservation = ({ reservations = [] }: Resource): boolean =>
  reservations.some(({ type }) => type === 'DYNAMIC');

function answerTo(framework: TestFramework, id: string): Promise<OperationStatus> {
  return framework.until(`an answer to ${id}`, () => answersTo(framework, id).at(-1));
}

function answersTo(framework: TestFramework, id: string): OperationStatus[] {
  return framework.events.flatMap((event) =>
    event.type === 'UPDATE_OPERATION_STATUS' &&
    'updateOperationStatus' in event &&
    event.updateOperationStatus.status.operationId?.value === id
      ? [event.updateOperationStatus.status]
      : [],
  );
}

interface Refused {
  readonly name: string;
  readonly operation: OfferOperation;
  readonly says: string | RegExp;
}

const refused: readonly Refused[] = [
  {
    name: 'RESERVE of what is not said to be reserved',
    operation: reserve(disk(5)),
    says: 'Resource disk(allocated: operations):5 is not dynamically reserved',
  },
  {
    name: 'RESERVE as agents do (STATIC)',
    operation: reserve({ ...disk(5), reservations: [{ type: 'STATIC', role }] }),
    says: 'Resource disk(allocated: operations)(reservations: [(STATIC,operations)]):5 is not dynamically reserved',
  },
  {
    name: 'RESERVE for another role',
    operation: reserve(reserved(5, { role: 'other' })),
    says: "A reserve operation was attempted for a resource with role 'other', but the resource was allocated to role 'operations'",
  },
  {
    name: 'RESERVE by another principal',
    operation: reserve(reserved(5, { principal: 'somebody' })),
    says: "A reserve operation was attempted by authenticated principal 'carillon', which does not match a reserved resource in the request with principal 'somebody'",
  },
  {
    name: 'RESERVE by nobody',
    operation: reserve({ ...disk(5), reservations: [{ type: 'DYNAMIC', role }] }),
    says: "A reserve operation was attempted by principal 'carillon', but there is a reserved resource in the request with no principal set",
  },
  {
    name: 'RESERVE for *',
    operation: reserve(reserved(5, { role: '*' })),
    says: /^Operation attempted with invalid resources: Resource 'disk\(allocated: operations\)\(reservations: \[\(DYNAMIC,\*,carillon\)\]\):5' is invalid: Invalid reservation: role "\*" cannot be reserved$/,
  },
  {
    name: 'RESERVE of less than nothing',
    operation: reserve(reserved(-5)),
    says: /: Resource 'disk.*:-5' is invalid: Invalid scalar resource: value <= 0$/,
  },
  {
    name: 'RESERVE of nothing',
    operation: reserve(),
    says: 'Invalid resources: The resources have multiple resource providers: ',
  },
  {
    name: 'RESERVE of more than there is',
    operation: reserve(reserved(1e9)),
    says: / does not contain disk\(allocated: operations\):1000000000$/,
  },
  {
    name: 'UNRESERVE of what is not reserved',
    operation: unreserve(disk(5)),
    says: 'Resource disk(allocated: operations):5 is not dynamically reserved',
  },
  {
    name: 'UNRESERVE of more than there is',
    operation: unreserve(reserved(5)),
    says: / does not contain disk\(allocated: operations\)\(reservations: \[\(DYNAMIC,operations,carillon\)\]\):5$/,
  },
  {
    name: 'CREATE of what is not reserved',
    operation: create({ ...volume('x', 5), reservations: [] }),
    says: 'Invalid resources: Invalid DiskInfo: Persistent volumes cannot be created from unreserved resources',
  },
  {
    name: 'CREATE of no volume',
    operation: create(reserved(5)),
    says: 'Not a persistent volume: Resource disk(allocated: operations)(reservations: [(DYNAMIC,operations,carillon)]):5 does not have DiskInfo',
  },
  {
    name: 'CREATE without a path',
    operation: create({ ...reserved(5), disk: { persistence: { id: 'x', principal } } }),
    says: "Invalid resources: Invalid DiskInfo: Expecting 'volume' to be set for persistent volume",
  },
  {
    name: 'CREATE with an id that is no name of a folder',
    operation: create(volume('a/b', 5)),
    says: "Invalid resources: Invalid DiskInfo: Invalid persistence ID for persistent volume: 'a/b' contains invalid characters",
  },
  {
    name: 'CREATE by another principal',
    operation: create({
      ...volume('x', 5),
      disk: { ...volume('x', 5).disk, persistence: { id: 'x', principal: 'y' } },
    }),
    says: "Create volume operation attempted by authenticated principal 'carillon', which does not match a volume in the operation with principal 'y' set in 'disk.persistence'",
  },
  {
    name: 'DESTROY of a volume that is not there',
    operation: destroy(volume('nowhere', 5)),
    says: 'Persistent volumes not found',
  },
];

export const operations: readonly ContractCase[] = [
  {
    name: 'RESERVE, CREATE and LAUNCH in one ACCEPT: the task has its volume, which is offered again when it has ended',
    run: async (context) => {
      const framework = await subscribe(context);
      const offer = await framework.offer({ cpus: 0.2, mem: 64 });
      const [write, read] = [uniqueTaskId('write'), uniqueTaskId('read')];
      const kept = volume('kept', 64);
      const cmd = 'test -d data && echo hello > data/greeting';
      await accept(framework, offer, reserve(reserved(64)), create(kept), launch(offer, write, cmd, kept));
      await framework.status(write, 'TASK_FINISHED');
      const again = await offerWith(framework, hasVolume('kept'));
      expect(again.agentId).toEqual(offer.agentId);
      expect(again.resources.filter(hasReservation)).toEqual([expect.objectContaining(kept)]);
      await accept(framework, again, launch(again, read, 'grep hello data/greeting', kept));
      await framework.status(read, 'TASK_FINISHED');
      await clean(framework, offer.agentId.value);
    },
  },
  {
    name: 'DESTROY: what was in the volume is gone; UNRESERVE: as if nothing had been reserved',
    run: async (context) => {
      const framework = await subscribe(context);
      const first = await framework.offer({ cpus: 0.2, mem: 64 });
      const agentId = first.agentId.value;
      const [fill, look] = [uniqueTaskId('fill'), uniqueTaskId('look')];
      const kept = volume('emptied', 32);
      const { length } = first.resources;
      await accept(
        framework,
        first,
        reserve(reserved(32)),
        create(kept),
        launch(first, fill, 'touch data/x', kept),
      );
      await framework.status(fill, 'TASK_FINISHED');
      const second = await offerWith(framework, hasVolume('emptied'));
      await accept(
        framework,
        second,
        destroy(kept),
        create(kept),
        launch(second, look, 'test ! -e data/x', kept),
      );
      await framework.status(look, 'TASK_FINISHED');
      await clean(framework, agentId);
      const last = await offerWith(framework, (offer) => offer.agentId.value === agentId);
      expect(last.resources).toHaveLength(length);
    },
  },
  {
    name: 'reservations with labels are kept apart by them, and their volumes belong to each',
    run: async (context) => {
      const framework = await subscribe(context);
      const offer = await framework.offer();
      const labelled = (job: string): [Resource, Resource] => {
        const bare = reserved(16, { labels: { labels: [{ key: 'job', value: job }] } });
        return [bare, { ...bare, disk: volume(`of-${job}`, 16, job).disk ?? {} }];
      };
      const [bareOne, one] = labelled('one');
      const [bareTwo, two] = labelled('two');
      await accept(framework, offer, reserve(bareOne, bareTwo), create(one, two));
      const there = await offerWith(framework, (found) => hasVolume('of-one')(found));
      expect(there.resources.filter(hasReservation)).toEqual(
        expect.arrayContaining([expect.objectContaining(one), expect.objectContaining(two)]),
      );
      await accept(framework, there, destroy(one), unreserve(bareOne));
      const left = await offerWith(
        framework,
        (found) => hasVolume('of-two')(found) && !hasVolume('of-one')(found),
      );
      expect(left.resources.filter(hasReservation)).toEqual([expect.objectContaining(two)]);
      await accept(framework, left, destroy(two), unreserve(bareTwo));
      const { agentId } = offer;
      await offered(framework, (found) => found.agentId.value === agentId.value && !hasReserved(found));
    },
  },
  {
    name: 'a framework without a principal reserves without one',
    run: async (context) => {
      const capabilities = CAPABILITIES.map((type) => ({ type }));
      const framework = await context.framework({ framework: { roles: [role], capabilities } });
      const offer = await framework.offer({ cpus: 0.2, mem: 64 });
      const bare = { ...disk(16), reservations: [{ type: 'DYNAMIC' as const, role }] };
      const made: Resource = {
        ...bare,
        disk: { persistence: { id: 'nobodys' }, volume: { mode: 'RW', containerPath: 'data' } },
      };
      const id = uniqueTaskId('writes');
      await accept(framework, offer, reserve(bare), create(made), launch(offer, id, 'test -d data', made));
      await framework.status(id, 'TASK_FINISHED');
      const there = await offerWith(framework, hasVolume('nobodys'));
      expect(there.resources.filter(hasReservation)).toEqual([expect.objectContaining(made)]);
      await accept(framework, there, destroy(made), unreserve(bare));
      await offered(framework, (found) => found.agentId.value === offer.agentId.value && !hasReserved(found));
    },
  },
  {
    name: 'what is reserved is offered to its role only, and outlives the framework',
    run: async (context) => {
      const framework = await subscribe(context);
      const offer = await framework.offer();
      await accept(framework, offer, reserve(reserved(16)));
      await offered(framework, hasReserved);
      await framework.tearDown();
      const other = await context.framework({ framework: { roles: ['others'] } });
      const [one, two] = await other.offersOfTwoAgents();
      expect([one, two].map(hasRole(role))).toEqual([false, false]);
      await other.tearDown();
      await clean(await subscribe(context), offer.agentId.value);
    },
  },
  {
    name: 'a framework without RESERVATION_REFINEMENT reads a reservation as a role',
    run: async (context) => {
      const framework = await context.framework({ framework: { roles: [role], principal } });
      const offer = await framework.offer();
      const plain = { ...disk(16), role, reservation: { principal } };
      await accept(framework, offer, { type: 'RESERVE', reserve: { resources: [plain] } });
      const found = await offerWith(framework, hasRole(role));
      expect(found.resources.filter((resource) => resource.role === role)).toMatchObject([plain]);
      await accept(framework, found, { type: 'UNRESERVE', unreserve: { resources: [plain] } });
      await offered(framework, (one) => one.agentId.value === offer.agentId.value && !hasRole(role)(one));
    },
  },
  {
    name: 'an operation with an id: OPERATION_FINISHED, told again until it is acknowledged, then unknown',
    run: async (context) => {
      const framework = await subscribe(context);
      const offer = await framework.offer();
      const { agentId } = offer;
      const id = uniqueTaskId('reserve');
      await accept(framework, offer, { ...reserve(reserved(8)), id: { value: id } });
      const status = await answerTo(framework, id);
      expect(status).toMatchObject({ state: 'OPERATION_FINISHED', agentId });
      expect(status.uuid?.value).toHaveLength(16);
      const reconcile = (operationId: string, withAgent: boolean): Promise<void> =>
        framework.call({
          type: 'RECONCILE_OPERATIONS',
          reconcileOperations: {
            operations: [{ operationId: { value: operationId }, ...(withAgent ? { agentId } : {}) }],
          },
        });
      await framework.call({
        type: 'ACKNOWLEDGE_OPERATION_STATUS',
        acknowledgeOperationStatus: {
          agentId,
          operationId: { value: id },
          uuid: status.uuid?.value ?? new Uint8Array(),
        },
      });
      await framework.until('that it is forgotten', () => {
        const last = answersTo(framework, id).at(-1);
        if (last?.state === 'OPERATION_UNKNOWN') return last;
        void reconcile(id, true);
        return undefined;
      });
      expect(answersTo(framework, id).at(-1)?.message).toBe('Reconciliation: Operation is unknown');
      await reconcile('never', false);
      expect((await answerTo(framework, 'never')).message).toBe(
        "Reconciliation: Operation is unknown and no 'agent_id' was provided",
      );
      await clean(framework, agentId.value);
    },
  },
  {
    name: 'operations that cannot be: OPERATION_ERROR that says why, and the rest of the ACCEPT is done',
    run: async (context) => {
      const framework = await subscribe(context);
      for (const { name, operation, says } of refused) {
        const offer = await framework.offer({ cpus: 0.2, mem: 64 });
        const id = uniqueTaskId('refused');
        await accept(framework, offer, { ...operation, id: { value: id } });
        const { state, message = '', uuid } = await answerTo(framework, id);
        expect({ name, state, uuid }).toEqual({ name, state: 'OPERATION_ERROR', uuid: undefined });
        if (typeof says !== 'string') expect(message).toMatch(says);
        else {
          const [text, agent] = message.split('; on agent ');
          expect({ name, text }).toEqual({ name, text: says });
          expect(agent).toMatch(
            new RegExp(`^${offer.agentId.value} at slave\\(\\d+\\)@[\\d.:]+ \\(${offer.hostname}\\)$`),
          );
        }
      }
      const offer = await framework.offer();
      const id = uniqueTaskId('runs');
      await accept(framework, offer, create(volume('x', 5)), launch(offer, id, 'true'));
      await framework.status(id, 'TASK_FINISHED');
    },
  },
  {
    name: 'a volume that is there already, in part, in use, or to be unreserved: refused',
    run: async (context) => {
      const framework = await subscribe(context);
      const first = await framework.offer({ cpus: 0.2, mem: 64 });
      const kept = volume('whole', 32);
      const [part, holds] = [uniqueTaskId('part'), uniqueTaskId('holds')];
      await accept(
        framework,
        first,
        reserve(reserved(48)),
        create(kept),
        launch(first, part, 'true', volume('whole', 16)),
      );
      expect((await framework.status(part, 'TASK_ERROR')).message).toMatch(
        /^Total resources .*\[whole:data\]:16 required by task and its executor is more than available .*\[whole:data\]:32/,
      );
      const second = await offerWith(framework, hasVolume('whole'));
      const named = (operation: OfferOperation): [string, OfferOperation] => {
        const id = uniqueTaskId('operation');
        return [id, { ...operation, id: { value: id } }];
      };
      const [twice, createTwice] = named(create(volume('whole', 8)));
      const [early, unreserveIt] = named(unreserve(kept));
      const [used, destroyIt] = named(destroy(kept));
      await accept(
        framework,
        second,
        createTwice,
        unreserveIt,
        launch(second, holds, 'sleep 60', kept),
        destroyIt,
      );
      const says = async (id: string): Promise<string | undefined> =>
        (await answerTo(framework, id)).message?.split('; on agent ')[0];
      expect(await says(twice)).toBe("Persistence ID 'whole' is not unique");
      expect(await says(early)).toMatch(
        /^A dynamically reserved persistent volume .*\[whole:data\]:32 cannot be unreserved directly\. Please destroy/,
      );
      expect(await says(used)).toBe('Persistent volumes in use');
      await framework.status(holds, 'TASK_RUNNING');
      await framework.kill(holds, 1);
      await framework.status(holds, 'TASK_KILLED');
      await clean(framework, first.agentId.value);
    },
  },
  {
    name: 'an operation on an offer that is gone: OPERATION_ERROR',
    run: async (context) => {
      const framework = await subscribe(context);
      const offer = await framework.offer();
      await framework.decline(0, offer);
      const id = uniqueTaskId('stale');
      await accept(framework, offer, { ...reserve(reserved(8)), id: { value: id } });
      const { state, message } = await answerTo(framework, id);
      expect(state).toBe('OPERATION_ERROR');
      expect(message).toBe(
        `Operation attempted with invalid offers: Offer ${offer.id.value} is no longer valid`,
      );
    },
  },
];

const hasRole =
  (wanted: string) =>
  ({ resources }: Offer): boolean =>
    resources.some(
      (resource) =>
        resource.role === wanted || resource.reservations?.some((one) => one.role === wanted) === true,
    );
