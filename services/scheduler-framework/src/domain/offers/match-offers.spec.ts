import type { Constraint } from '@carillon/contracts';
import type { Offer } from '@carillon/mesos';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from './explain.js';
import { JobSpread } from './spread.js';
import { portsOf } from './offer-ports.js';
import { type JobQueue, type MatchSettings, matchOffers, type Plan } from './match-offers.js';
import type { AttemptVolume } from '../volumes/persistent-volume.js';
import { labelledDisks, reservedDisk, volumeResource } from '../volumes/persistent-volume.js';
import { runSpec } from '../run-spec.fixtures.js';
import { placementNeed, withVolumes } from './placement-need.js';

const owner = { framework: 'carillon', principal: 'p' };
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
  ports?: readonly (readonly [number, number])[];
  disk?: number;
  /** Of the framework's offers; reservations are for it. */
  allocatedTo?: string;
  volumes?: readonly AttemptVolume[];
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
  ports = [],
  disk = 0,
  allocatedTo = 'carillon',
  volumes = [],
}: OfferSketch): Offer {
  const allocationInfo = { role: allocatedTo };
  const scalar = (name: string, value: number) => ({
    ...{ name, type: 'SCALAR' as const, scalar: { value }, allocationInfo },
    ...(role === undefined ? {} : { reservations: [{ type: 'STATIC' as const, role }] }),
  });
  return {
    id: { value: id },
    frameworkId: { value: 'f' },
    agentId: { value: agent },
    hostname: `${agent}.example`,
    resources: [
      ...[scalar('cpus', cpus), scalar('mem', mem), ...(gpus > 0 ? [scalar('gpus', gpus)] : [])],
      ...(disk > 0 ? [scalar('disk', disk)] : []),
      ...volumes.map((volume) => volumeResource(volume, scalar('disk', 0), owner, 'j')),
      {
        ...{ name: 'ports', type: 'RANGES' as const, allocationInfo },
        ranges: { range: ports.map(([begin, end]) => ({ begin, end })) },
      },
    ],
    attributes,
    executorIds: [],
    allocationInfo,
    ...(region === undefined
      ? {}
      : { domain: { faultDomain: { region: { name: region }, zone: { name: 'z' } } } }),
  };
}

const need = (
  cpus = 1,
  mem = 32,
  constraints: Constraint[] = [],
  gpus = 0,
  more: { ports?: number; priority?: number; disk?: number } = {},
) => placementNeed(runSpec({ cpus, mem, gpus, placement: { constraints }, ...more }));
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

describe('maintenance', () => {
  const hour = 3_600_000;
  const drained = (startsIn: number, duration?: number) => ({
    ...offer({ agent: 'a' }),
    unavailability: {
      start: { nanoseconds: `${startsIn}000000` },
      ...(duration === undefined ? {} : { duration: { nanoseconds: duration * 1e6 } }),
    },
  });
  const rules = (now: number) => ({ ...settings, maintenance: { now, drainingMs: hour } });
  it.each([
    ['far away', 10 * hour, 8 * hour, 1],
    ['near', 10 * hour, 9 * hour, 0],
    ['going on', 10 * hour, 11 * hour, 0],
    ['over', 10 * hour, 12 * hour, 1],
  ])('that is %s', (_, start, now, placed) => {
    const plan = matchOffers([drained(start, 2 * hour)], [job('j', 1)], rules(now));
    expect(plan.placed).toBe(placed);
    const lacks = explain(plan.looked, need(), rules(now))[0]?.lacks;
    expect(lacks).toEqual(
      placed === 1 ? [] : ['maintenance: the agent is drained from 1970-01-01T10:00:00.000Z'],
    );
  });
  it('that has no end goes on', () =>
    expect(matchOffers([drained(hour)], [job('j', 1)], rules(1e12)).placed).toBe(0));
});

