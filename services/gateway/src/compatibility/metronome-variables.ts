/** What becomes of a variable: another name, with its value made over where they count differently, or nothing. */
export type Variable =
  | {
      readonly name: string;
      readonly carillon: string;
      readonly convert?: (value: string) => string | undefined;
    }
  | { readonly name: string; readonly ignored: string };

const wholeNumber = (value: string) => (/^\d+$/.test(value.trim()) ? value.trim() : undefined);

/** Milliseconds where Carillon has seconds. */
const inSeconds = (value: string) => {
  const ms = wholeNumber(value);
  return ms === undefined ? undefined : String(Math.round(Number(ms) / 1000));
};

const masters = (value: string) =>
  value.startsWith('zk://') ? undefined : value.replaceAll(/\s|^https?:\/\//g, '');
const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value) ? value : undefined;

const to = (name: string, carillon: string, convert?: (value: string) => string | undefined): Variable => ({
  name,
  carillon,
  ...(convert ? { convert } : {}),
});
const ignored = (reason: string, ...names: readonly string[]): Variable[] =>
  names.map((name) => ({ name, ignored: reason }));

/** Every variable of Metronome's configuration, and those of Marathon's flags that both share. */
export const metronomeVariables: readonly Variable[] = [
  to('METRONOME_FRAMEWORK_NAME', 'CARILLON_FRAMEWORK_NAME'),
  to('METRONOME_GPU_SCHEDULING_BEHAVIOR', 'CARILLON_GPUS', oneOf('restricted', 'unrestricted')),
  to('METRONOME_HISTORY_COUNT', 'CARILLON_HISTORY_COUNT', wholeNumber),
  to('METRONOME_LEADER_ELECTION_HOSTNAME', 'CARILLON_INSTANCE'),
  to('METRONOME_MESOS_AUTHENTICATION_PRINCIPAL', 'CARILLON_MESOS_PRINCIPAL'),
  to('METRONOME_MESOS_FAILOVER_TIMEOUT', 'CARILLON_FAILOVER_TIMEOUT_SECONDS', inSeconds),
  to('METRONOME_MESOS_MASTER_URL', 'CARILLON_MESOS_MASTER', masters),
  to('METRONOME_MESOS_ROLE', 'CARILLON_MESOS_ROLE'),
  to('METRONOME_MESOS_USER', 'CARILLON_MESOS_USER'),
  to('METRONOME_PLAY_SERVER_HTTP_PORT', 'CARILLON_HTTP_PORT', wholeNumber),
  to('MARATHON_FAILOVER_TIMEOUT', 'CARILLON_FAILOVER_TIMEOUT_SECONDS', wholeNumber),
  to('MARATHON_FRAMEWORK_NAME', 'CARILLON_FRAMEWORK_NAME'),
  to('MARATHON_GPU_SCHEDULING_BEHAVIOR', 'CARILLON_GPUS', oneOf('restricted', 'unrestricted')),
  to('MARATHON_HOSTNAME', 'CARILLON_INSTANCE'),
  to('MARATHON_HTTP_ADDRESS', 'CARILLON_HTTP_HOST'),
  to('MARATHON_HTTP_PORT', 'CARILLON_HTTP_PORT', wholeNumber),
  to('MARATHON_LOGGING_LEVEL', 'LOG_LEVEL', (value) =>
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal')(value.toLowerCase()),
  ),
  to('MARATHON_MASTER', 'CARILLON_MESOS_MASTER', masters),
  to('MARATHON_MESOS_AUTHENTICATION_PRINCIPAL', 'CARILLON_MESOS_PRINCIPAL'),
  to('MARATHON_MESOS_ROLE', 'CARILLON_MESOS_ROLE'),
  to('MARATHON_MESOS_USER', 'CARILLON_MESOS_USER'),
  ...ignored(
    'Carillon does not authenticate at the master with a secret yet',
    'METRONOME_MESOS_AUTHENTICATION_ENABLED',
    'METRONOME_MESOS_AUTHENTICATION_SECRET_FILE',
    'MARATHON_MESOS_AUTHENTICATION',
    'MARATHON_MESOS_AUTHENTICATION_SECRET',
    'MARATHON_MESOS_AUTHENTICATION_SECRET_FILE',
  ),
  ...ignored(
    'state is in PostgreSQL (CARILLON_DATABASE_URL), there is no ZooKeeper',
    'METRONOME_ZK_COMPRESSION_ENABLED',
    'METRONOME_ZK_COMPRESSION_THRESHOLD',
    'METRONOME_ZK_SESSION_TIMEOUT',
    'METRONOME_ZK_TIMEOUT',
    'METRONOME_ZK_URL',
    'METRONOME_SCHEDULER_STORE_CACHE',
    'MARATHON_ZK',
    'MARATHON_ZK_SESSION_TIMEOUT',
    'MARATHON_ZK_TIMEOUT',
  ),
  ...ignored(
    'TLS is for a proxy in front',
    'METRONOME_PLAY_SERVER_HTTPS_PORT',
    'METRONOME_PLAY_SERVER_HTTPS_KEYSTORE_PATH',
    'METRONOME_PLAY_SERVER_HTTPS_KEYSTORE_TYPE',
    'METRONOME_PLAY_SERVER_HTTPS_KEYSTORE_PASSWORD',
    'MARATHON_HTTPS_PORT',
    'MARATHON_SSL_KEYSTORE_PATH',
    'MARATHON_SSL_KEYSTORE_PASSWORD',
  ),
  ...ignored(
    'there are no plugins of the JVM',
    'METRONOME_PLUGIN_CONF',
    'METRONOME_PLUGIN_DIR',
    'MARATHON_PLUGIN_CONF',
    'MARATHON_PLUGIN_DIR',
  ),
  ...ignored(
    'metrics are scraped (CARILLON_ADMIN_PORT) or read from /v1/metrics',
    'METRONOME_BEHAVIOR_METRICS',
    'METRONOME_METRIC_PREFIX',
    'METRONOME_STATSD_ENABLED',
    'METRONOME_STATSD_HOST',
    'METRONOME_STATSD_PORT',
    'METRONOME_STATSD_TRANSMISSION_INTERVAL_MS',
    'METRONOME_HISTOGRAM_RESERVOIR_SIGNIFICANT_DIGITS',
    'METRONOME_HISTOGRAM_RESERVOIR_RESET_PERIODICALLY',
    'METRONOME_HISTOGRAM_RESERVOIR_RESET_INTERNAL_MS',
    'METRONOME_HISTOGRAM_RESERVOIR_RESET_CHUCKS',
  ),
  ...ignored(
    'any gateway answers every request, so nothing is passed on to a leader',
    'METRONOME_LEADER_PREPARATION_TIMEOUT',
    'METRONOME_LEADER_PROXY_TIMEOUT',
  ),
  ...ignored(
    'scheduler-framework reconciles, repeats kills and watches launches by its own rules',
    'METRONOME_KILLTASK_KILL_CHUNKSIZE',
    'METRONOME_KILLTASK_KILL_RETRY_TIMEOUT',
    'METRONOME_SCHEDULER_RECONCILIATION_INTERVAL',
    'METRONOME_SCHEDULER_RECONCILIATION_TIMEOUT',
    'METRONOME_SCHEDULER_SUPPRESS_OFFERS',
    'METRONOME_SCHEDULER_TASK_LAUNCH_TIMEOUT',
    'METRONOME_SCHEDULER_TASK_LAUNCH_CONFIRM_TIMEOUT',
    'METRONOME_SCHEDULER_TASK_LOST_EXPUNGE_INITIAL_DELAY',
    'METRONOME_SCHEDULER_TASK_LOST_EXPUNGE_INTERVAL',
  ),
  ...ignored(
    'variables of tasks have no prefix',
    'METRONOME_SCHEDULER_TASK_ENV_VARS_PREFIX',
    'MARATHON_ENV_VARS_PREFIX',
  ),
  ...ignored(
    'there is nothing of that kind in Carillon',
    'METRONOME_AKKA_ACTOR_STARTUP_MAX',
    'METRONOME_AKKA_ASK_TIMEOUT',
    'METRONOME_FEATURES_ENABLE',
    'METRONOME_MESOS_EXECUTOR_DEFAULT',
    'METRONOME_MESOS_LEADER_UI_URL',
    'METRONOME_THREADPOOL_MAXTHREADS',
    'METRONOME_THREADPOOL_MINTHREADS',
    'METRONOME_THREADPOOL_NUMTHREADS',
    'METRONOME_WEB_UI_URL',
  ),
];
