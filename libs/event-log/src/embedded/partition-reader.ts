import { backoffMs, createLogger, pause, type Signal } from '@carillon/service-runtime';
import type { LogBatch, ReceivedMessage } from '../event-log.js';
import type { LogPartition, LogTables } from './log-tables.js';
import type { RecentMessages } from './recent-messages.js';

export interface PartitionReaderOptions {
  readonly partition: LogPartition;
  readonly from: string;
  readonly signal: AbortSignal;
  readonly wakeup: Signal;
  readonly tables: LogTables;
  recent(): RecentMessages | undefined;
  /** No other process publishes: what this one has not published lately is not there. */
  readonly alone: boolean;
  handle(batch: LogBatch): Promise<string>;
  /** The place is not within the log (any more): find another. The reader ends. */
  astray(): void;
}

const MESSAGES_PER_BATCH = 500;
/** Only in case that a notification was lost. */
const LOOK_AGAIN_MS = 30_000;

const log = createLogger('event-log');

/** Reads one partition, from memory or from the tables, and waits to be awakened when there is nothing. */
export class PartitionReader {
  readonly partitionId: number;
  readonly stopped: Promise<void>;
  readonly #options: PartitionReaderOptions;

  constructor(options: PartitionReaderOptions) {
    this.partitionId = options.partition.id;
    this.#options = options;
    options.signal.addEventListener('abort', () => this.wake(), { once: true });
    this.stopped = this.#run();
  }

  wake(): void {
    this.#options.wakeup.notify();
  }

  async #run(): Promise<void> {
    const { partition, signal, wakeup } = this.#options;
    let place = this.#options.from;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const messages = await this.#messages(place);
        if (messages === 'astray') {
          this.#options.astray();
          return;
        }
        const last = messages.at(-1);
        if (last === undefined) await wakeup.wait(LOOK_AGAIN_MS);
        else {
          const { topic, partition: number } = partition;
          const end = messages.length < MESSAGES_PER_BATCH ? next(last.offset) : await this.#end(last.offset);
          place = await this.#options.handle({ topic, partition: number, messages, end, signal });
        }
        failures = 0;
      } catch (error) {
        failures += 1;
        log.warn({ err: error, ...partition }, 'a batch was not handled, reading it again');
        await pause(backoffMs(failures, { baseMs: 50, maxMs: 5_000 }), signal);
      }
    }
  }

  async #messages(place: string): Promise<ReceivedMessage[] | 'astray'> {
    const { partition, tables, alone } = this.#options;
    const recent = this.#options.recent();
    const held = recent?.read(place, MESSAGES_PER_BATCH);
    if (held) return held;
    if (alone && recent?.next === place) return [];
    const stored = await tables.read(partition, place, MESSAGES_PER_BATCH);
    if (stored.length > 0) return stored;
    const bounds = await this.#bounds();
    const within = bounds && BigInt(place) <= BigInt(bounds.end) && BigInt(place) >= BigInt(bounds.start);
    return within ? [] : 'astray';
  }

  async #end(lastRead: string): Promise<string> {
    return (await this.#bounds())?.end ?? next(lastRead);
  }

  async #bounds() {
    const { partition, tables } = this.#options;
    return (await tables.bounds([partition.topic])).find(({ id }) => id === partition.id);
  }
}

const next = (offset: string) => String(BigInt(offset) + 1n);
