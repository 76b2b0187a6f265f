import { parseArgs } from 'node:util';
import { envMasters } from '@carillon/scheduler-framework/mesos-config';
import { envAddresses, envPort, envUrl, withoutPasswords } from '@carillon/service-runtime';
import { z } from 'zod';

const brokers = envAddresses('kafka-1:9092,kafka-2:9092');
const databaseUrl = envUrl(['postgres:', 'postgresql:'], 'postgresql://user@host/carillon');

/** What `npm start` takes: flags first, then the environment, then the default. */
export const standaloneOptionsSchema = z.strictObject({
  jobs: z.array(z.string()),
  port: envPort(9000),
  data: z.string().min(1, 'must name a folder'),
  mesos: z.union([z.literal('local'), envMasters]),
  kafka: z.string().refine((value) => value === 'embedded' || brokers.safeParse(value).success, {
    message: 'must be "embedded" or a list of host:port',
  }),
  database: z.string().refine((value) => value === 'embedded' || databaseUrl.safeParse(value).success, {
    message: 'is neither "embedded" nor a URL such as postgresql://user:password@host:5432/carillon',
  }),
});

export type StandaloneOptions = z.infer<typeof standaloneOptionsSchema>;

interface Flag {
  readonly env: string;
  readonly fallback: string;
  readonly value: string;
  readonly help: string;
}

const FLAGS: Readonly<Record<Exclude<keyof StandaloneOptions, 'jobs'>, Flag>> = {
  port: {
    env: 'CARILLON_HTTP_PORT',
    fallback: '9000',
    value: 'number',
    help: 'port of the API; 0 picks a free one',
  },
  data: { env: 'CARILLON_DATA', fallback: './data', value: 'folder', help: 'where all state lives' },
  mesos: {
    env: 'CARILLON_MESOS_MASTER',
    fallback: 'local',
    value: 'local|masters',
    help: 'run jobs here, or on a cluster: host:port,… or zk://host:port,…/path',
  },
  kafka: {
    env: 'CARILLON_KAFKA_BROKERS',
    fallback: 'embedded',
    value: 'embedded|brokers',
    help: 'event log: in the database, or on Kafka (host:port,…)',
  },
  database: {
    env: 'CARILLON_DATABASE_URL',
    fallback: 'embedded',
    value: 'embedded|url',
    help: 'a PostgreSQL of its own in the data folder, or one that is there already',
  },
};

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: StandaloneOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** Reads arguments and environment, where empty variables count as absent; reports all problems together. */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv): ParsedOptions {
  const names = Object.keys(FLAGS) as (keyof typeof FLAGS)[];
  const known: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  };
  let args: { values: Readonly<Record<string, unknown>>; positionals: string[] };
  try {
    args = parseArgs({ args: [...argv], allowPositionals: true, options: known });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { kind: 'wrong', problems: [said.replace(/\. To specify a positional .*/s, '')] }; // no such argument here
  }
  const { values: flags, positionals } = args;
  if (flags['help'] === true) return { kind: 'help' };
  const given: [string, unknown][] = names.map((name) => [
    name,
    flags[name] ?? (env[FLAGS[name].env] || FLAGS[name].fallback),
  ]);
  const jobs = positionals.length > 0 ? positionals : (env['CARILLON_JOBS'] ?? '').split(':').filter(Boolean);
  const raw: Record<string, unknown> = { ...Object.fromEntries(given), jobs };
  const parsed = standaloneOptionsSchema.safeParse(raw);
  if (parsed.success) return { kind: 'run', options: parsed.data };
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path[0] as keyof typeof FLAGS;
    const value = withoutPasswords(JSON.stringify(raw[name]));
    return flags[name] === undefined
      ? `${FLAGS[name].env}=${value}: ${issue.message}`
      : `--${name} ${value}: ${issue.message}`;
  });
  return { kind: 'wrong', problems };
}

/** The text of `--help`. */
export function helpText(): string {
  const lines = Object.entries(FLAGS).map(([name, { value, help, fallback, env }]) =>
    line(`--${name} <${value}>`, `${help} (default ${fallback}; ${env})`),
  );
  return [
    'Carillon in one process: a distributed cron with Metronome’s API.',
    '',
    'Usage: npm start -- [options] [job file or folder …]',
    '',
    'Job files are JSON or YAML in Metronome’s format (also CARILLON_JOBS, separated by ":").',
    '',
    ...lines,
    line('-h, --help', 'this text'),
    '',
  ].join('\n');
}

const line = (option: string, help: string) => `  ${option.padEnd(30)} ${help}`;
