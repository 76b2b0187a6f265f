import { isCarillonError } from '@carillon/event-sourcing';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

const standardOutput: DestinationStream = pino.destination({ dest: 1, sync: true });
let destination = standardOutput;
let root: Logger | undefined;

/** Sends the lines of all loggers of this process to another place from now on; standard output unless told. */
export function logTo(stream: DestinationStream = standardOutput): void {
  destination = stream;
}

/**
 * A logger of JSON lines with the trace and span id of the active span. LOG_LEVEL (trace to fatal, silent) decides
 * what is written; info unless told.
 */
export function createLogger(name: string): Logger {
  root ??= rootLogger(process.env['LOG_LEVEL'] ?? '');
  return root.child({ name });
}

function rootLogger(wanted: string): Logger {
  const level = wanted.toLowerCase();
  const isLevel = LEVELS.includes(level);
  const logger = pino(
    {
      level: isLevel ? level : 'info',
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceIds,
      serializers: { err: errorInLog },
    },
    { write: (line: string) => destination.write(line) },
  );
  if (!isLevel && wanted !== '')
    logger.warn(`LOG_LEVEL="${wanted}" must be one of ${LEVELS.join(', ')}: it counts as info`);
  return logger;
}

const LEVELS = [...Object.keys(pino.levels.values), 'silent'];

/** A failure that is expected says what it is in short; the stack is for bugs. */
function errorInLog(error: Error): object {
  if (!isCarillonError(error)) return pino.stdSerializers.err(error);
  const { kind, code, message, details, cause } = error;
  const because = cause instanceof Error && cause.message !== '' ? { cause: cause.message } : {};
  return { kind, code, message, ...(Object.keys(details).length > 0 ? { details } : {}), ...because };
}

function traceIds(): object {
  const spanContext = trace.getActiveSpan()?.spanContext();
  return spanContext && isSpanContextValid(spanContext)
    ? { trace_id: spanContext.traceId, span_id: spanContext.spanId }
    : {};
}
