import { envAddresses, envPort, envUrl } from '@carillon/service-runtime';
import { z } from 'zod';

/** What the service needs, whatever process it runs in. */
export interface JobRegistryConfig {
  readonly databaseUrl: string;
}

export const jobRegistryConfigSchema = z
  .object({
    CARILLON_DATABASE_URL: envUrl(
      ['postgres:', 'postgresql:'],
      'postgres://user:password@host:5432/carillon',
    ),
    CARILLON_KAFKA_BROKERS: envAddresses('kafka-1:9092,kafka-2:9092'),
    CARILLON_GRPC_PORT: envPort(9101),
    CARILLON_ADMIN_PORT: envPort(9201),
  })
  .transform((env) => ({
    databaseUrl: env.CARILLON_DATABASE_URL,
    kafkaBrokers: env.CARILLON_KAFKA_BROKERS,
    grpcPort: env.CARILLON_GRPC_PORT,
    adminPort: env.CARILLON_ADMIN_PORT,
  }));
