import { envAddress, envInteger, envPort } from '@carillon/service-runtime';
import { z } from 'zod';
import { type GatewayLimits, gatewayLimits, gatewayLimitSettings } from './gateway.limits.js';

export interface GatewayConfig {
  readonly httpHost: string;
  readonly httpPort: number;
  /** Successes, and again failures, that `embed=history` lists of a job. */
  readonly historyCount: number;
  /** `defaultLimits` where absent. */
  readonly limits?: GatewayLimits;
}

/** Of each kind. History keeps more, by the same variable; 20,000 runs of one attempt each are some 11 MB of gRPC's 64 MiB. */
const MOST_LISTED = 10_000;

export const gatewayConfigSchema = z
  .object({
    CARILLON_HTTP_HOST: z.string().default('0.0.0.0'),
    CARILLON_HTTP_PORT: envPort(9000),
    CARILLON_HISTORY_COUNT: envInteger({ min: 1, max: 1_000_000, default: 1000 }),
    CARILLON_ADMIN_PORT: envPort(9205),
    CARILLON_JOB_REGISTRY_ADDRESS: envAddress('localhost:9101'),
    CARILLON_SCHEDULER_FRAMEWORK_ADDRESS: envAddress('localhost:9103'),
    CARILLON_TIMER_ADDRESS: envAddress('localhost:9102'),
    CARILLON_HISTORY_ADDRESS: envAddress('localhost:9104'),
    ...gatewayLimitSettings,
  })
  .transform((env) => ({
    gateway: {
      httpHost: env.CARILLON_HTTP_HOST,
      httpPort: env.CARILLON_HTTP_PORT,
      historyCount: Math.min(env.CARILLON_HISTORY_COUNT, MOST_LISTED),
      limits: gatewayLimits(env),
    } satisfies GatewayConfig,
    adminPort: env.CARILLON_ADMIN_PORT,
    jobRegistryAddress: env.CARILLON_JOB_REGISTRY_ADDRESS,
    schedulerFrameworkAddress: env.CARILLON_SCHEDULER_FRAMEWORK_ADDRESS,
    timerAddress: env.CARILLON_TIMER_ADDRESS,
    historyAddress: env.CARILLON_HISTORY_ADDRESS,
  }));
