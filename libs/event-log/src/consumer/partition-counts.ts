import { domainError } from '@carillon/event-sourcing';
import { prepared, type Queries } from '@carillon/event-store';

const REMEMBER = prepared(`
  INSERT INTO consumer_topics AS known (consumer, topic, partitions) VALUES ($1, $2, $3)
  ON CONFLICT (consumer, topic) DO UPDATE SET partitions = known.partitions RETURNING partitions`);

/**
 * How many partitions each topic had when a consumer first read it, kept beside its places: those say how far each
 * partition was handled, and in a topic of more or fewer the keys of one are in another.
 */
export class PartitionCounts {
  readonly #consumer: string;

  constructor(consumer: string) {
    this.#consumer = consumer;
  }

  /**
   * Throws `partitionsChanged` when the topic had another number of partitions, or this process `assumed` another one: by
   * that the owners' events are shared out.
   */
  async verify(queries: Queries, topic: string, partitions: number, assumed: number): Promise<void> {
    const consumer = this.#consumer;
    const [known] = await queries.query<{ partitions: number }>(REMEMBER, [consumer, topic, partitions]);
    const expected = known?.partitions ?? partitions;
    const refuse = (why: string) => {
      throw domainError('partitionsChanged', why, { consumer, topic, partitions, expected });
    };
    if (partitions !== expected) {
      refuse(
        `${topic} has ${partitions} partitions and had ${expected} when ${consumer} first read it, so keys have moved: delete the topic, create it again with ${expected} and start the services again; what it held comes from its owners`,
      );
    }
    if (partitions !== assumed) {
      refuse(
        `${topic} has ${partitions} partitions and had ${assumed} when this process started: start it again`,
      );
    }
  }
}
