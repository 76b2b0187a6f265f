import { domainError, unavailable } from '@carillon/event-sourcing';
import { createLogger } from '@carillon/service-runtime';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { KafkaSecurity } from './security.js';

export interface KafkaConnectionOptions {
  /** host:port, several separated by commas. */
  readonly brokers: string;
  readonly clientId: string;
  readonly security?: KafkaSecurity;
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
      ...options.security,
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
      if (isRefusal(error))
        throw domainError(
          'brokerRefused',
          `Kafka and this client do not trust each other: ${messageOf(error)}`,
        );
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
  unavailable('brokerUnavailable', `Kafka did not ${what}: ${messageOf(cause)}`, cause);

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A wrong name, password or certificate does not become right by asking again. */
function isRefusal(error: unknown): boolean {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (one.name === 'KafkaJSSASLAuthenticationError' || /certificate|self.signed/i.test(one.message))
      return true;
  }
  return false;
}

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

/** kafkajs 2.2 sets timers into the past, of which Node warns since version 24. */
function ignoreNegativeTimeouts(): void {
  if (ignoring) return;
  ignoring = true;
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    if (!args.includes('TimeoutNegativeWarning')) emitWarning(...args);
  };
}
