import { envAddress, envAddresses, envInteger, envPort, envUrl } from '@carillon/service-runtime';
import { z } from 'zod';

/** What the service needs, whatever process it runs in. */
export interface TimerConfig {
  readonly databaseUrl: string;
  /** Clocks fired in one transaction; 1,000 unless told. */
  readonly batchSize?: number;
  /** Transactions under way at once; 2 unless told. */
  readonly claimers?: number;
  /** Workflow runs that ended longer ago are not shown any more, and runs queued longer ago begin none; 90 unless told. */
  readonly workflowDays?: number;
}

/** The environment of both the process of its own and standalone. */
export const timerRetention = {
  CARILLON_TIMER_WORKFLOW_DAYS: envInteger({ min: 1, max: 36_500, default: 90 }),
};

export const timerConfigSchema = z
  .object({
    CARILLON_DATABASE_URL: envUrl(
      ['postgres:', 'postgresql:'],
      'postgres://user:password@host:5432/carillon',
    ),
    CARILLON_KAFKA_BROKERS: envAddresses('kafka-1:9092,kafka-2:9092'),
    CARILLON_GRPC_PORT: envPort(9102),
    CARILLON_ADMIN_PORT: envPort(9202),
    CARILLON_JOB_REGISTRY_ADDRESS: envAddress('job-registry:9101'),
    CARILLON_SCHEDULER_FRAMEWORK_ADDRESS: envAddress('scheduler-framework:9103'),
    CARILLON_TIMER_BATCH_SIZE: envInteger({ min: 1, max: 10_000, default: 1_000 }),
    CARILLON_TIMER_CLAIMERS: envInteger({ min: 1, max: 16, default: 2 }),
    ...timerRetention,
  })
  .transform((env) => ({
    timer: {
      databaseUrl: env.CARILLON_DATABASE_URL,
      batchSize: env.CARILLON_TIMER_BATCH_SIZE,
      claimers: env.CARILLON_TIMER_CLAIMERS,
      workflowDays: env.CARILLON_TIMER_WORKFLOW_DAYS,
    } satisfies TimerConfig,
    kafkaBrokers: env.CARILLON_KAFKA_BROKERS,
    grpcPort: env.CARILLON_GRPC_PORT,
    adminPort: env.CARILLON_ADMIN_PORT,
    jobRegistryAddress: env.CARILLON_JOB_REGISTRY_ADDRESS,
    schedulerFrameworkAddress: env.CARILLON_SCHEDULER_FRAMEWORK_ADDRESS,
  }));
