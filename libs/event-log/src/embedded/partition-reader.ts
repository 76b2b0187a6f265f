import { backoffMs, createLogger, pause, type Signal } from '@carillon/service-runtime';
import type { LogBatch } from '../event-log.js';
import type { LogPartition, LogTables } from './log-tables.js';
import type { Page, RecentMessages } from './recent-messages.js';

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
    this.stopped = this.#run().finally(() => options.recent()?.leave(this));
  }

  wake(): void {
    this.#options.wakeup.notify();
  }

  async #run(): Promise<void> {
    const { partition, signal, wakeup } = this.#options;
    let place = this.#options.from;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const page = await this.#page(place);
        if (page === 'astray') {
          this.#options.astray();
          return;
        }
        if (page === 'nothing') await wakeup.wait(LOOK_AGAIN_MS);
        else {
          const { topic, partition: number } = partition;
          const [from = place, last = place] = [page.messages[0]?.offset, page.messages.at(-1)?.offset];
          const batch = { topic, partition: number, ...page, from, next: next(last), signal };
          place = await this.#options.handle(batch);
        }
        failures = 0;
      } catch (error) {
        failures += 1;
        log.warn({ err: error, ...partition }, 'a batch was not handled, reading it again');
        await pause(backoffMs(failures, { baseMs: 50, maxMs: 5_000 }), signal);
      }
    }
  }

  async #page(place: string): Promise<Page | 'nothing' | 'astray'> {
    const { partition, tables, alone } = this.#options;
    const recent = this.#options.recent();
    const held = recent?.read(this, place, MESSAGES_PER_BATCH);
    if (held) return held;
    if (alone && recent?.next === place) return 'nothing';
    const messages = await tables.read(partition, place, MESSAGES_PER_BATCH);
    const last = messages.at(-1);
    if (last && messages.length < MESSAGES_PER_BATCH) return { messages, end: next(last.offset) };
    const bounds = await this.#bounds();
    if (last) return { messages, end: bounds?.end ?? next(last.offset) };
    const within = bounds && BigInt(place) <= BigInt(bounds.end) && BigInt(place) >= BigInt(bounds.start);
    return within ? 'nothing' : 'astray';
  }

  async #bounds() {
    const { partition, tables } = this.#options;
    return (await tables.bounds([partition.topic])).find(({ id }) => id === partition.id);
  }
}

const next = (offset: string) => String(BigInt(offset) + 1n);
