import type { Offer } from '@carillon/mesos';
import { expect, it } from 'vitest';
import { LaunchTasks, type LaunchTasksOptions } from './launch-tasks.js';
import { OfferPool } from './offer-pool.js';

const offer = (id: string) => ({ id: { value: id }, resources: [] }) as unknown as Offer;
const plan = {
  ...{ placed: 0, declines: ['declined', 'rescinded'] },
  accepts: [{ offerIds: ['accepted'], agentId: 'a', hostname: 'h', placements: [] }],
} as unknown as Parameters<LaunchTasks['launch']>[0];

it('has its offers again when nothing could be written, but for what Mesos took back meanwhile', async () => {
  const offers = new OfferPool();
  offers.add(['accepted', 'declined', 'rescinded', 'other'].map(offer));
  const record = () => {
    offers.remove('rescinded');
    return Promise.reject(new Error('away'));
  };
  const launching = new LaunchTasks({ offers, ledger: { record } } as unknown as LaunchTasksOptions);
  await expect(launching.launch(plan)).rejects.toThrow('away');
  expect(offers.all().map(({ id }) => id.value)).toEqual(['other', 'accepted', 'declined']);
});
