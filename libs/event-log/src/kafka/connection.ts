import { unavailable } from '@carillon/event-sourcing';
import { createLogger } from '@carillon/service-runtime';
import { type Admin, Kafka, logLevel } from 'kafkajs';

export interface KafkaConnectionOptions {
  /** host:port, several separated by commas. */
  readonly brokers: string;
  readonly clientId: string;
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

/** A client whose every call ends in time, and its one admin connection. */
export class KafkaConnection {
  readonly kafka: Kafka;
  readonly requestTimeoutMs: number;
  #admin: Promise<Admin> | undefined;

  constructor(options: KafkaConnectionOptions) {
    ignoreNegativeTimeouts();
    this.requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
    const log = createLogger('kafkajs');
    this.kafka = new Kafka({
      brokers: options.brokers.split(',').map((broker) => broker.trim()),
      clientId: options.clientId,
      connectionTimeout: options.connectTimeoutMs ?? 3_000,
      requestTimeout: this.requestTimeoutMs,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
      logLevel: logLevel.WARN,
      // Whatever matters comes back as an error of the call; the client's own lines repeat it many times over.
      logCreator: () => (entry) => log.debug({ namespace: entry.namespace }, entry.log.message),
    });
  }

  /** Asks the cluster; `unavailable` when it does not answer. */
  async ask<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connectAdmin();
    const admin = this.#admin;
    try {
      return await withTimeout(what, this.requestTimeoutMs * 2, async () => question(await admin));
    } catch (error) {
      if (this.#admin === admin) this.#admin = undefined;
      void admin.then((stale) => stale.disconnect()).catch(() => undefined);
      throw brokerUnavailable(what, error);
    }
  }

  async close(): Promise<void> {
    const admin = await this.#admin?.catch(() => undefined);
    this.#admin = undefined;
    await admin?.disconnect();
  }

  async #connectAdmin(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

export const brokerUnavailable = (what: string, cause: unknown) =>
  unavailable(
    'brokerUnavailable',
    `Kafka did not ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  );

/** Fails when `work` takes longer; what it does afterwards is nobody's concern. */
export async function withTimeout<T>(what: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms (${what})`)), timeoutMs);
  });
  const result = work();
  result.catch(() => undefined);
  try {
    return await Promise.race([result, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

let ignoring = false;

/** kafkajs 2.2 sets timers into the past, of which Node 24 warns. */
function ignoreNegativeTimeouts(): void {
  if (ignoring) return;
  ignoring = true;
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    if (!args.includes('TimeoutNegativeWarning')) emitWarning(...args);
  };
}
