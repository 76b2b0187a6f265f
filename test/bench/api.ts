import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../e2e/support/api.js';
import { postmasterOf } from '../e2e/support/processes.js';
import { cpuSeconds, cpuSecondsOfAll } from '../e2e/support/processor-time.js';
import { startStandalone } from '../e2e/support/standalone.js';

const CLIENTS = 8;
const SIZES = [1_000, 10_000, 100_000].filter((size) => size <= Number(process.env['BENCH_JOBS'] ?? 10_000));
/** Creates are reported in stretches of this length at most, so that growth shows. */
const STRETCH = 5_000;
const TARGETS = { createsPerSecond: 1_100, createP99Ms: 17, pageP50Ms: 5 };

/**
 * The HTTP API of standalone as 8 clients see it, each sending its next request when the last is answered: creates
 * (each on disk when answered, and published, armed and recorded by the other services meanwhile), one job, a
 * page and the whole list, while the number of jobs grows. BENCH_JOBS=100000 goes on to 100,000.
 */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  const carillon = await startStandalone({ dataDir });
  try {
    const postgres = await postmasterOf(dataDir);
    const cpu = async () => ({
      node: await cpuSeconds(carillon.process.pid ?? 0),
      postgres: await cpuSecondsOfAll(postgres),
    });
    await measureAll(new Client(carillon.apiUrl), cpu);
  } finally {
    await carillon.interrupt();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureAll(client: Client, cpu: Cpu): Promise<void> {
  const measure = (title: string, count: number, send: Send) => measured(title, count, send, cpu);
  await measure('GET one that is missing', 2_000, (n) => client.get(`/v1/jobs/${jobId(n)}`, 404));
  let jobs = 0;
  for (const size of SIZES) {
    while (jobs < size) {
      const from = jobs;
      jobs = Math.min(size, from + STRETCH);
      const create = (n: number) => client.post('/v1/jobs', job(from + n), 201);
      judge(await measure(`create, ${from} to ${jobs} jobs`, jobs - from, create));
    }
    await settled(client, jobs);
    const getOne = (n: number) => client.get(`/v1/jobs/${jobId((n * 7919) % size)}`, 200);
    await measure(`GET one of ${size} jobs`, 4_000, getOne);
    const page = (n: number) => client.get(`/v2/jobs?limit=25&after=${jobId((n * 7919) % size)}`, 200);
    judgePage(await measure(`page of 25 of ${size} jobs`, 1_000, page));
    await measure(`list ${size} jobs whole`, size > 1_000 ? 16 : 80, () => client.get('/v1/jobs', 200));
  }
}

type Send = (n: number) => Promise<unknown>;
/** Processor seconds used so far. */
type Cpu = () => Promise<{ node: number; postgres: number }>;

const jobId = (n: number) => `bench.group-${n % 100}.job-${n}`;

const job = (n: number) => ({
  id: jobId(n),
  description: 'one of many',
  labels: { team: `team-${n % 20}`, owner: 'bench' },
  run: { cpus: 0.1, mem: 32, disk: 0, cmd: 'echo "$GREETING" && sleep 1', env: { GREETING: 'hello' } },
});

/** The other services know the last job too, so that what is measured next has the machine to itself. */
async function settled(client: Client, jobs: number): Promise<void> {
  await eventually(
    'history has heard of all jobs',
    async () => {
      const body = await client.get(`/v2/events?jobId=${jobId(jobs - 1)}`, 200);
      return (JSON.parse(body) as { events: unknown[] }).events.length > 0;
    },
    600_000,
  );
}

interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * `count` requests by 8 clients; each takes the next number when its last request is answered. Processor time is what
 * tells more when others use the machine too.
 */
async function measured(title: string, count: number, send: Send, cpu: Cpu): Promise<Figures> {
  const times: number[] = [];
  let next = 0;
  const before = await cpu();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (next < count) {
        const sent = performance.now();
        await send(next++);
        times.push(performance.now() - sent);
      }
    }),
  );
  const perSecond = count / ((performance.now() - started) / 1_000);
  const after = await cpu();
  times.sort((a, b) => a - b);
  const [p50, p99] = [at(times, 0.5), at(times, 0.99)];
  const each = (part: 'node' | 'postgres') => (((after[part] - before[part]) / count) * 1_000).toFixed(2);
  print(
    `${title}: ${perSecond.toFixed(0)} req/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ` +
      `longest ${at(times, 1).toFixed(1)} ms; processor ms each: node ${each('node')}, postgres ${each('postgres')} ` +
      `(load ${loadavg()[0]?.toFixed(1)})`,
  );
  return { perSecond, p50, p99 };
}

function judge({ perSecond, p99 }: Figures): void {
  const { createsPerSecond, createP99Ms } = TARGETS;
  const met = perSecond >= createsPerSecond && p99 < createP99Ms;
  print(`  at least ${createsPerSecond} creates/s, p99 under ${createP99Ms} ms: ${met ? 'yes' : 'NO'}`);
}

function judgePage({ p50 }: Figures): void {
  print(`  p50 under ${TARGETS.pageP50Ms} ms: ${p50 < TARGETS.pageP50Ms ? 'yes' : 'NO'}`);
}

/** As little of a client as will do, so that it takes little of the machine from what it measures. */
class Client {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, expected: number): Promise<string> {
    return this.#send('GET', path, expected, {});
  }

  post(path: string, body: object, expected: number): Promise<string> {
    return this.#send('POST', path, expected, { 'content-type': 'application/json' }, JSON.stringify(body));
  }

  #send(
    method: string,
    path: string,
    expected: number,
    headers: Record<string, string>,
    body = '',
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = {
        method,
        agent: this.#agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      };
      const sent = request(this.#url + path, options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === expected) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
