import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { encodeRecord, type Event, RecordDecoder, schedulerCodecs, type TaskStatus } from '@carillon/mesos';
import protobuf from 'protobufjs';

const ROUND_MS = 400;
const ROUNDS = 9;
const TARGET = 2;
const PROTO = new URL('../proto/', import.meta.resolve('@carillon/mesos'));

/**
 * Processor time to decode events of the v1 scheduler API, beside protobufjs on the same bytes: ours gives plain objects
 * with the names of enums and keeps what it does not know. The two take turns.
 */
export function run(): Promise<void> {
  const raw = rawDecoder();
  const ours = (bytes: Uint8Array) => schedulerCodecs.protobuf.decodeEvent(bytes);
  const ratios = streams().map(([title, events]) => {
    const records = events.map((event) => schedulerCodecs.protobuf.encodeEvent(event));
    return compare(title, records, raw, ours);
  });
  recordIo();
  const worst = Math.max(...ratios);
  print(
    `within ${TARGET} × raw protobufjs: ${worst <= TARGET ? 'yes' : 'NO'} (${worst.toFixed(2)}); ${load()}`,
  );
  return Promise.resolve();
}

function rawDecoder(): (bytes: Uint8Array) => unknown {
  const root = new protobuf.Root();
  for (const file of ['mesos.proto', 'scheduler.proto']) {
    protobuf.parse(readFileSync(new URL(file, PROTO), 'utf8'), root, { keepCase: true });
  }
  const type = root.resolveAll().lookupType('mesos.v1.scheduler.Event');
  return (bytes) => type.decode(bytes);
}

function compare(
  title: string,
  records: readonly Uint8Array[],
  raw: (bytes: Uint8Array) => unknown,
  ours: (bytes: Uint8Array) => unknown,
): number {
  const rounds: { raw: number; ours: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const found = { raw: microseconds(raw, records), ours: microseconds(ours, records) };
    if (round > 0) rounds.push(found); // the first one warms up
  }
  const ratio = median(rounds.map((round) => round.ours / round.raw));
  const bytes = records.reduce((sum, { length }) => sum + length, 0) / records.length;
  print(
    `${title} (${bytes.toFixed(0)} bytes each): ours ${median(rounds.map((r) => r.ours)).toFixed(2)} µs, ` +
      `raw protobufjs ${median(rounds.map((r) => r.raw)).toFixed(2)} µs, ratio ${ratio.toFixed(2)} ` +
      `(rounds ${rounds.map((r) => (r.ours / r.raw).toFixed(2)).join(' ')})`,
  );
  return ratio;
}

/** Processor time per record: what others do on the machine does not count. */
function microseconds(decode: (bytes: Uint8Array) => unknown, records: readonly Uint8Array[]): number {
  const before = process.cpuUsage();
  const until = performance.now() + ROUND_MS;
  let count = 0;
  while (performance.now() < until) {
    for (const record of records) decode(record);
    count += records.length;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Cutting a stream into records, in chunks as TCP gives them: little beside decoding them. */
function recordIo(): void {
  const [, updates] = streams()[0] ?? ['', []];
  const records = updates.map((event) => encodeRecord(schedulerCodecs.protobuf.encodeEvent(event)));
  const stream = Buffer.concat(Array.from({ length: 200 }, () => records).flat());
  const perRecord = microseconds(() => {
    const decoder = new RecordDecoder(1_000_000);
    for (let at = 0; at < stream.length; at += 1_448) decoder.push(stream.subarray(at, at + 1_448));
  }, [stream]);
  print(
    `RecordIO: ${(perRecord / (200 * records.length)).toFixed(2)} µs per record, in chunks of 1,448 bytes`,
  );
}

/** A day of a framework: mostly statuses, some offers. */
function streams(): [string, Event[]][] {
  const updates = Array.from(
    { length: 100 },
    (_, n): Event => ({ type: 'UPDATE', update: { status: status(n) } }),
  );
  const offers = [1, 20].map((count): [string, Event[]] => [
    `OFFERS of ${count}`,
    [{ type: 'OFFERS', offers: { offers: Array.from({ length: count }, (_, n) => offer(n)) } }],
  ]);
  return [['UPDATE', updates], ...offers];
}

function status(n: number): TaskStatus {
  return {
    taskId: { value: `reports_nightly.20261123012500a1b2c.${n}` },
    state: n % 3 === 0 ? 'TASK_STARTING' : n % 3 === 1 ? 'TASK_RUNNING' : 'TASK_FINISHED',
    source: 'SOURCE_EXECUTOR',
    ...(n % 3 === 2 ? { message: 'Command exited with status 0' } : {}),
    agentId: { value: '06dcb196-0c5b-4591-986c-97d4676a14f9-S0' },
    executorId: { value: `reports_nightly.20261123012500a1b2c.${n}` },
    timestamp: 1_795_397_100.123,
    uuid: new Uint8Array(16).fill(n),
    containerStatus: {
      containerId: { value: '5ad5c24e-50d8-4c7a-8d5c-0c2a2a2f5a3c' },
      networkInfos: [{ ipAddresses: [{ protocol: 'IPv4', ipAddress: '10.0.0.1' }] }],
    },
  };
}

function offer(n: number) {
  const allocationInfo = { role: '*' };
  const scalar = (name: string, value: number) =>
    ({ name, type: 'SCALAR', scalar: { value }, role: '*', allocationInfo, reservations: [] }) as const;
  const range = [
    { begin: 31_000, end: 31_500 },
    { begin: 31_502, end: 32_000 },
  ];
  return {
    id: { value: `06dcb196-0c5b-4591-986c-97d4676a14f9-O${n}` },
    frameworkId: { value: '06dcb196-0c5b-4591-986c-97d4676a14f9-0001' },
    agentId: { value: `06dcb196-0c5b-4591-986c-97d4676a14f9-S${n}` },
    hostname: `agent-${n}.example`,
    url: {
      scheme: 'http',
      address: { hostname: `agent-${n}.example`, ip: '10.0.0.1', port: 5051 },
      path: '/slave(1)',
    },
    resources: [
      {
        name: 'ports',
        type: 'RANGES',
        ranges: { range },
        role: '*',
        allocationInfo,
        reservations: [],
      } as const,
      scalar('cpus', 4),
      scalar('mem', 4_096),
      scalar('disk', 10_000),
    ],
    attributes: [{ name: 'rack', type: 'TEXT', text: { value: 'r1' } } as const],
    executorIds: [],
    allocationInfo,
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function load(): string {
  return `load ${loadavg()[0]?.toFixed(1)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
