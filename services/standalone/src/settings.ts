import { type GatewayConfig, gatewayLimits, gatewayLimitSettings } from '@carillon/gateway';
import { type HistoryConfig, historyRetention } from '@carillon/history';
import { jobLimits, type JobRegistryConfig, jobRegistrySettings } from '@carillon/job-registry';
import {
  frameworkSettings,
  type SchedulerFrameworkConfig,
  schedulerFrameworkSettings,
} from '@carillon/scheduler-framework';
import { envInteger, envPort, loadConfig } from '@carillon/service-runtime';
import { type TimerConfig, timerRetention } from '@carillon/timer';
import { z } from 'zod';

/** What is set by environment alone, with the names that the services have as processes of their own. */
export interface Settings {
  readonly adminPort: number;
  /** What the machine offers to jobs when they run on it: the whole of it, unless set. */
  readonly localAgent: { readonly cpus?: number; readonly mem?: number; readonly disk?: number };
  gateway(port: number): GatewayConfig;
  services(
    databaseUrl: string,
    mesosMaster: string,
  ): {
    readonly registry: JobRegistryConfig;
    readonly timer: TimerConfig;
    readonly framework: SchedulerFrameworkConfig;
    readonly history: HistoryConfig;
  };
}

const amount = z.coerce.number('must be a number').positive('must be greater than 0').optional();

const settingsSchema = z.object({
  CARILLON_ADMIN_PORT: envPort(9200),
  /** Loopback unless told: whoever reaches the API may run commands on this machine. */
  CARILLON_HTTP_HOST: z.string().default('127.0.0.1'),
  CARILLON_LOCAL_CPUS: amount,
  CARILLON_LOCAL_MEM: amount,
  CARILLON_LOCAL_DISK: amount,
  CARILLON_TIMER_BATCH_SIZE: envInteger({ min: 1, max: 10_000, default: 1_000 }),
  CARILLON_TIMER_CLAIMERS: envInteger({ min: 1, max: 16, default: 1 }),
  ...gatewayLimitSettings,
  ...jobRegistrySettings,
  ...historyRetention,
  ...timerRetention,
  ...schedulerFrameworkSettings,
});

/** Throws a ConfigError that names every problem. */
export function loadSettings(): Settings {
  const env = loadConfig(settingsSchema);
  return {
    adminPort: env.CARILLON_ADMIN_PORT,
    localAgent: {
      ...(env.CARILLON_LOCAL_CPUS === undefined ? {} : { cpus: env.CARILLON_LOCAL_CPUS }),
      ...(env.CARILLON_LOCAL_MEM === undefined ? {} : { mem: env.CARILLON_LOCAL_MEM }),
      ...(env.CARILLON_LOCAL_DISK === undefined ? {} : { disk: env.CARILLON_LOCAL_DISK }),
    },
    gateway: (port) => ({
      httpHost: env.CARILLON_HTTP_HOST,
      httpPort: port,
      historyCount: env.CARILLON_HISTORY_COUNT,
      limits: gatewayLimits(env),
    }),
    services: (databaseUrl, mesosMaster) => ({
      registry: { databaseUrl, ...jobLimits(env) },
      timer: {
        databaseUrl,
        batchSize: env.CARILLON_TIMER_BATCH_SIZE,
        claimers: env.CARILLON_TIMER_CLAIMERS,
        workflowDays: env.CARILLON_TIMER_WORKFLOW_DAYS,
      },
      framework: { databaseUrl, mesosMaster, ...frameworkSettings(env) },
      history: {
        databaseUrl,
        runsPerList: env.CARILLON_HISTORY_COUNT,
        events: env.CARILLON_HISTORY_EVENTS,
      },
    }),
  };
}