describe('priorities', () => {
  const urgent = need(1, 32, [], 0, { priority: 5 });
  it('come first, whosever turn it is', () => {
    const offers = [offer({ agent: 'a', cpus: 3 })];
    const plan = matchOffers(offers, [job('x', 4), job('y', 2, urgent)], settings);
    expect(placedKeys(plan)).toEqual(['y/0', 'y/1', 'x/0']);
  });
  it('do not hold up others when they fit nowhere', () => {
    const huge = need(64, 32, [], 0, { priority: 5 });
    const plan = matchOffers([offer({ agent: 'a' })], [job('x', 1), job('y', 1, huge)], settings);
    expect(placedKeys(plan)).toEqual(['x/0']);
  });
});

describe('ports', () => {
  const two = need(0.1, 1, [], 0, { ports: 2 });
  it('are taken from the ranges, each once', () => {
    const offers = [
      offer({
        agent: 'a',
        ports: [
          [31_000, 31_002],
          [32_000, 32_002],
        ],
      }),
    ];
    const plan = matchOffers(offers, [job('j', 4, two)], settings);
    const ports = plan.accepts.flatMap(({ placements }) =>
      placements.map(({ resources }) => portsOf(resources)),
    );
    expect(ports).toEqual([
      [31_000, 31_001],
      [31_002, 32_000],
      [32_001, 32_002],
    ]);
  });
  it('that are lacking are told', () => {
    const { looked } = matchOffers([offer({ agent: 'a', ports: [[1, 1]] })], [job('j', 1, two)], settings);
    expect(explain(looked, two, settings)[0]?.lacks).toEqual(['ports: 2 needed, 1 offered']);
  });
});

describe('persistent volumes', () => {
  const volume = (containerPath = 'data', size = 64): AttemptVolume => ({
    ...{ containerPath, size, persistenceId: `j.${containerPath}` },
  });
  const needs = (wanted: Parameters<typeof withVolumes>[1]['wanted'], disk = 0) =>
    withVolumes(need(1, 32, [], 0, { disk }), { uid: 'j', owner, wanted });
  const made = needs([volume()]);
  const kept = needs([{ ...volume(), kept: { agentId: 'b', hostname: 'b.example' } }]);
  const lacks = (of: typeof made, ...offers: Offer[]) => {
    const plan = matchOffers(offers, [job('j', 1, of)], settings);
    expect(plan.placed).toBe(0);
    return explain(plan.looked, of, settings).map((agent) => agent.lacks);
  };

  it('are made of unreserved disk, reserved and created before the launch', () => {
    const plan = matchOffers([offer({ agent: 'a', disk: 100 })], [job('j', 1, made)], settings);
    const [placement] = plan.accepts[0]?.placements ?? [];
    const reservation = { type: 'DYNAMIC', role: 'carillon', principal: 'p' };
    const created = [
      expect.objectContaining({
        ...{ name: 'disk', scalar: { value: 64 }, allocationInfo: { role: 'carillon' } },
        reservations: [expect.objectContaining(reservation)],
        disk: {
          persistence: { id: 'j.data', principal: 'p' },
          volume: { mode: 'RW', containerPath: 'data' },
        },
      }),
    ];
    expect(placement?.created).toEqual(created);
    expect(placement?.resources).toEqual(expect.arrayContaining(created));
    const offered = { resources: placement?.created ?? [] };
    expect(labelledDisks(offered, 'carillon')).toMatchObject([{ uid: 'j', persistenceId: 'j.data' }]);
    expect(labelledDisks(offered, 'another')).toEqual([]);
  });

  it('that are kept bind the run to the agent that offers them', () => {
    const offers = [offer({ agent: 'a', disk: 1_000 }), offer({ agent: 'b', volumes: [volume()] })];
    const plan = matchOffers(offers, [job('j', 1, kept)], settings);
    expect(plan).toMatchObject({ accepts: [{ agentId: 'b' }], declines: ['o-a'] });
    const [placement] = plan.accepts[0]?.placements ?? [];
    expect(placement?.created).toBeUndefined();
    expect(placement?.resources).toContainEqual(offers[1]?.resources.find(({ disk }) => disk !== undefined));
  });

  it('that are kept are had by one run', () => {
    const offers = [offer({ agent: 'b', volumes: [volume()] })];
    expect(matchOffers(offers, [job('j', 2, kept)], settings).placed).toBe(1);
  });

  it('are nobody’s disk', () => {
    const offers = [offer({ agent: 'b', disk: 10, volumes: [volume()] })];
    expect(matchOffers(offers, [job('k', 1, need(1, 32, [], 0, { disk: 11 }))], settings).placed).toBe(0);
    const left = reservedDisk(volumeResource(volume(), { name: 'disk', type: 'SCALAR' }, owner, 'j'));
    const reserved = { ...offer({ agent: 'a' }), resources: [...offer({ agent: 'a' }).resources, left] };
    expect(matchOffers([reserved], [job('k', 1, need(1, 32, [], 0, { disk: 1 }))], settings).placed).toBe(0);
  });

  it('that cannot be had are told', () => {
    const other = offer({ agent: 'a', disk: 1_000 });
    const [elsewhere, taken] = lacks(kept, other, offer({ agent: 'b' }));
    expect(elsewhere).toEqual(['volume data: it is on b.example (agent b)']);
    expect(taken).toEqual(['volume data: it is on this agent, but not in what was offered']);
    expect(lacks(made, offer({ agent: 'a', disk: 63 }))).toEqual([
      ['volume data: 64 MiB of unreserved disk needed, 63 offered'],
    ]);
    expect(lacks(needs([volume()], 40), offer({ agent: 'a', disk: 100 }))).toEqual([
      ['volume data: 64 MiB of unreserved disk needed, 60 offered'],
    ]);
    expect(lacks(made, offer({ agent: 'a', disk: 100, role: 'carillon' }))).toEqual([
      ['volume data: 64 MiB of unreserved disk needed, 0 offered'],
    ]);
    expect(lacks(made, offer({ agent: 'a', disk: 100, allocatedTo: '*' }))).toEqual([
      ['volume data: what is offered to role * cannot be reserved'],
    ]);
  });
});

