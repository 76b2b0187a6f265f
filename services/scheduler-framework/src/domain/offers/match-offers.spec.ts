import type { Constraint } from '@carillon/contracts';
import type { Offer } from '@carillon/mesos';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from './explain.js';
import { type JobQueue, type MatchSettings, matchOffers, type Plan } from './match-offers.js';
import { placementNeed } from './placement-need.js';

const settings: MatchSettings = { limit: 10_000, room: () => 1_000, keepGpusForGpuRuns: true };

interface OfferSketch {
  agent: string;
  id?: string;
  cpus?: number;
  mem?: number;
  gpus?: number;
  region?: string;
  attributes?: Offer['attributes'];
  role?: string;
}

function offer({
  agent,
  id = `o-${agent}`,
  cpus = 4,
  mem = 1024,
  gpus = 0,
  region,
  attributes = [],
  role,
}: OfferSketch): Offer {
  const scalar = (name: string, value: number) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
    allocationInfo: { role: 'carillon' },
    ...(role === undefined ? {} : { reservations: [{ type: 'STATIC' as const, role }] }),
  });
  return {
    id: { value: id },
    frameworkId: { value: 'f' },
    agentId: { value: agent },
    hostname: `${agent}.example`,
    resources: [scalar('cpus', cpus), scalar('mem', mem), ...(gpus > 0 ? [scalar('gpus', gpus)] : [])],
    attributes,
    executorIds: [],
    allocationInfo: { role: 'carillon' },
    ...(region === undefined
      ? {}
      : { domain: { faultDomain: { region: { name: region }, zone: { name: 'z' } } } }),
  };
}

const need = (cpus = 1, mem = 32, constraints: Constraint[] = [], gpus = 0) =>
  placementNeed({
    cpus,
    mem,
    disk: 0,
    gpus,
    args: [],
    env: {},
    placement: { constraints },
    artifacts: [],
    maxLaunchDelay: 3600,
    volumes: [],
    restart: { policy: 'NEVER' },
    secrets: {},
    networks: [],
    parameters: [],
  });
const job = (uid: string, count: number, of = need()): JobQueue => ({
  uid,
  runs: Array.from({ length: count }, (_, index) => ({ key: `${uid}/${index}`, need: of })),
});
const placedKeys = (plan: Plan) => plan.accepts.flatMap(({ placements }) => placements.map(({ key }) => key));

describe('matching offers', () => {
  it('launches many runs on one offer, and declines what nothing fits on', () => {
    const plan = matchOffers(
      [offer({ agent: 'a', cpus: 3 }), offer({ agent: 'b', cpus: 0.5 })],
      [job('j', 5)],
      settings,
    );
    expect(placedKeys(plan)).toEqual(['j/0', 'j/1', 'j/2']);
    expect(plan.declines).toEqual(['o-b']);
  });

  it('gives each job its turn', () => {
    const plan = matchOffers(
      [offer({ agent: 'a', cpus: 4 })],
      [job('big', 10_000), job('x', 1), job('y', 1)],
      settings,
    );
    expect(placedKeys(plan)).toEqual(['big/0', 'x/0', 'y/0', 'big/1']);
  });

  it('is not held up by a run that fits nowhere', () => {
    const plan = matchOffers([offer({ agent: 'a' })], [job('huge', 2, need(64)), job('small', 1)], settings);
    expect(placedKeys(plan)).toEqual(['small/0']);
  });

  it('spreads runs over the agents', () => {
    const plan = matchOffers([offer({ agent: 'a' }), offer({ agent: 'b' })], [job('j', 4)], settings);
    expect(plan.accepts.map(({ placements }) => placements.length)).toEqual([2, 2]);
  });

  it('combines the offers of one agent', () => {
    const offers = [offer({ agent: 'a', id: 'o1', cpus: 1 }), offer({ agent: 'a', id: 'o2', cpus: 1 })];
    const plan = matchOffers(offers, [job('j', 1, need(2))], settings);
    expect(plan.accepts).toMatchObject([{ agentId: 'a', offerIds: ['o1', 'o2'] }]);
    expect(plan.accepts[0]?.placements[0]?.resources.filter(({ name }) => name === 'cpus')).toHaveLength(2);
  });

  it('holds the offers of an agent that may not be given more to start yet', () => {
    const room = { ...settings, room: () => 2 };
    const full = { ...settings, room: () => 0 };
    expect(matchOffers([offer({ agent: 'a' })], [job('j', 4)], room)).toMatchObject({
      placed: 2,
      holds: [],
      declines: [],
    });
    expect(matchOffers([offer({ agent: 'a' })], [job('j', 4)], full)).toMatchObject({
      placed: 0,
      holds: ['o-a'],
    });
    expect(matchOffers([offer({ agent: 'a' })], [job('j', 4, need(64))], full)).toMatchObject({
      declines: ['o-a'],
    });
  });

  it('places no more than it is told to at a time, and holds the rest', () => {
    const offers = [offer({ agent: 'a' }), offer({ agent: 'b' })];
    const plan = matchOffers(offers, [job('j', 4)], { ...settings, limit: 1 });
    expect(plan).toMatchObject({ placed: 1, accepts: [{ agentId: 'a' }], holds: ['o-b'], declines: [] });
  });

  it('takes reserved resources first, as they were offered', () => {
    const reserved = offer({ agent: 'a', id: 'r', cpus: 1, role: 'carillon' });
    const plan = matchOffers([offer({ agent: 'a', cpus: 1 }), reserved], [job('j', 1)], settings);
    const [cpus] = plan.accepts[0]?.placements[0]?.resources ?? [];
    expect(cpus).toMatchObject({
      name: 'cpus',
      reservations: [{ role: 'carillon' }],
      allocationInfo: { role: 'carillon' },
    });
  });

  it('keeps GPU agents for GPU runs, unless told otherwise', () => {
    const offers = [offer({ agent: 'a', gpus: 2 })];
    expect(matchOffers(offers, [job('j', 1)], settings).placed).toBe(0);
    expect(matchOffers(offers, [job('j', 1, need(1, 32, [], 1))], settings).placed).toBe(1);
    expect(matchOffers(offers, [job('j', 1)], { ...settings, keepGpusForGpuRuns: false }).placed).toBe(1);
  });

  it('uses other regions only for jobs that name a region or zone', () => {
    const offers = [offer({ agent: 'a', region: 'far' })];
    const near = { ...settings, localRegion: 'near' };
    expect(matchOffers(offers, [job('j', 1)], near).placed).toBe(0);
    const named = need(1, 32, [{ attribute: '@region', operator: 'IS', value: 'far' }]);
    expect(matchOffers(offers, [job('j', 1, named)], near).placed).toBe(1);
  });
});

