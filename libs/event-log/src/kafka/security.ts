import { readFileSync } from 'node:fs';
import type { KafkaConfig } from 'kafkajs';
import { z } from 'zod';

/** How the brokers are to be spoken to; neither member: in plain text, without a name. */
export type KafkaSecurity = Pick<KafkaConfig, 'ssl' | 'sasl'>;

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

const envFile = z
  .string()
  .transform((path, context) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      context.addIssue(
        `must be a file that can be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      );
      return z.NEVER;
    }
  })
  .optional();

/**
 * CARILLON_KAFKA_TLS=true alone trusts the system's authorities; _CA_FILE trusts that one; _CERT_FILE and _KEY_FILE show
 * a certificate. CARILLON_KAFKA_SASL_MECHANISM wants _USERNAME and _PASSWORD_FILE. Secrets are read from files only.
 */
export const kafkaSecuritySchema = z
  .object({
    CARILLON_KAFKA_TLS: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    CARILLON_KAFKA_CA_FILE: envFile,
    CARILLON_KAFKA_CERT_FILE: envFile,
    CARILLON_KAFKA_KEY_FILE: envFile,
    CARILLON_KAFKA_SASL_MECHANISM: z
      .enum(MECHANISMS, { error: `must be one of ${MECHANISMS.join(', ')}` })
      .optional(),
    CARILLON_KAFKA_USERNAME: z.string().optional(),
    CARILLON_KAFKA_PASSWORD_FILE: envFile,
  })
  .superRefine((env, context) => {
    const wants = (variable: keyof typeof env, rule: string) => {
      if (env[variable] === undefined) context.addIssue({ code: 'custom', path: [variable], message: rule });
    };
    if (env.CARILLON_KAFKA_KEY_FILE !== undefined)
      wants('CARILLON_KAFKA_CERT_FILE', 'belongs to CARILLON_KAFKA_KEY_FILE');
    if (env.CARILLON_KAFKA_CERT_FILE !== undefined)
      wants('CARILLON_KAFKA_KEY_FILE', 'belongs to CARILLON_KAFKA_CERT_FILE');
    if (env.CARILLON_KAFKA_SASL_MECHANISM !== undefined) {
      wants('CARILLON_KAFKA_USERNAME', 'belongs to CARILLON_KAFKA_SASL_MECHANISM');
      wants('CARILLON_KAFKA_PASSWORD_FILE', 'belongs to CARILLON_KAFKA_SASL_MECHANISM');
    }
  })
  .transform((env): KafkaSecurity => {
    const ca = env.CARILLON_KAFKA_CA_FILE;
    const { CARILLON_KAFKA_CERT_FILE: cert, CARILLON_KAFKA_KEY_FILE: key } = env;
    const mechanism = env.CARILLON_KAFKA_SASL_MECHANISM;
    const tls = env.CARILLON_KAFKA_TLS === 'true' || ca !== undefined || cert !== undefined;
    const username = env.CARILLON_KAFKA_USERNAME ?? '';
    const password = (env.CARILLON_KAFKA_PASSWORD_FILE ?? '').trim();
    return {
      ...(tls ? { ssl: { ...(ca ? { ca: [ca] } : {}), ...(cert && key ? { cert, key } : {}) } } : {}),
      ...(mechanism ? { sasl: { mechanism, username, password } as NonNullable<KafkaConfig['sasl']> } : {}),
    };
  });
