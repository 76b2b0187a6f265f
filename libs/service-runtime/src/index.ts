export { AfterRush, type AfterRushOptions } from './after-rush.js';
export {
  type AdminServer,
  type AdminServerOptions,
  type ReadinessCheck,
  startAdminServer,
} from './admin-server.js';
export { ConfigError, type ConfigProblem, loadConfig, withoutPasswords } from './config.js';
export { envAddress, envAddresses, envFlag, envInteger, envPort, envUrl } from './env.js';
export { createLogger, type Logger, logTo } from './log.js';
export { type Loop, TurnLoop, type TurnLoopOptions } from './loop.js';
export {
  type MetricHistogram,
  type MetricPoint,
  type MetricReading,
  meter,
  prometheusText,
  readMetrics,
} from './meters.js';
export * as metrics from './metrics.js';
export { randomUuid } from './random-ids.js';
export { type Act, Rehearsal, type RehearsalOptions } from './rehearsal.js';
export { type Backoff, backoffMs, isTransient, pause, type RetryOptions, retrying } from './retry.js';
export { EXIT_CONFIG, ExitError, type RunMainOptions, type RunningProcess, runMain } from './run-main.js';
export { Rush, rush } from './rush.js';
export { Signal } from './signal.js';
export { SpanCollector, type SpanRecord } from './span-record.js';
export { type GrpcStatus, grpcStatusOf, httpStatusOf, type LogLevel, logLevelOf } from './statuses.js';
export { startTelemetry, type Telemetry, type TelemetrySettings } from './telemetry.js';
export type { TraceContext } from './trace-context.js';
export {
  currentTraceContext,
  type HopKind,
  type OpenSpan,
  openSpan,
  type SpanSettings,
  withSpan,
  withTraceContext,
} from './tracing.js';
