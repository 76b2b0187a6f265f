import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Event, type Offer, RecordDecoder, schedulerCodecs } from '@carillon/mesos';
import { expect, it, onTestFinished } from 'vitest';
import { startLocalMesos } from '../start-local-mesos.js';
import { task, TestFramework } from './test-framework.testing.js';

/** Bytes of sessions with a real Mesos, its own executor included. */
const RECORDINGS = ['stream', 'stream2-failover', 'stream4-subscribe-torn-down', 'failures-stream'] as const;

function recordedEvents(name: string): Event[] {
  const bytes = readFileSync(new URL(`../../../mesos/fixtures/json/${name}.response.bin`, import.meta.url));
  let body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  const chunks: Buffer[] = [];
  while (body.length > 0) {
    const end = body.indexOf('\r\n');
    const size = Number.parseInt(body.toString('latin1', 0, end), 16);
    if (!(size > 0)) break;
    chunks.push(body.subarray(end + 2, end + 2 + size));
    body = body.subarray(end + 2 + size + 2);
  }
  return new RecordDecoder(1_000_000)
    .push(Buffer.concat(chunks))
    .map((record) => schedulerCodecs.json.decodeEvent(record));
}

function kindOf(event: Event): string {
  if (event.type !== 'UPDATE' || !('update' in event)) return event.type;
  const { state, source, reason = '' } = event.update.status;
  return `UPDATE ${state} ${source} ${reason}`.trim();
}

function* pathsOf(value: unknown, path = ''): Generator<string> {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) yield path;
  else if (Array.isArray(value)) for (const item of value) yield* pathsOf(item, `${path}[]`);
  else for (const [name, member] of Object.entries(value)) yield* pathsOf(member, `${path}.${name}`);
}

/** By kind of event: the fields it may have. */
function shapes(events: readonly Event[]): Map<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const event of events) {
    const kind = kindOf(event);
    const paths = found.get(kind) ?? new Set();
    found.set(kind, paths);
    for (const path of pathsOf(event)) paths.add(path);
  }
  return new Map([...found].map(([kind, paths]) => [kind, [...paths].sort()]));
}

/** Before a command runs local Mesos has no process that could be called its executor. */
const NOT_LOCAL: Readonly<Record<string, string>> = {
  'UPDATE TASK_STARTING SOURCE_EXECUTOR': '.update.status.containerStatus.executorPid',
};

it('every kind of event of the recorded sessions comes from local Mesos too, with the same fields', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'recordings-'));
  const mesos = await startLocalMesos({
    dataDir,
    agents: [0, 1].map((n) => ({ cpus: 4, mem: 4_096, attributes: { rack: `r${n}` } })),
    agentTimeoutMs: 300,
  });
  const framework = await TestFramework.subscribed(mesos.address, { framework: { checkpoint: true } });
  const others: TestFramework[] = [];
  onTestFinished(async () => {
    for (const one of [framework, ...others]) await one.leave();
    await mesos.stop({ killTasks: true });
    rmSync(dataDir, { recursive: true, force: true });
  });
  const [ok, bad, long, stale] = ['ok', 'bad', 'long', 'stale'];
  const tasks = [
    task({ id: ok }),
    task({ id: bad, cmd: 'exit 3' }),
    task({ id: long, cmd: 'sleep 60' }),
    task({ id: 'a/b' }),
  ];
  const offer = await framework.launch(...tasks);
  await framework.launchOn(offer, task({ id: stale }));
  await framework.status(stale, 'TASK_DROPPED');
  await framework.status(ok, 'TASK_FINISHED');
  await framework.status(bad, 'TASK_FAILED');
  await framework.status(long, 'TASK_RUNNING');
  const { agentId } = offer;
  const reconcile = async (...asked: string[]): Promise<void> =>
    framework.call({
      type: 'RECONCILE',
      reconcile: { tasks: asked.map((id) => ({ taskId: { value: id }, agentId })) },
    });
  await reconcile(long, 'gone');
  await framework.status('gone', 'TASK_GONE');
  await framework.call({ type: 'KILL', kill: { taskId: { value: 'unknown' } } });
  await framework.status('unknown', 'TASK_UNKNOWN');
  await framework.call({ type: 'REVIVE' });
  const isThere = (held: Offer): boolean => held.agentId.value === agentId.value;
  await framework.until('an offer of it, to be rescinded', () => framework.heldOffers.find(isThere));
  const agent = mesos.agents.find(({ id }) => id === agentId.value);
  agent?.kill();
  await framework.status(long, 'TASK_UNREACHABLE');
  await reconcile('away');
  await framework.status('away', 'TASK_UNREACHABLE');
  agent?.restart();
  await framework.until('its return', () =>
    framework.statuses(long).find(({ reason }) => reason === 'REASON_AGENT_REREGISTERED'),
  );
  await framework.call({ type: 'KILL', kill: { taskId: { value: long } } });
  await framework.status(long, 'TASK_KILLED');
  const next = await TestFramework.subscribed(mesos.address, { frameworkId: framework.id });
  others.push(next);
  await framework.until('ERROR', () => framework.events.find(({ type }) => type === 'ERROR'));

  const local = shapes([...framework.events, ...next.events]);
  for (const [kind, fields] of shapes(RECORDINGS.flatMap(recordedEvents))) {
    expect({ kind, fields: local.get(kind) }).toEqual({
      kind,
      fields: fields.filter((field) => field !== NOT_LOCAL[kind]),
    });
  }
});
