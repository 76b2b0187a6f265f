import type { Constraint, JobSpec } from '@carillon/contracts';
import type { Offer } from '@carillon/mesos';
import { type JobQueue, matchOffers, type PlacementNeed, placementNeed } from '@carillon/scheduler-framework';

const OFFERS = 1_000;
const RUNS = 10_000;
const ROUNDS = 7;
const TARGET_MS = 250;

interface Mix {
  readonly name: string;
  readonly jobs: number;
  readonly cpusPerOffer: number;
  readonly need: (job: number) => PlacementNeed;
}

const plain = need({});
const rack = (operator: Constraint['operator'], value?: string): Constraint => ({
  attribute: 'rack',
  operator,
  ...(value === undefined ? {} : { value }),
});

/** `cpusPerOffer` 16: everything fits; 0.4: the cluster is full before a tenth of the runs is placed. */
const MIXES: readonly Mix[] = [
  { name: 'one job, all fit', jobs: 1, cpusPerOffer: 16, need: () => plain },
  { name: '1,000 jobs, all fit', jobs: 1_000, cpusPerOffer: 16, need: () => plain },
  { name: '1,000 jobs, full cluster', jobs: 1_000, cpusPerOffer: 0.4, need: () => plain },
  {
    name: '1,000 shapes, all fit',
    jobs: 1_000,
    cpusPerOffer: 16,
    need: (job) => need({ mem: 32 + job }),
  },
  {
    name: '10,000 shapes, full cluster',
    jobs: RUNS,
    cpusPerOffer: 0.4,
    need: (job) => need({ mem: 32 + job / 1_000 }),
  },
  {
    name: '100 jobs, LIKE and ports',
    jobs: 100,
    cpusPerOffer: 16,
    need: () => need({ ports: 1 }, [rack('LIKE', 'r-[0-4].*')]),
  },
  {
    name: '1,000 jobs, MAX_PER 1',
    jobs: 1_000,
    cpusPerOffer: 16,
    need: () => need({}, [rack('MAX_PER', '1')]),
  },
  { name: '100 jobs, GROUP_BY', jobs: 100, cpusPerOffer: 16, need: () => need({}, [rack('GROUP_BY')]) },
  {
    name: '1,000 jobs, 3 priorities',
    jobs: 1_000,
    cpusPerOffer: 16,
    need: (job) => need({ priority: job % 3 }),
  },
];

/**
 * One plan of 1,000 offers and 10,000 queued runs, median and worst of some rounds, beside the plain way: for each run
 * look through the offers until one fits, as it is done elsewhere.
 */
// eslint-disable-next-line @typescript-eslint/require-await -- a bench
export async function run(): Promise<void> {
  console.log(`matcher: ${OFFERS} offers x ${RUNS} queued runs, ms (target ${TARGET_MS})`);
  console.log('mix                          placed   median    worst   first fit');
  let worst = 0;
  for (const mix of MIXES) {
    const offers = Array.from({ length: OFFERS }, (_, index) => offer(index, mix.cpusPerOffer));
    const queue = queueOf(mix);
    const times: number[] = [];
    let placed = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = performance.now();
      ({ placed } = matchOffers(offers, queue, {
        ...{ limit: RUNS, room: () => 1_000, keepGpusForGpuRuns: true },
      }));
      times.push(performance.now() - began);
    }
    times.sort((one, other) => one - other);
    const [median, last] = [times[ROUNDS >> 1] ?? 0, times.at(-1) ?? 0];
    worst = Math.max(worst, last);
    const figures = [
      placed.toString(),
      median.toFixed(1),
      last.toFixed(1),
      firstFit(offers, queue).toFixed(0),
    ];
    console.log(mix.name.padEnd(28), ...figures.map((figure) => figure.padStart(8)));
  }
  console.log(`worst ${worst.toFixed(1)} ms, ${(TARGET_MS / worst).toFixed(1)} x faster than the target`);
}

function need(run: Partial<JobSpec['run']>, constraints: Constraint[] = []): PlacementNeed {
  return placementNeed({
    ...{ cpus: 0.1, mem: 32, disk: 0, gpus: 0, args: [], env: {}, placement: { constraints } },
    ...{ artifacts: [], maxLaunchDelay: 3600, volumes: [], restart: { policy: 'NEVER' } },
    ...{ secrets: {}, networks: [], parameters: [] },
    ...run,
  });
}

function queueOf({ jobs, need: needOf }: Mix): JobQueue[] {
  return Array.from({ length: jobs }, (_, job) => {
    const of = needOf(job);
    const runs = Array.from({ length: RUNS / jobs }, (_run, index) => ({ key: `${job}/${index}`, need: of }));
    return { uid: String(job), runs };
  });
}

function offer(index: number, cpus: number): Offer {
  const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
  return {
    id: { value: `o${index}` },
    frameworkId: { value: 'f' },
    agentId: { value: `a${index}` },
    hostname: `host-${index}.example`,
    resources: [
      ...[scalar('cpus', cpus), scalar('mem', 65_536), scalar('disk', 100_000)],
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 32_000 }] } },
    ],
    attributes: [{ name: 'rack', type: 'TEXT', text: { value: `r-${index % 100}` } }],
    executorIds: [],
  };
}

/** Resources only, no constraints: less than what is asked of ours. */
function firstFit(offers: readonly Offer[], queue: readonly JobQueue[]): number {
  const began = performance.now();
  const free = offers.map(({ resources }) => ({
    cpus: 1_000 * (resources.find(({ name }) => name === 'cpus')?.scalar?.value ?? 0),
    mem: 1_000 * (resources.find(({ name }) => name === 'mem')?.scalar?.value ?? 0),
  }));
  for (const { runs } of queue) {
    for (const { need: of } of runs) {
      const { cpus, mem } = of.quantities;
      const place = free.find((left) => left.cpus >= cpus && left.mem >= mem);
      if (place === undefined) continue;
      place.cpus -= cpus;
      place.mem -= mem;
    }
  }
  return performance.now() - began;
}