describe('constraints', () => {
  const rack = { name: 'rack', type: 'TEXT' as const, text: { value: 'r-12' } };
  const cores = { name: 'cores', type: 'SCALAR' as const, scalar: { value: 1.5 } };
  const one = offer({ agent: 'a', attributes: [rack, cores] });
  it.each([
    ['hostname', 'IS', 'a.example', true],
    ['@hostname', 'LIKE', 'a\\..*', true],
    ['hostname', 'LIKE', 'a', false],
    ['rack', 'IS', 'r-12', true],
    ['rack', 'IS', 'r-1', false],
    ['rack', 'LIKE', 'r-\\d+', true],
    ['rack', 'UNLIKE', 'r-\\d+', false],
    ['cores', 'IS', '1.500', true],
    ['nothing', 'IS', 'x', false],
    ['nothing', 'LIKE', '.*', false],
    ['nothing', 'UNLIKE', 'x', true],
    ['rack', 'LIKE', '(', false],
    ['nothing', 'IS', undefined, true],
  ] as const)('%s %s %s → %s', (attribute, operator, value, expected) => {
    const constraint = { attribute, operator, ...(value === undefined ? {} : { value }) };
    const plan = matchOffers([one], [job('j', 1, need(1, 32, [constraint]))], settings);
    expect(plan.placed).toBe(expected ? 1 : 0);
  });

  it('says what each agent lacks', () => {
    const wanted = need(8, 32, [{ attribute: 'rack', operator: 'IS', value: 'r-1' }]);
    const { looked } = matchOffers([one], [job('j', 1, wanted)], settings);
    expect(explain(looked, wanted, settings)).toEqual([
      {
        agentId: 'a',
        hostname: 'a.example',
        lacks: ['cpus: 8 needed, 4 offered', 'constraint rack IS r-1: the agent has r-12'],
      },
    ]);
  });
});

describe('whatever is offered and waits', () => {
  const sizes = fc.constantFrom(0.1, 0.25, 0.3, 1, 2.5, 7);
  const offers = fc.array(
    fc.record({ agent: fc.constantFrom('a', 'b', 'c', 'd'), cpus: sizes, mem: fc.constantFrom(32, 64, 512) }),
    { maxLength: 12 },
  );
  const jobs = fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 8 }), cpus: sizes, mem: fc.constantFrom(32, 48, 600) }),
    { maxLength: 6 },
  );

  it('nothing is over-committed, every offer is used, held or declined once, and nothing that fits is left', () => {
    fc.assert(
      fc.property(offers, jobs, fc.integer({ min: 0, max: 5 }), (sketches, waiting, room) => {
        const given = sketches.map((sketch, index) => offer({ ...sketch, id: `o${index}` }));
        const queue = waiting.map(({ count, cpus, mem }, index) => job(`j${index}`, count, need(cpus, mem)));
        const plan = matchOffers(given, queue, { ...settings, room: () => room });

        const answered = [
          ...plan.accepts.flatMap(({ offerIds }) => offerIds),
          ...plan.declines,
          ...plan.holds,
        ];
        expect(answered.sort()).toEqual(given.map(({ id }) => id.value).sort());
        const keys = placedKeys(plan);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { agentId, placements } of plan.accepts) {
          expect(placements.length).toBeLessThanOrEqual(room);
          for (const name of ['cpus', 'mem']) {
            const total = (resources: Offer['resources']) =>
              resources
                .filter((r) => r.name === name)
                .reduce((sum, r) => sum + Math.round((r.scalar?.value ?? 0) * 1_000), 0);
            const offered = total(
              given.filter((o) => o.agentId.value === agentId).flatMap((o) => o.resources),
            );
            expect(total(placements.flatMap(({ resources }) => resources))).toBeLessThanOrEqual(offered);
          }
        }
        const left = queue.flatMap(({ runs }) => runs).filter(({ key }) => !keys.includes(key));
        for (const run of left)
          expect(explain(plan.looked, run.need, settings).every(({ lacks }) => lacks.length > 0)).toBe(true);
      }),
    );
  });
});
