import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  asJsonMessage,
  encodeEvent,
  type EncodedEvent,
  eventTopics,
  type PublicEventTypes,
  TOPICS,
} from '@carillon/contracts';
import { createKafkaEventLog } from '@carillon/event-log/kafka';
import { kafkaMissing, skipsBecause, startKafka } from '@carillon/rigs';
import { describe, expect, it, onTestFinished } from 'vitest';

const folder = join(import.meta.dirname, 'python-consumer');
const protos = join(import.meta.dirname, '../../libs/contracts/proto');
const venv = execFileSync('sh', [join(folder, 'setup.sh'), '--where'], { encoding: 'utf8' }).trim();
const python = join(venv, 'bin/python');
const consumerMissing = existsSync(join(venv, '.complete'))
  ? undefined
  : 'its Python packages are not installed; run test/conformance/python-consumer/setup.sh once';

const run = { jobId: 'prod.dump', uid: 'u1', runId: '20261123030000AbCdE' };
const due = { ...run, revision: 3, scheduleId: 'nightly', dueAt: Date.UTC(2026, 10, 23, 3) };
const task = { ...run, attempt: 1, taskId: 'prod.dump.1' };

/** One of each, with what is easily lost on the way: absent and zero optionals, maps, lists, signs, other alphabets. */
const events: PublicEventTypes = {
  JobDefined: {
    jobId: 'prod.dump',
    uid: 'u1',
    revision: 3,
    definedAt: 1_795_402_800_000,
    description: 'Sicherung – バックアップ 🔔',
    labels: { team: 'data', empty: '' },
    dependencies: [{ id: 'prod.prepare' }],
    schedules: [
      {
        id: 'nightly',
        cron: '0 3 * * *',
        timezone: 'Europe/Berlin',
        startingDeadlineSeconds: 900,
        concurrencyPolicy: 'FORBID',
        enabled: true,
      },
    ],
    cpus: 0.1,
    mem: 32,
    disk: 0,
    gpus: 0,
    persistentVolumes: ['data', 'cache'],
  },
  JobRemoved: { jobId: 'prod.dump', uid: 'u1', removedAt: Number.MAX_SAFE_INTEGER },
  JobPaused: { jobId: 'prod.dump', uid: 'u1', pausedAt: 0, reason: '' },
  JobResumed: { jobId: 'prod.dump', uid: 'u1', resumedAt: 1 },
  RunDue: { ...due, decidedAt: due.dueAt + 12, trigger: 'schedule' },
  DueInstantsMissed: {
    jobId: 'prod.dump',
    uid: 'u1',
    revision: 3,
    scheduleId: 'nightly',
    firstDueAt: due.dueAt,
    lastDueAt: due.dueAt + 120_000,
    count: 3,
    reason: 'startingDeadlineExceeded',
    decidedAt: due.dueAt + 900_000,
  },
  WorkflowRunStarted: {
    ...run,
    workflowRunId: '20261123030000AbCdE-12345',
    startedAt: due.dueAt,
    jobs: [
      { jobId: 'prod.dump', uid: 'u1', revision: 3, parents: [] },
      { jobId: 'prod.load', uid: 'u2', revision: 1, parents: ['prod.dump', 'prod.prepare'] },
    ],
  },
  WorkflowRunEnded: {
    jobId: 'prod.dump',
    uid: 'u1',
    workflowRunId: '20261123030000AbCdE-12345',
    endedAt: due.dueAt + 60_000,
    outcome: 'failed',
    notRun: [{ jobId: 'prod.load', uid: 'u2', reason: 'parentFailed' }],
  },
  RunQueued: { ...due, trigger: 'schedule', queuedAt: due.dueAt + 20 },
  RunSkipped: { ...due, trigger: 'manual', skippedAt: due.dueAt + 20, reason: 'overlapForbidden' },
  AttemptLaunched: { ...task, agentId: 'S0', hostname: 'agent-1', launchedAt: due.dueAt + 30 },
  AttemptStarted: { ...task, startedAt: due.dueAt + 40, sandbox: '/var/lib/mesos/S0' },
  AttemptEnded: { ...task, state: 'TASK_FAILED', exitCode: -9, message: '', endedAt: due.dueAt + 50 },
  RunStopRequested: { ...run, requestedAt: due.dueAt + 45 },
  RunEnded: { ...run, outcome: 'timedOut', endedAt: due.dueAt + 60, exitCode: 0 },
};

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const time = due.dueAt + 5;

function encoded(format: 'protobuf' | 'json'): EncodedEvent[] {
  return (Object.keys(events) as (keyof PublicEventTypes)[]).map((type) => {
    const meta = { eventId: `${type}-${format}`, time, source: 'timer', traceparent };
    const event = encodeEvent(type, events[type], meta);
    return format === 'json' ? asJsonMessage(event) : event;
  });
}

const missing =
  skipsBecause('the Python consumer on a real Kafka', kafkaMissing()) ||
  skipsBecause('the Python consumer', consumerMissing);

describe.skipIf(missing)('a consumer in Python that knows nothing but the .proto files', () => {
  it('reads every public event from a real topic', async () => {
    const kafka = await startKafka();
    onTestFinished(() => kafka.stop());
    const prefix = `python-${randomUUID()}.`;
    const topics = Object.values(TOPICS).map((topic) => prefix + topic);
    const log = await createKafkaEventLog({
      brokers: kafka.brokers,
      clientId: 'conformance',
      topics: topics.map((name) => ({ name, partitions: 3 })),
    });
    onTestFinished(() => log.close());
    const messages = [...encoded('protobuf'), ...encoded('json')];
    await log.publish(
      messages.map((message, index) => ({
        ...message,
        topic: prefix + message.topic,
        source: 'timer',
        sourcePosition: { window: '1', position: String(index + 1) },
      })),
    );

    const read = await consume(kafka.brokers, topics, messages.length);

    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    const expected = Object.entries(events).flatMap(([type, data]) =>
      (['protobuf', 'json'] as const).map((format) => ({
        topic: prefix + eventTopics[type as keyof PublicEventTypes],
        partition: expect.any(Number) as number,
        key: 'prod.dump',
        specversion: '1.0',
        type: `carillon.${type}`,
        source: 'timer',
        id: `${type}-${format}`,
        time: new Date(time).toISOString().replace('Z', '000+00:00'),
        subject: 'prod.dump',
        traceparent,
        data: data as unknown,
      })),
    );
    expect(read.sort(byId)).toEqual(expected.sort(byId));
  });
});

async function consume(brokers: string, topics: string[], count: number): Promise<{ id: string }[]> {
  const generated = await mkdtemp(join(tmpdir(), 'carillon-protos-'));
  onTestFinished(() => rm(generated, { recursive: true, force: true }));
  const sources = ['job', 'events', 'options'].map((name) => `carillon/v1/${name}.proto`);
  const protoc = ['-m', 'grpc_tools.protoc', '-I', protos, '--python_out', generated, ...sources];
  await promisify(execFile)(python, protoc);
  const { stdout } = await promisify(execFile)(
    python,
    [join(folder, 'consumer.py'), '--brokers', brokers, '--count', String(count), ...topics],
    { env: { ...process.env, PYTHONPATH: generated } },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string });
}
