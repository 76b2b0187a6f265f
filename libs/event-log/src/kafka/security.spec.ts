import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  kafkaMissing,
  type KafkaRig,
  makeCertificate,
  opensslMissing,
  skipsBecause,
  startKafka,
} from '@carillon/rigs';
import { loadConfig } from '@carillon/service-runtime';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { kafkaFromEnvironment } from './from-environment.js';
import { createKafkaEventLog } from './kafka-event-log.js';
import { kafkaSecuritySchema } from './security.js';

let folder: string;
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafka-security-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('nothing set: plain text and no name', () => {
  expect(loadConfig(kafkaSecuritySchema, {})).toEqual({});
});

test('every problem is told, and no secret', () => {
  const env = {
    CARILLON_KAFKA_CA_FILE: join(folder, 'missing.pem'),
    CARILLON_KAFKA_SASL_MECHANISM: 'gssapi',
    CARILLON_KAFKA_TLS: 'yes',
  };
  expect(() => loadConfig(kafkaSecuritySchema, env)).toThrow(
    /CARILLON_KAFKA_TLS="yes": must be true or false[^]*missing.pem": must be a file that can be read \(ENOENT\)[^]*"gssapi": must be one of plain/,
  );
  expect(() => loadConfig(kafkaSecuritySchema, { CARILLON_KAFKA_SASL_MECHANISM: 'plain' })).toThrow(
    /CARILLON_KAFKA_USERNAME is not set: belongs to CARILLON_KAFKA_SASL_MECHANISM[^]*CARILLON_KAFKA_PASSWORD_FILE is not set/,
  );
});

const missing = kafkaMissing() ?? opensslMissing();
describe.skipIf(skipsBecause('Kafka with TLS', missing))('a broker that wants TLS and a user', () => {
  let kafka: KafkaRig;
  let env: Record<string, string>;

  beforeAll(async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    kafka = await startKafka({ certificate, username: 'carillon', password: 'correct horse' });
    env = {
      CARILLON_KAFKA_CA_FILE: file('ca.pem', certificate.ca),
      CARILLON_KAFKA_SASL_MECHANISM: 'plain',
      CARILLON_KAFKA_USERNAME: 'carillon',
      CARILLON_KAFKA_PASSWORD_FILE: file('password', 'correct horse\n'),
    };
  });
  afterAll(() => kafka.stop());

  const open = (change: Record<string, string>) =>
    createKafkaEventLog({
      brokers: kafka.secureBrokers ?? '',
      clientId: 'secure',
      security: loadConfig(kafkaSecuritySchema, { ...env, ...change }),
      topics: [{ name: 'secure', partitions: 1 }],
      startTimeoutMs: 30_000,
    });

  it('lets in who has both', async () => {
    const log = await createKafkaEventLog({
      brokers: kafka.secureBrokers ?? '',
      clientId: 'secure',
      security: loadConfig(kafkaSecuritySchema, env),
      topics: [{ name: 'secure', partitions: 1 }],
    });
    expect(await log.bounds(['secure'])).toHaveLength(1);
    await log.close();
  });

  it('is written to as CARILLON_EVENT_FORMAT says', async () => {
    const log = await createKafkaEventLog({
      brokers: kafka.secureBrokers ?? '',
      clientId: 'json',
      ...kafkaFromEnvironment((message) => ({ ...message, value: Buffer.from('{}') }), {
        ...env,
        CARILLON_EVENT_FORMAT: 'json',
      }),
      topics: [{ name: 'formats', partitions: 1 }],
    });
    const values: string[] = [];
    const subscription = await log.subscribe({
      group: 'formats',
      topics: ['formats'],
      subscriber: {
        assigned: (partitions) =>
          Promise.resolve(
            partitions.map(({ topic, partition, start }) => ({ topic, partition, offset: start })),
          ),
        unassigned: () => undefined,
        reached: () => undefined,
        handle: ({ messages, end }) => {
          values.push(...messages.map(({ value }) => Buffer.from(value).toString()));
          return Promise.resolve(end);
        },
      },
    });
    await log.publish([
      {
        topic: 'formats',
        key: 'k',
        headers: {},
        value: Buffer.from([8, 1]),
        source: 's',
        sourcePosition: { window: '1', position: '1' },
      },
    ]);
    await expect.poll(() => values, { timeout: 20_000 }).toEqual(['{}']);
    await subscription.close();
    await log.close();
  });

  it('keeps out who has another password, or trusts another authority', async () => {
    const password = { CARILLON_KAFKA_PASSWORD_FILE: file('wrong', 'battery staple') };
    await expect(open(password)).rejects.toThrow(/uthentication/);
    const stranger = { CARILLON_KAFKA_CA_FILE: file('other.pem', makeCertificate('IP:127.0.0.1').ca) };
    await expect(open(stranger)).rejects.toThrow(/certificate|signature/);
  });
});
