import { hostname, userInfo } from 'node:os';
import { envAddress, envAddresses, envInteger, envPort, envUrl } from '@carillon/service-runtime';
import { z } from 'zod';
import { readFrameworkFile } from './framework-file.js';
import { envMasters, type MesosAccess, mesosAccess, mesosSettings } from './mesos.config.js';

/** What the service needs, whatever process it runs in. */
export interface SchedulerFrameworkConfig {
  readonly databaseUrl: string;
  /** `host:port`, several separated by commas, or `zk://[user:password@]host:port,…/path`. */
  readonly mesosMaster: string;
  readonly mesosAccess?: MesosAccess;
  /** Of this process, as the holder of the lease. */
  readonly instance?: string;
  /** Names the framework at the master, its lease and its runs. */
  readonly frameworkName?: string;
  /** One, or several separated by commas. */
  readonly role?: string;
  /** Where people find this framework's own pages; Mesos links to it. */
  readonly webuiUrl?: string;
  /** Shown by Mesos beside the framework. */
  readonly labels?: Readonly<Record<string, string>>;
  /** JSON that says what may change while the framework runs: roles, labels, webuiUrl, failoverTimeoutSeconds. */
  readonly frameworkFile?: string;
  /** How often that is looked at. */
  readonly lookEveryMs?: number;
  /** As whom tasks run unless the job says it. */
  readonly user?: string;
  /** For how long the master keeps the tasks while no instance leads. */
  readonly failoverTimeoutSeconds?: number;
  /** For how long a run waits for an agent that cannot be reached. */
  readonly unreachableTimeoutSeconds?: number;
  /** Keep agents with GPUs for runs that ask for GPUs, and ask for their offers at all. */
  readonly gpus?: 'off' | 'restricted' | 'unrestricted';
  /** For so long before an agent's scheduled maintenance it gets no new runs. */
  readonly drainingSeconds?: number;
  /** `references`: the agents' secret resolver knows the secrets that jobs name. `off`: jobs that name some fail. */
  readonly secrets?: 'off' | 'references';
  /** Tasks that an agent may be starting at once: to begin with, and at most. */
  readonly launchWindow?: { readonly initial: number; readonly max: number };
  readonly leaseMs?: number;
  /** A launched attempt of which nothing was heard is asked for after this. */
  readonly silentMs?: number;
  /** Launches wait for the answers of reconciliation for at most this long. */
  readonly reconciliationWaitMs?: number;
  /** How often history is asked which ended runs it has. */
  readonly forgetEveryMs?: number;
}

const defaults = {
  frameworkName: 'carillon',
  role: '*',
  mesosAccess: {},
  labels: {},
  failoverTimeoutSeconds: 604_800,
  unreachableTimeoutSeconds: 600,
  gpus: 'off' as const,
  secrets: 'off' as const,
  drainingSeconds: 3_600,
  launchWindow: { initial: 16, max: 512 },
  leaseMs: 3_000,
  silentMs: 30_000,
  reconciliationWaitMs: 30_000,
  forgetEveryMs: 3_000,
  lookEveryMs: 3_000,
};

type Absent = 'webuiUrl' | 'frameworkFile';
export type CompleteConfig = Required<Omit<SchedulerFrameworkConfig, Absent>> &
  Pick<SchedulerFrameworkConfig, Absent>;

export const completeConfig = (config: SchedulerFrameworkConfig): CompleteConfig => ({
  ...defaults,
  instance: `${hostname()}-${process.pid}`,
  user: userInfo().username,
  ...config,
});

const window = envInteger({ min: 1, max: 10_000, default: 1 }).unwrap();

const labels = z
  .string()
  .regex(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/, 'must be a list of key=value, separated by commas')
  .transform((text) => Object.fromEntries(text.split(',').map((pair) => splitOnce(pair.trim()))))
  .default(defaults.labels);

