import { envAddresses, envInteger, envPort, envUrl } from '@carillon/service-runtime';
import { z } from 'zod';

/** What the service needs, whatever process it runs in. */
export interface JobRegistryConfig {
  readonly databaseUrl: string;
  /** Jobs at most; no limit when absent. */
  readonly maxJobs?: number;
}

/** The environment of both the process of its own and standalone. */
export const jobRegistrySettings = {
  CARILLON_MAX_JOBS: envInteger({ min: 0, max: 1_000_000_000, default: 0 }),
};

export const jobLimits = (env: { readonly CARILLON_MAX_JOBS: number }) =>
  env.CARILLON_MAX_JOBS === 0 ? {} : { maxJobs: env.CARILLON_MAX_JOBS };

export const jobRegistryConfigSchema = z
  .object({
    CARILLON_DATABASE_URL: envUrl(
      ['postgres:', 'postgresql:'],
      'postgres://user:password@host:5432/carillon',
    ),
    CARILLON_KAFKA_BROKERS: envAddresses('kafka-1:9092,kafka-2:9092'),
    CARILLON_GRPC_PORT: envPort(9101),
    CARILLON_ADMIN_PORT: envPort(9201),
    ...jobRegistrySettings,
  })
  .transform((env) => ({
    databaseUrl: env.CARILLON_DATABASE_URL,
    ...jobLimits(env),
    kafkaBrokers: env.CARILLON_KAFKA_BROKERS,
    grpcPort: env.CARILLON_GRPC_PORT,
    adminPort: env.CARILLON_ADMIN_PORT,
  }));
