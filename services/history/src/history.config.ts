import { envAddress, envAddresses, envInteger, envPort, envUrl } from '@carillon/service-runtime';
import { z } from 'zod';

/** What the service needs, whatever process it runs in. */
export interface HistoryConfig {
  readonly databaseUrl: string;
  /** Runs listed per job: so many successes, so many failures. Counts are exact for ever. */
  readonly runsPerList: number;
  /** Newest public events kept for listEvents. */
  readonly events: number;
}

/** The environment of both the process of its own and standalone. */
export const historyRetention = {
  CARILLON_HISTORY_COUNT: envInteger({ min: 1, max: 1_000_000, default: 1_000 }),
  CARILLON_HISTORY_EVENTS: envInteger({ min: 1_000, max: 1_000_000_000, default: 1_000_000 }),
};

export const historyConfigSchema = z
  .object({
    CARILLON_DATABASE_URL: envUrl(
      ['postgres:', 'postgresql:'],
      'postgres://user:password@host:5432/carillon',
    ),
    CARILLON_KAFKA_BROKERS: envAddresses('kafka-1:9092,kafka-2:9092'),
    CARILLON_GRPC_PORT: envPort(9104),
    CARILLON_ADMIN_PORT: envPort(9204),
    CARILLON_JOB_REGISTRY_ADDRESS: envAddress('job-registry:9101'),
    CARILLON_TIMER_ADDRESS: envAddress('timer:9102'),
    CARILLON_SCHEDULER_FRAMEWORK_ADDRESS: envAddress('scheduler-framework:9103'),
    ...historyRetention,
  })
  .transform((env) => ({
    databaseUrl: env.CARILLON_DATABASE_URL,
    kafkaBrokers: env.CARILLON_KAFKA_BROKERS,
    grpcPort: env.CARILLON_GRPC_PORT,
    adminPort: env.CARILLON_ADMIN_PORT,
    sources: {
      'job-registry': env.CARILLON_JOB_REGISTRY_ADDRESS,
      timer: env.CARILLON_TIMER_ADDRESS,
      'scheduler-framework': env.CARILLON_SCHEDULER_FRAMEWORK_ADDRESS,
    },
    runsPerList: env.CARILLON_HISTORY_COUNT,
    events: env.CARILLON_HISTORY_EVENTS,
  }));