const frameworkFile = z
  .string()
  .superRefine((path, context) => {
    try {
      readFrameworkFile(path);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  })
  .optional();

function splitOnce(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** The environment of both the process of its own and standalone. */
export const schedulerFrameworkSettings = {
  CARILLON_INSTANCE: z.string().optional(),
  CARILLON_FRAMEWORK_NAME: z.string().default(defaults.frameworkName),
  CARILLON_MESOS_ROLE: z.string().default(defaults.role),
  ...mesosSettings,
  CARILLON_MESOS_LABELS: labels,
  CARILLON_MESOS_FRAMEWORK_FILE: frameworkFile,
  CARILLON_WEBUI_URL: envUrl(['http:', 'https:'], 'https://carillon.example').optional(),
  CARILLON_MESOS_USER: z.string().optional(),
  CARILLON_FAILOVER_TIMEOUT_SECONDS: envInteger({ min: 0, max: 31_536_000, default: 604_800 }),
  CARILLON_UNREACHABLE_TIMEOUT_SECONDS: envInteger({ min: 0, max: 31_536_000, default: 600 }),
  CARILLON_GPUS: z
    .enum(['off', 'restricted', 'unrestricted'], { error: 'must be off, restricted or unrestricted' })
    .default(defaults.gpus),
  CARILLON_DRAINING_SECONDS: envInteger({ min: 0, max: 31_536_000, default: defaults.drainingSeconds }),
  CARILLON_SECRETS: z
    .enum(['off', 'references'], { error: 'must be off or references' })
    .default(defaults.secrets),
  CARILLON_LAUNCH_WINDOW_INITIAL: window.optional(),
  CARILLON_LAUNCH_WINDOW_MAX: window.optional(),
  CARILLON_LEASE_MS: envInteger({ min: 500, max: 60_000, default: defaults.leaseMs }).unwrap().optional(),
};

/** What `schedulerFrameworkSettings` read, as part of the configuration. */
export function frameworkSettings(
  env: z.output<z.ZodObject<typeof schedulerFrameworkSettings>>,
): Omit<SchedulerFrameworkConfig, 'databaseUrl' | 'mesosMaster'> {
  return {
    frameworkName: env.CARILLON_FRAMEWORK_NAME,
    role: env.CARILLON_MESOS_ROLE,
    failoverTimeoutSeconds: env.CARILLON_FAILOVER_TIMEOUT_SECONDS,
    unreachableTimeoutSeconds: env.CARILLON_UNREACHABLE_TIMEOUT_SECONDS,
    gpus: env.CARILLON_GPUS,
    secrets: env.CARILLON_SECRETS,
    drainingSeconds: env.CARILLON_DRAINING_SECONDS,
    ...launchWindow(env.CARILLON_LAUNCH_WINDOW_INITIAL, env.CARILLON_LAUNCH_WINDOW_MAX),
    ...(env.CARILLON_LEASE_MS === undefined ? {} : { leaseMs: env.CARILLON_LEASE_MS }),
    ...(env.CARILLON_INSTANCE === undefined ? {} : { instance: env.CARILLON_INSTANCE }),
    mesosAccess: mesosAccess(env),
    labels: env.CARILLON_MESOS_LABELS,
    ...(env.CARILLON_MESOS_FRAMEWORK_FILE === undefined
      ? {}
      : { frameworkFile: env.CARILLON_MESOS_FRAMEWORK_FILE }),
    ...(env.CARILLON_WEBUI_URL === undefined ? {} : { webuiUrl: env.CARILLON_WEBUI_URL }),
    ...(env.CARILLON_MESOS_USER === undefined ? {} : { user: env.CARILLON_MESOS_USER }),
  };
}

function launchWindow(
  initial: number | undefined,
  max: number | undefined,
): Pick<SchedulerFrameworkConfig, 'launchWindow'> {
  if (initial === undefined && max === undefined) return {};
  const first = initial ?? Math.min(defaults.launchWindow.initial, max ?? Infinity);
  return { launchWindow: { initial: first, max: Math.max(first, max ?? defaults.launchWindow.max) } };
}

export const schedulerFrameworkConfigSchema = z
  .object({
    CARILLON_DATABASE_URL: envUrl(
      ['postgres:', 'postgresql:'],
      'postgres://user:password@host:5432/carillon',
    ),
    CARILLON_KAFKA_BROKERS: envAddresses('kafka-1:9092,kafka-2:9092'),
    CARILLON_MESOS_MASTER: envMasters,
    CARILLON_GRPC_PORT: envPort(9103),
    CARILLON_ADMIN_PORT: envPort(9203),
    CARILLON_JOB_REGISTRY_ADDRESS: envAddress('job-registry:9101'),
    CARILLON_TIMER_ADDRESS: envAddress('timer:9102'),
    CARILLON_HISTORY_ADDRESS: envAddress('history:9104'),
    ...schedulerFrameworkSettings,
  })
  .transform((env) => ({
    framework: {
      databaseUrl: env.CARILLON_DATABASE_URL,
      mesosMaster: env.CARILLON_MESOS_MASTER,
      ...frameworkSettings(env),
    } satisfies SchedulerFrameworkConfig,
    kafkaBrokers: env.CARILLON_KAFKA_BROKERS,
    grpcPort: env.CARILLON_GRPC_PORT,
    adminPort: env.CARILLON_ADMIN_PORT,
    jobRegistryAddress: env.CARILLON_JOB_REGISTRY_ADDRESS,
    timerAddress: env.CARILLON_TIMER_ADDRESS,
    historyAddress: env.CARILLON_HISTORY_ADDRESS,
  }));
