import { loadConfig } from '@carillon/service-runtime';
import { z } from 'zod';
import type { KafkaEventLogOptions } from './kafka-event-log.js';
import { kafkaSecuritySchema } from './security.js';

const eventFormatSchema = z
  .object({
    CARILLON_EVENT_FORMAT: z
      .enum(['protobuf', 'json'], { error: 'must be protobuf or json' })
      .default('protobuf'),
  })
  .transform((env) => env.CARILLON_EVENT_FORMAT);

type Write = NonNullable<KafkaEventLogOptions['write']>;

/** What the environment says of Kafka: security, and CARILLON_EVENT_FORMAT=json, which has `asJson` write each message. */
export function kafkaFromEnvironment(
  asJson: Write,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Pick<KafkaEventLogOptions, 'security' | 'write'> {
  const json = loadConfig(eventFormatSchema, env) === 'json';
  return { security: loadConfig(kafkaSecuritySchema, env), ...(json ? { write: asJson } : {}) };
}