describe('constraints on the other runs of the job', () => {
  const racks = (...values: string[]) =>
    values.map((value, index) =>
      offer({
        agent: `a${index}`,
        cpus: 100,
        attributes: [{ name: 'rack', type: 'TEXT', text: { value } }],
      }),
    );
  const rule = (operator: Constraint['operator'], value?: string) =>
    need(1, 32, [{ attribute: 'rack', operator, ...(value === undefined ? {} : { value }) }]);
  const placedOn = (plan: Plan) =>
    plan.accepts.flatMap(({ placements }) => placements.map(({ values }) => values?.['rack'] ?? '')).sort();
  const spread = (of: ReturnType<typeof need>, count: number, active: string[], ...values: string[]) =>
    matchOffers(
      racks(...values),
      [{ ...job('j', count, of), placed: () => active.map((rack) => ({ rack })) }],
      settings,
    );

  it('UNIQUE: one on each value', () => {
    expect(placedOn(spread(rule('UNIQUE'), 5, [], 'r1', 'r2', 'r2', 'r3'))).toEqual(['r1', 'r2', 'r3']);
    expect(placedOn(spread(rule('UNIQUE'), 5, ['r2'], 'r1', 'r2'))).toEqual(['r1']);
  });
  it('UNIQUE by host', () => {
    const hosts = need(1, 32, [{ attribute: 'hostname', operator: 'UNIQUE' }]);
    expect(matchOffers(racks('r', 'r'), [job('j', 3, hosts)], settings).placed).toBe(2);
  });
  it('MAX_PER: at most so many on each value', () => {
    expect(placedOn(spread(rule('MAX_PER', '2'), 9, ['r2'], 'r1', 'r2'))).toEqual(['r1', 'r1', 'r2']);
  });
  it('CLUSTER: all on one value', () => {
    expect(new Set(placedOn(spread(rule('CLUSTER'), 5, [], 'r1', 'r2', 'r1'))).size).toBe(1);
    expect(placedOn(spread(rule('CLUSTER'), 2, ['r2'], 'r1', 'r2'))).toEqual(['r2', 'r2']);
    expect(placedOn(spread(rule('CLUSTER'), 2, ['gone'], 'r1', 'r2'))).toEqual([]);
    expect(spread(rule('CLUSTER', 'r2'), 2, [], 'r1', 'r2').accepts).toMatchObject([{ agentId: 'a1' }]);
  });
  it('GROUP_BY: evenly, over as many values as there are said to be', () => {
    expect(placedOn(spread(rule('GROUP_BY'), 4, [], 'r1', 'r2'))).toEqual(['r1', 'r1', 'r2', 'r2']);
    expect(placedOn(spread(rule('GROUP_BY'), 4, ['r1', 'r1'], 'r1', 'r2'))).toEqual(['r1', 'r2', 'r2', 'r2']);
    expect(placedOn(spread(rule('GROUP_BY', '3'), 4, [], 'r1', 'r2'))).toEqual(['r1', 'r2']);
  });
  it('are not met without the attribute, and said so', () => {
    const plan = matchOffers([offer({ agent: 'a' })], [job('j', 1, rule('UNIQUE'))], settings);
    expect(plan).toMatchObject({ placed: 0, declines: ['o-a'] });
    expect(explain(plan.looked, rule('UNIQUE'), settings)[0]?.lacks).toEqual([
      'constraint rack UNIQUE: the agent has no such attribute',
    ]);
    const taken = new JobSpread([{ rack: 'r1' }]);
    expect(explain(spread(rule('UNIQUE'), 1, ['r1'], 'r1').looked, rule('UNIQUE'), settings, taken)).toEqual([
      {
        agentId: 'a0',
        hostname: 'a0.example',
        lacks: ['constraint rack UNIQUE: other runs of the job are on r1'],
      },
    ]);
  });
  it('of one job are nothing to another', () => {
    const plan = matchOffers(
      racks('r1'),
      [job('j', 2, rule('UNIQUE')), job('k', 2, rule('UNIQUE'))],
      settings,
    );
    expect(placedKeys(plan)).toEqual(['j/0', 'k/0']);
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
    ['rack', 'EQUALS', 'r-12', true],
    ['rack', 'EQUALS', 'r-1', false],
    ['nothing', 'IS', 'x', false],
    ['nothing', 'LIKE', '.*', false],
    ['nothing', 'UNLIKE', 'x', true],
    ['rack', 'LIKE', '(', false],
    ['rack', 'LIKE', '(?i)R-\\d+', true],
    ['rack', 'UNLIKE', '(?si)R-.*', false],
    ['rack', 'LIKE', 'R-\\d+', false],
    ['rack', 'LIKE', '\\Qr-1\\E[[:digit:]]', true],
    ['rack', 'LIKE', '(?!web).*', true],
    ['rack', 'LIKE', '(?i)(?!R).*', false],
    ['nothing', 'IS', undefined, true],
  ] as const)('%s %s %s → %s', (attribute, operator, value, expected) => {
    const constraint = { attribute, operator, ...(value === undefined ? {} : { value }) };
    const plan = matchOffers([one], [job('j', 1, need(1, 32, [constraint]))], settings);
    expect(plan.placed).toBe(expected ? 1 : 0);
  });

  it('take no time to speak of, whatever their expression', () => {
    const text = { value: 'r'.repeat(29) };
    const long = offer({ agent: 'a', attributes: [{ ...rack, text }] });
    const wanted = need(1, 32, [{ attribute: 'rack', operator: 'LIKE', value: '([a-z]+)+\\d' }]);
    expect(matchOffers([long], [job('j', 1, wanted)], settings).placed).toBe(0);
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
    fc.record({
      ...{ agent: fc.constantFrom('a', 'b', 'c', 'd'), cpus: sizes, mem: fc.constantFrom(32, 64, 512) },
      gpus: fc.constantFrom(0, 0, 2),
      portCount: fc.integer({ min: 0, max: 3 }),
      disk: fc.constantFrom(0, 10, 64, 100),
      holds: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
      attributes: fc
        .constantFrom('r1', 'r2')
        .map((value) => [{ name: 'rack', type: 'TEXT' as const, text: { value } }]),
    }),
    { maxLength: 12 },
  );
  const jobs = fc.array(
    fc.record({
      ...{ count: fc.integer({ min: 1, max: 8 }), cpus: sizes, mem: fc.constantFrom(32, 48, 600) },
      gpus: fc.constantFrom(0, 0, 1),
      ports: fc.constantFrom(0, 0, 1, 2),
      priority: fc.constantFrom(0, 0, 1),
      disk: fc.constantFrom(0, 0, 5, 32),
      volumes: fc.array(fc.record({ size: fc.constantFrom(5, 32, 64), isKept: fc.boolean() }), {
        maxLength: 2,
      }),
      rule: fc.constantFrom<Constraint[]>(
        ...[[], [], [{ attribute: 'rack', operator: 'UNIQUE' as const }]],
        [{ attribute: 'hostname', operator: 'MAX_PER', value: '2' }],
        [{ attribute: 'rack', operator: 'CLUSTER' }],
      ),
    }),
    { maxLength: 6 },
  );

  it('nothing is over-committed, every offer is used, held or declined once, and nothing that fits is left', () => {
    fc.assert(
      fc.property(offers, jobs, fc.integer({ min: 0, max: 5 }), (sketches, waiting, room) => {
        const seen = new Set<number>();
        const given = sketches.map(({ portCount, holds, ...sketch }, index) =>
          offer({
            ...{ ...sketch, id: `o${index}` },
            volumes: holds.flatMap((of) => {
              if (seen.has(of)) return [];
              seen.add(of);
              return [{ containerPath: 'v0', persistenceId: `j${of}.0`, size: 64 }];
            }),
            ports: portCount === 0 ? [] : [[index * 10, index * 10 + portCount - 1]],
          }),
        );
        const queue = waiting.map(({ count, cpus, mem, gpus, rule, volumes, ...more }, index) => {
          const uid = `j${index}`;
          const wanted = volumes.map(({ size, isKept }, at) => ({
            ...{ containerPath: `v${at}`, persistenceId: `${uid}.${at}`, size },
            ...(isKept ? { kept: { agentId: 'a', hostname: 'a.example' } } : {}),
          }));
          const plain = need(cpus, mem, rule, gpus, more);
          if (wanted.length === 0) return job(uid, count, plain);
          return job(uid, 1, withVolumes(plain, { uid, owner, wanted }));
        });
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
          const ports = placements.flatMap(({ resources }) => portsOf(resources));
          expect(new Set(ports).size).toBe(ports.length);
          const offers = given.filter((o) => o.agentId.value === agentId).flatMap((o) => o.resources);
          const persisted = (of: Offer['resources'][number]) => of.disk?.persistence?.id;
          const created = placements.flatMap((placement) => placement.created ?? []).map(persisted);
          const used = placements.flatMap(({ resources }) => resources).flatMap((of) => persisted(of) ?? []);
          expect(new Set(used).size).toBe(used.length);
          for (const id of used) expect([...offers.map(persisted), ...created]).toContain(id);
          for (const name of ['cpus', 'mem', 'gpus', 'disk']) {
            const total = (resources: Offer['resources']) =>
              resources
                .filter((r) => r.name === name)
                .reduce((sum, r) => sum + Math.round((r.scalar?.value ?? 0) * 1_000), 0);
            // A volume that is kept counts with what was offered of it; what others are made of, as disk.
            const taken = placements.flatMap(({ resources }) => resources);
            expect(total(taken)).toBeLessThanOrEqual(total(offers));
            const plain = (of: Offer['resources'][number]) =>
              persisted(of) === undefined || created.includes(persisted(of));
            expect(total(taken.filter(plain))).toBeLessThanOrEqual(
              total(offers.filter((of) => persisted(of) === undefined)),
            );
          }
        }
        const placedOf = (uid: string) =>
          plan.accepts.flatMap(({ placements }) =>
            placements.flatMap(({ key, values }) => (values && key.startsWith(`${uid}/`) ? [values] : [])),
          );
        for (const { uid, runs } of queue) {
          const spread = new JobSpread(placedOf(uid));
          for (const run of runs.filter(({ key }) => !keys.includes(key))) {
            const explained = explain(plan.looked, run.need, settings, spread);
            expect(explained.every(({ lacks }) => lacks.length > 0)).toBe(true);
          }
          const [rule] = runs[0]?.need.spread ?? [];
          const values = placedOf(uid).map((place) => place[rule?.attribute ?? '']);
          if (rule?.operator === 'UNIQUE') expect(new Set(values).size).toBe(values.length);
          if (rule?.operator === 'CLUSTER') expect(new Set(values).size).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
