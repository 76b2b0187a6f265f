import { registerHooks } from 'node:module';

/** A change of the product that breaks one of its promises: `from`, which is there once, becomes `to`. */
export interface Mutation {
  readonly name: string;
  /** The compiled module, from the root of the repository. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
  /** The first seed that brings it to light, of the small simulations of simulate.spec.ts or of the rough ones; absent: luck. */
  readonly found?: { readonly how: 'small' | 'rough'; readonly seed: number };
}

const FRAMEWORK = 'services/scheduler-framework/dist';
const TIMER = 'services/timer/dist';
const STORE = 'libs/event-store/dist';
const LOG = 'libs/event-log/dist';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'an append that was refused is taken for written',
    module: `${STORE}/event-store.js`,
    from: 'if (rows.length !== events.length)',
    to: 'if (false)',
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'a status is acknowledged before it is written',
    module: `${FRAMEWORK}/application/leader/status-intake.js`,
    from: 'if (orders.length > 0 && !orders.every(saysNothing)) {',
    to: `void link.send(batch.filter(({ status }) => status.uuid && status.agentId).map(({ status }) => acknowledge(status)));
         if (orders.length > 0 && !orders.every(saysNothing)) {`,
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'the fence is not asked',
    module: `${FRAMEWORK}/adapters/postgres/postgres-lease.js`,
    from: 'if (held.length === 0) {',
    to: 'if (false) {',
    found: { how: 'small', seed: 2 },
  },
  {
    name: 'a leader that subscribes again does not look whether it still leads',
    module: `${FRAMEWORK}/application/leader/mesos-link.js`,
    from: 'this.#confirmed = false;',
    to: 'this.#confirmed = true;',
  },
  {
    name: 'a relay notes its place before it has published',
    module: `${STORE}/relay.js`,
    from: 'const after = await session.during(this.#send(page.final, chains));',
    to: `await session.record({ cursor: last.sourcePosition, chains });
         const after = await session.during(this.#send(page.final, chains));`,
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'a relay that starts knows of no predecessors',
    module: `${STORE}/relay-session.js`,
    from: 'chains: Chains.read(chains)',
    to: "chains: Chains.read({ since: '0/0', last: {} })",
    found: { how: 'rough', seed: 22 },
  },
  {
    name: 'nothing is refilled',
    module: `${LOG}/consumer/refiller.js`,
    from: 'async refill(lost, signal) {',
    to: 'async refill(lost, signal) { return;',
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'places move without compare-and-set',
    module: `${LOG}/consumer/positions.js`,
    from: 'if (moved.length === 0)',
    to: 'if (false)',
    found: { how: 'small', seed: 10 },
  },
  {
    name: 'a consumer handles again what it has seen',
    module: `${LOG}/consumer/applier.js`,
    from: 'if (!isLater(sourcePosition, known))',
    to: 'if (false)',
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'a new leader does not look for runs that wait',
    module: `${FRAMEWORK}/application/leader/changed-runs.js`,
    from: 'await this.#load(await ledger.index.active(framework));',
    to: '',
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'FORBID is not asked',
    module: `${FRAMEWORK}/domain/job-runs/job-runs.decide.js`,
    from: "if (concurrencyPolicy === 'FORBID' && active.length > 0)",
    to: 'if (false)',
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'a run that replaces or queues does not wait for others',
    module: `${FRAMEWORK}/application/leader/waiting-runs.js`,
    from: 'booked.run.overlap !== undefined && blockerOf(booked, book.ofJob(uid))',
    to: 'false',
    found: { how: 'small', seed: 2 },
  },
  {
    name: 'a start deadline is not asked at the door',
    module: `${FRAMEWORK}/domain/job-runs/job-runs.decide.js`,
    from: 'if (command.startDeadlineAt !== undefined && command.now > command.startDeadlineAt) {',
    to: 'if (false) {',
    found: { how: 'small', seed: 6 },
  },
  {
    name: 'silent tasks are not asked about',
    module: `${FRAMEWORK}/application/leader/reconciliation.js`,
    from: 'if (!this.#asked.has(task.taskId))',
    to: 'if (false)',
    found: { how: 'small', seed: 5 },
  },
  {
    name: 'the clock of a schedule stands still when it fires',
    module: `${TIMER}/domain/clock.state.js`,
    from: 'decidedUpTo: instant };',
    to: 'decidedUpTo: schedule.decidedUpTo };',
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'an instant found late is missed whatever its deadline',
    module: `${TIMER}/domain/fire.js`,
    from: 'const oldestInTime = now - schedule.startingDeadlineSeconds * 1000;',
    to: 'const oldestInTime = now - 5000;',
    found: { how: 'small', seed: 1 },
  },
  {
    name: 'a child runs when its parents have ended, however',
    module: `${TIMER}/domain/workflow/workflow.decide.js`,
    from: 'const reason = whyNot(parents);',
    to: `const reason = undefined;
         if (parents.every((parent) => parent?.outcome !== undefined)) parents.splice(0, parents.length, ...parents.map((parent) => ({ ...parent, outcome: 'succeeded' })));`,
    found: { how: 'small', seed: 1 },
  },
];

/** For modules that are loaded from now on. Throws when the text to be changed is not there once. */
export function mutate(name: string): void {
  const mutation = MUTATIONS.find((one) => one.name === name);
  if (!mutation)
    throw new Error(`--mutation is ${name}, expected one of: ${MUTATIONS.map((one) => one.name).join('; ')}`);
  const { module, from, to } = mutation;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/${module}`)) return loaded;
      const text = Buffer.from(loaded.source as Uint8Array).toString();
      if (text.split(from).length !== 2) throw new Error(`${module} does not hold this once: ${from}`);
      return { ...loaded, source: text.replace(from, () => to) };
    },
  });
}
