import type { Constraint } from '@carillon/contracts';
import type { Offer } from '@carillon/mesos';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runSpec } from '../run-spec.fixtures.js';
import { type JobQueue, matchOffers } from './match-offers.js';
import { placementNeed } from './placement-need.js';
import { WithinReach } from './within-reach.js';

const offer = (n: number, cpus: number): Offer => ({
  ...{ id: { value: `o${n}` }, frameworkId: { value: 'f' }, agentId: { value: `a${n}` }, hostname: `h${n}` },
  resources: [
    { name: 'cpus', type: 'SCALAR', scalar: { value: cpus }, allocationInfo: { role: '*' } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 1024 }, allocationInfo: { role: '*' } },
  ],
  ...{ attributes: [], executorIds: [], allocationInfo: { role: '*' } },
});

function within(queue: readonly JobQueue[], most: number): JobQueue[] {
  const reach = new WithinReach(most);
  return queue.flatMap((job) => {
    const runs = job.runs.filter(({ need }) => reach.has(need));
    const [first] = runs;
    if (first === undefined) return [];
    reach.begin(first.need);
    return [{ ...job, runs }];
  });
}

const jobs = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    cpus: fc.constantFrom(0.5, 0.5, 0.5, 2),
    priority: fc.constantFrom(0, 0, 1),
    constraints: fc.constantFrom<Constraint[]>(
      [],
      [],
      [{ attribute: 'hostname', operator: 'MAX_PER', value: '1' }],
    ),
  }),
  { maxLength: 30 },
);

it('leaves out no run that a plan would have placed', () => {
  let leftOut = 0;
  fc.assert(
    fc.property(
      jobs,
      fc.array(fc.constantFrom(0.5, 1, 4), { maxLength: 4 }),
      fc.integer({ min: 1, max: 6 }),
      (sketches, offers, most) => {
        const queue = sketches.map(({ count, cpus, priority, constraints }, index): JobQueue => {
          const need = placementNeed(runSpec({ cpus, mem: 1, priority, placement: { constraints } }));
          return {
            uid: `j${index}`,
            runs: Array.from({ length: count }, (_, n) => ({ key: `j${index}/${n}`, need })),
          };
        });
        const few = within(queue, most);
        leftOut += queue.length - few.length;
        const given = offers.map((cpus, n) => offer(n, cpus));
        const settings = { limit: most, room: () => 4, keepGpusForGpuRuns: false };
        expect(matchOffers(given, few, settings)).toEqual(matchOffers(given, queue, settings));
      },
    ),
    { numRuns: 500 },
  );
  expect(leftOut).toBeGreaterThan(0);
});

it('keeps a shape within reach of each priority, and each job of its own spread', () => {
  const reach = new WithinReach(1);
  const need = (priority: number, constraints: Constraint[] = []) =>
    placementNeed(runSpec({ priority, placement: { constraints } }));
  reach.begin(need(0));
  expect(reach.has(need(0))).toBe(false);
  expect(reach.has(need(1))).toBe(true);
  const spread = need(0, [{ attribute: 'hostname', operator: 'MAX_PER', value: '1' }]);
  reach.begin(spread);
  expect(reach.has(spread)).toBe(true);
});
