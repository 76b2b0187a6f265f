import { isCarillonError } from '@carillon/event-sourcing';
import {
  type Database,
  type SourcePosition,
  together,
  tookTooLong,
  type Transaction,
} from '@carillon/event-store';
import {
  createLogger,
  isTransient,
  retrying,
  type SpanSettings,
  type TraceContext,
  withSpan,
} from '@carillon/service-runtime';
import type { ReceivedMessage, TopicPartition } from '../event-log.js';
import { isLater } from '../source-position.js';
import { putAside } from './dead-letters.js';
import type { MessageHandler } from './message-handler.js';
import { Positions, type Progress } from './positions.js';

export interface ApplierOptions {
  /** The name of the consumer. */
  readonly name: string;
  readonly database: Database;
  handle: MessageHandler;
  afterCommit?(messages: readonly ReceivedMessage[]): void | Promise<void>;
  onFenced?(): void;
}

/** A partition with what its consumer has seen of each source. */
export interface PartitionProgress extends TopicPartition {
  readonly progress: Map<string, Progress>;
}

const log = createLogger('event-log');

export const isFenced = (error: unknown) => isCarillonError(error) && error.code === 'fenced';

/** Gives messages to the handler, each once in effect: the effect and the place are one transaction. */
export class Applier {
  readonly #options: ApplierOptions;
  readonly #positions: Positions;

  constructor(options: ApplierOptions) {
    this.#options = options;
    this.#positions = new Positions(options.name);
  }

  /**
   * Handles those of the messages that are new. While something is away it tries again until aborted; what takes the
   * database too long together goes in halves; a message that cannot be handled at all becomes a dead letter. Throws
   * `fenced` when another member handles the partition.
   */
  async apply(
    partition: PartitionProgress,
    messages: readonly ReceivedMessage[],
    signal: AbortSignal,
  ): Promise<void> {
    const fresh = unseen(partition, messages);
    if (fresh.length === 0) return;
    const isTooMuch = (error: unknown) => fresh.length > 1 && tookTooLong(error);
    let parts = fresh.map((message) => [message]); // one of them is bad: find it
    try {
      await this.#retrying(signal, () => this.#handled(partition, fresh), isTooMuch);
      return;
    } catch (error) {
      if (isFenced(error)) this.#options.onFenced?.();
      if (isTooMuch(error) && !signal.aborted) {
        const { topic } = partition;
        log.warn(
          { err: error, consumer: this.#options.name, topic, messages: fresh.length },
          'a batch takes the database too long, halving it',
        );
        parts = halves(fresh);
      } else if (isFenced(error) || isTransient(error) || signal.aborted) throw error;
      else if (fresh.length === 1 && fresh[0]) {
        await this.#setAside(partition, fresh[0], error, signal);
        return;
      }
    }
    for (const part of parts) await this.apply(partition, part, signal);
  }

  /** Notes that the source has nothing more for this partition up to a position. */
  async advance(
    partition: PartitionProgress,
    source: string,
    position: SourcePosition,
    signal: AbortSignal,
  ): Promise<void> {
    if (!isLater(position, partition.progress.get(source)?.position)) return;
    await this.#retrying(signal, () => this.#moved(partition, new Map([[source, { position }]])));
  }

  async #handled(partition: PartitionProgress, messages: readonly ReceivedMessage[]): Promise<void> {
    const { name } = this.#options;
    const attributes = {
      'messaging.operation.name': 'process',
      'messaging.consumer.group.name': name,
      'messaging.destination.name': partition.topic,
      'messaging.destination.partition.id': String(partition.partition),
      'messaging.batch.message_count': messages.length,
    };
    const work = () =>
      this.#moved(partition, lastOfEachSource(messages), (tx) => this.#options.handle(tx, messages));
    await withSpan(`process ${partition.topic}`, attributes, work, origins(messages));
    try {
      await this.#options.afterCommit?.(messages);
    } catch (error) {
      log.error({ err: error, consumer: name }, 'what follows a commit failed');
    }
  }

  async #setAside(
    partition: PartitionProgress,
    message: ReceivedMessage,
    reason: unknown,
    signal: AbortSignal,
  ): Promise<void> {
    const { topic, offset, key } = message;
    log.error(
      { err: reason, consumer: this.#options.name, topic, offset, key },
      'a message became a dead letter',
    );
    await this.#retrying(signal, () =>
      this.#moved(partition, lastOfEachSource([message]), (tx) =>
        putAside(tx, this.#options.name, message, reason),
      ),
    );
  }

  async #moved(
    partition: PartitionProgress,
    targets: ReadonlyMap<string, Progress>,
    effect?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.#options.database.transaction(async (tx) => {
      const moves = Array.from(targets, ([source, to]) =>
        this.#positions.move(tx, partition, source, partition.progress.get(source), to),
      );
      const handled = async () => effect?.(tx);
      await together(...moves, handled());
    });
    for (const [source, to] of targets) partition.progress.set(source, to);
  }

  #retrying<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    isInVain: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    return retrying(
      {
        signal,
        baseMs: 20,
        maxMs: 2_000,
        retryOn: (error) => isTransient(error) && !isFenced(error) && !isInVain(error),
        onRetry: (error, attempt) => {
          if (attempt === 1 || attempt % 10 === 0) {
            log.warn(
              { err: error, consumer: this.#options.name, attempt },
              'a batch has to wait, trying it again',
            );
          }
        },
      },
      work,
    );
  }
}

/** Without those at or before the known place, and without repetitions within the batch. */
function unseen(partition: PartitionProgress, messages: readonly ReceivedMessage[]): ReceivedMessage[] {
  const seen = new Map<string, SourcePosition>();
  return messages.filter(({ source, sourcePosition }) => {
    const known = seen.get(source) ?? partition.progress.get(source)?.position;
    if (!isLater(sourcePosition, known)) return false;
    seen.set(source, sourcePosition);
    return true;
  });
}

function halves<T>(messages: readonly T[]): T[][] {
  const middle = Math.ceil(messages.length / 2);
  return [messages.slice(0, middle), messages.slice(middle)];
}

function lastOfEachSource(messages: readonly ReceivedMessage[]): Map<string, Progress> {
  const targets = new Map<string, Progress>();
  for (const { source, sourcePosition, offset } of messages) {
    targets.set(source, { position: sourcePosition, ...(offset === '' ? {} : { logOffset: offset }) });
  }
  return targets;
}

/** A batch of one trace continues it; others are linked. */
function origins(messages: readonly ReceivedMessage[]): SpanSettings {
  const contexts = new Map<string, TraceContext>();
  for (const { headers } of messages) {
    const traceparent = headers['traceparent'] ?? headers['ce_traceparent'];
    const tracestate = headers['tracestate'] ?? headers['ce_tracestate'];
    if (traceparent === undefined) continue;
    contexts.set(traceparent, { traceparent, ...(tracestate === undefined ? {} : { tracestate }) });
  }
  const [first, ...others] = contexts.values();
  if (first !== undefined && others.length === 0) return { kind: 'consumer', parent: first };
  return { kind: 'consumer', parent: {}, links: [...contexts.values()].slice(0, 100) };
}
