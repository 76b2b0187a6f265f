import type { FrameworkInfo, Offer } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { type Answer, parsed } from '../requests.testing.js';
import type { RawFramework } from '../raw-framework.testing.js';
import { TestFramework } from '../test-framework.testing.js';

const MULTI = { capabilities: [{ type: 'MULTI_ROLE' as const }] };

/** What a SUBSCRIBE is answered that Mesos refuses: 200, and an ERROR in the stream. */
const refused: readonly { readonly info: Partial<FrameworkInfo>; readonly says: string }[] = [
  {
    info: { ...MULTI, roles: ['a b'] },
    says: "'FrameworkInfo.roles' contains invalid role: Role component 'a b' is invalid because it contains backspace or whitespace",
  },
  {
    info: { ...MULTI, roles: ['-a'] },
    says: "'FrameworkInfo.roles' contains invalid role: Role component '-a' is invalid because it starts with a dash",
  },
  {
    info: { ...MULTI, roles: ['.'] },
    says: "'FrameworkInfo.roles' contains invalid role: Role '.' cannot include '.' as a component",
  },
  {
    info: { ...MULTI, roles: [''] },
    says: "'FrameworkInfo.roles' contains invalid role: Role names cannot be the empty string",
  },
  {
    info: { ...MULTI, roles: ['y', 'y'] },
    says: "'FrameworkInfo.roles' contains duplicate items: { y }",
  },
  {
    info: { ...MULTI, role: 'x', roles: ['y'] },
    says: "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable",
  },
  {
    info: { capabilities: [], roles: ['y'] },
    says: "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable",
  },
  {
    info: { capabilities: [], roles: [], role: 'a/../b' },
    says: "'FrameworkInfo.role' is not a valid role: Role 'a/../b' cannot include '..' as a component",
  },
  { info: { failoverTimeout: 1e30 }, says: 'The framework failover_timeout (1e+30) is invalid' },
];

interface Change {
  readonly name: string;
  readonly change: object;
  readonly says: string;
}

const CHANGES: readonly Change[] = [
  {
    name: 'another user',
    change: { user: 'other' },
    says: "FrameworkInfo update is not valid: Updating 'FrameworkInfo.user' is unsupported; attempted to update from 'root' to 'other'",
  },
  {
    name: 'another principal',
    change: { principal: 'x' },
    says: "FrameworkInfo update is not valid: Changing framework's principal is not allowed.",
  },
  {
    name: 'checkpoint',
    change: { checkpoint: true },
    says: "FrameworkInfo update is not valid: Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from 'false' to 'true'",
  },
  {
    name: 'a role that is none',
    change: { roles: ['a b'] },
    says: "Supplied FrameworkInfo is not valid: 'FrameworkInfo.roles' contains invalid role: Role component 'a b' is invalid because it contains backspace or whitespace",
  },
  {
    name: 'another id',
    change: { id: { value: 'other' } },
    says: "Failed to validate scheduler::Call: 'framework_id' differs from 'update_framework.framework_info.id'",
  },
];

const INFO = {
  user: 'root',
  name: 'contract',
  failover_timeout: 60,
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }],
};

function update(framework: RawFramework, change: object): Promise<Answer> {
  const info = { ...INFO, id: { value: framework.id }, roles: ['*'], ...change };
  return framework.call({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: info } });
}

interface Known {
  readonly framework_info: { readonly id: { readonly value: string }; readonly [field: string]: unknown };
}

export async function knownFramework(context: ContractContext, id: string): Promise<Known | undefined> {
  const answer = parsed(await context.operator('GET_FRAMEWORKS'));
  const { frameworks = [] } = answer['get_frameworks'] as { frameworks?: readonly Known[] };
  return frameworks.find(({ framework_info }) => framework_info.id.value === id);
}

export const frameworks: readonly ContractCase[] = [
  ...refused.map(({ info, says }) => ({
    name: `SUBSCRIBE with ${JSON.stringify(info)}: ERROR`,
    run: async ({ master }: ContractContext) => {
      const framework = new TestFramework(master, { framework: info });
      framework.start();
      const { reason } = await framework.until('the refusal', () => framework.disconnections[0]);
      await framework.leave();
      expect(reason).toContain(says);
    },
  })),
  {
    name: 'UPDATE_FRAMEWORK: 200, and it is called so from then on',
    run: async (context) => {
      const framework = await context.raw();
      const change = { name: 'renamed', roles: ['*', 'more'], webui_url: 'http://x' };
      expect(await update(framework, change)).toMatchObject({ status: 200, body: '' });
      expect(await knownFramework(context, framework.id)).toMatchObject({ framework_info: change });
    },
  },
  ...CHANGES.map(({ name, change, says }) => ({
    name: `UPDATE_FRAMEWORK with ${name}: 400`,
    run: async (context: ContractContext) => {
      const framework = await context.raw();
      expect(await update(framework, change)).toMatchObject({ status: 400, body: says });
    },
  })),
  {
    name: 'UPDATE_FRAMEWORK without a role: RESCIND of what it was offered for that, then offers for another one',
    run: async (context) => {
      const framework = await context.raw();
      const offered = (): Offer[] =>
        framework.events.flatMap((event) =>
          event.type === 'OFFERS' && 'offers' in event ? event.offers.offers : [],
        );
      await expect.poll(() => offered().length, { timeout: 20_000 }).toBeGreaterThan(0);
      const [first] = offered();
      expect(await update(framework, { roles: ['other'] })).toMatchObject({ status: 200 });
      await expect
        .poll(() => framework.events, { timeout: 20_000 })
        .toContainEqual({ type: 'RESCIND', rescind: { offerId: first?.id } });
      await expect
        .poll(() => offered().map(({ allocationInfo }) => allocationInfo?.role), { timeout: 20_000 })
        .toContain('other');
    },
  },
  {
    name: 'several roles: each offer is for one of them; SUPPRESS of one leaves the other',
    run: async (context) => {
      const framework = await context.framework({ framework: { roles: ['a', 'b/c'] } });
      const offer = await framework.offer();
      expect(['a', 'b/c']).toContain(offer.allocationInfo?.role);
      for (const { allocationInfo } of offer.resources) expect(allocationInfo).toEqual(offer.allocationInfo);
      await framework.call({ type: 'SUPPRESS', suppress: { roles: ['a'] } });
      await framework.decline(0, offer);
      // What was made before SUPPRESS arrived may be for a.
      await framework.until('an offer for b/c', () =>
        framework.heldOffers.find(({ allocationInfo }) => allocationInfo?.role === 'b/c'),
      );
    },
  },
];
