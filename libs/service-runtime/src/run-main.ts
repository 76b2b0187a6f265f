import { isCarillonError } from '@carillon/event-sourcing';

export interface RunningProcess {
  /** Drains and closes everything. Called once. */
  stop(): Promise<void>;
  /** Ends the process by itself: resolving stops it cleanly, rejecting stops it with an error. */
  readonly finished?: Promise<void>;
}

export interface RunMainOptions {
  /** How long `stop`, and what is left of the start, may take before the process leaves anyway; 30 s unless told. */
  readonly stopTimeoutMs?: number;
}

export const EXIT_CONFIG = 78;

/** npm and the terminal both pass on one Ctrl-C: the same signal again within this time is that one. */
const SAME_SIGNAL_MS = 500;

/** An expected reason to end, said in one sentence without a stack: a port in use, a locked data folder. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a process until SIGINT or SIGTERM, then stops it gracefully; a second signal ends it at once (the same one
 * passed on twice, within half a second, is one). Exits with 0 after a clean stop, 78 for a configuration error, 1 for any other.
 */
export function runMain(
  name: string,
  main: () => Promise<RunningProcess>,
  options: RunMainOptions = {},
): void {
  run(name, main, options).then(
    (code) => process.exit(code),
    (error: unknown) => process.exit(report(name, error)),
  );
}

async function run(
  name: string,
  main: () => Promise<RunningProcess>,
  { stopTimeoutMs = 30_000 }: RunMainOptions,
): Promise<number> {
  const asked = Promise.withResolvers<number>();
  let first: { readonly signal: string; readonly at: number } | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (first === undefined) {
        first = { signal, at: now };
        asked.resolve(0);
      } else if (signal !== first.signal || now > first.at + SAME_SIGNAL_MS) {
        process.exit(signal === 'SIGINT' ? 130 : 143);
      }
    });
  }
  const broke = (error: unknown) => asked.resolve(report(name, error));
  process.on('uncaughtException', broke);
  process.on('unhandledRejection', broke);
  process.stdout.once('error', ({ message }) =>
    broke(new ExitError(`standard output cannot be written: ${message}`)),
  );
  // Said as well, it would fail in turn, again and again, before anything else gets its turn.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

  const stopping = asked.promise.then((code) => {
    setTimeout(() => {
      process.stderr.write(`${name}: did not stop within ${stopTimeoutMs / 1_000} s, leaving anyway\n`);
      process.exit(1);
    }, stopTimeoutMs);
    return code;
  });
  const running = await main();
  running.finished?.then(() => asked.resolve(0), broke);
  const code = await stopping;
  await running.stop();
  return code;
}

/** Says on standard error what went wrong, and with which exit code to leave. */
function report(name: string, error: unknown): number {
  const { code, text } = explain(error);
  process.stderr.write(`${text.replace(/^/gm, `${name}: `)}\n`);
  return code;
}

function explain(error: unknown): { code: number; text: string } {
  if (!(error instanceof Error)) return { code: 1, text: String(error) };
  if (error instanceof AggregateError) {
    const texts = [error.message, ...error.errors.map((one) => explain(one).text)];
    return { code: 1, text: texts.filter((text) => text !== '').join('\n') };
  }
  if (error.name === 'ConfigError') return { code: EXIT_CONFIG, text: error.message };
  if (error instanceof ExitError) return { code: error.exitCode, text: error.message };
  if (isCarillonError(error)) return { code: 1, text: error.message };
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return { code: 1, text: `port ${String(error.port)} is in use by another process` };
  }
  if ('syscall' in error && (error.syscall === 'listen' || error.syscall === 'getaddrinfo')) {
    return { code: 1, text: error.message };
  }
  return { code: 1, text: error.stack ?? error.message };
}
