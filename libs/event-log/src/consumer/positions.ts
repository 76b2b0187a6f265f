import { CarillonError } from '@carillon/event-sourcing';
import { prepared, type Queries, type SourcePosition, type Transaction } from '@carillon/event-store';
import type { TopicPartition } from '../event-log.js';

/** How far a consumer has come with one source in one partition. */
export interface Progress {
  readonly position: SourcePosition;
  /** Where the log held the event of that position; absent when the event did not come from the log. */
  readonly logOffset?: string;
}

export type ProgressBySource = ReadonlyMap<string, Progress>;

/** Another member has moved on: this one's partition was taken away without its noticing. */
export const fenced = (consumer: string, { topic, partition }: TopicPartition) =>
  new CarillonError('conflict', 'fenced', `another member of ${consumer} handled ${topic}/${partition}`, {
    consumer,
    topic,
    partition,
  });

const LOAD = prepared(`
  SELECT topic, partition, source, source_window AS window, source_position AS position, log_offset AS "logOffset"
  FROM consumer_positions WHERE consumer = $1`);
const FIRST = prepared(`
  INSERT INTO consumer_positions (consumer, topic, partition, source, source_window, source_position, log_offset)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1`);
const MOVE = prepared(`
  UPDATE consumer_positions SET source_window = $5, source_position = $6, log_offset = $7
  WHERE consumer = $1 AND topic = $2 AND partition = $3 AND source = $4
    AND source_window = $8 AND source_position = $9 RETURNING 1`);

/** The places of one consumer, kept beside its data. */
export class Positions {
  readonly #consumer: string;

  constructor(consumer: string) {
    this.#consumer = consumer;
  }

  /** By `topic/partition`, then by source. */
  async load(queries: Queries): Promise<Map<string, ProgressBySource>> {
    const rows = await queries.query<
      TopicPartition & SourcePosition & { source: string; logOffset: string | null }
    >(LOAD, [this.#consumer]);
    const loaded = new Map<string, Map<string, Progress>>();
    for (const { topic, partition, source, window, position, logOffset } of rows) {
      const key = `${topic}/${partition}`;
      const bySource = loaded.get(key) ?? new Map<string, Progress>();
      loaded.set(key, bySource);
      bySource.set(source, {
        position: { window, position },
        ...(logOffset === null ? {} : { logOffset }),
      });
    }
    return loaded;
  }

  /** Compare-and-set. First in the transaction: it also makes other members wait. Throws `fenced`. */
  async move(
    tx: Transaction,
    partition: TopicPartition,
    source: string,
    from: Progress | undefined,
    to: Progress,
  ): Promise<void> {
    const target = [
      this.#consumer,
      partition.topic,
      partition.partition,
      source,
      to.position.window,
      to.position.position,
      to.logOffset ?? null,
    ];
    const moved = from
      ? await tx.query(MOVE, [...target, from.position.window, from.position.position])
      : await tx.query(FIRST, target);
    if (moved.length === 0) throw fenced(this.#consumer, partition);
  }
}
