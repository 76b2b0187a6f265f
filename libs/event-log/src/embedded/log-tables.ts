import {
  bytesArray,
  type Database,
  integerArray,
  jsonLines,
  type LogMessage,
  prepared,
  textArray,
} from '@carillon/event-store';
import type { PartitionBounds, ReceivedMessage, TopicPartition } from '../event-log.js';

/** A partition as the tables know it. A topic that was deleted and created again has other ids. */
export interface LogPartition extends TopicPartition {
  readonly id: number;
}

/** The offset that the first message of a publication got in a partition. */
export interface Appended {
  readonly id: number;
  readonly first: string;
}

const APPEND = prepared(`
  WITH input AS (
    SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::text[],
                         string_to_array($6::text, E'\\n')::json[], $7::bytea[])
      WITH ORDINALITY AS i (partition_id, source, source_window, source_position, key, headers, value, n)
  ), grown AS (
    UPDATE log_partitions p SET end_offset = p.end_offset + i.messages
    FROM (SELECT partition_id, count(*) AS messages FROM input GROUP BY partition_id) i
    WHERE p.id = i.partition_id
    RETURNING p.id, p.end_offset - i.messages AS first
  ), stored AS (
    INSERT INTO log_messages
      (partition_id, log_offset, source, source_window, source_position, key, headers, value)
    SELECT g.id, g.first + row_number() OVER (PARTITION BY g.id ORDER BY i.n) - 1,
      i.source, i.source_window, i.source_position, i.key, i.headers, i.value
    FROM input i JOIN grown g ON g.id = i.partition_id
  )
  SELECT id, first,
    CASE WHEN $8 THEN set_config('synchronous_commit', 'off', true) END,
    CASE WHEN $9::text <> '' THEN pg_notify('event_log', $9 || (SELECT string_agg(id::text, ',') FROM grown)) END
  FROM grown`);

const READ = prepared(`
  SELECT log_offset AS "offset", source, source_window AS window, source_position AS position, key, headers, value
  FROM log_messages WHERE partition_id = $1 AND log_offset >= $2 ORDER BY log_offset LIMIT $3`);

/** The SQL of the embedded log. Offsets are dense: a partition's row is locked from their allocation to the commit. */
export class LogTables {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In one statement. What belongs to partitions that are not there is not stored, nor mentioned in the answer. */
  append(
    messages: readonly (LogMessage & { readonly partitionId: number })[],
    options: { awaitDisk: boolean; notify: string },
  ): Promise<Appended[]> {
    return this.#database.query<Appended>(APPEND, [
      integerArray(messages.map(({ partitionId }) => partitionId)),
      textArray(messages.map(({ source }) => source)),
      integerArray(messages.map(({ sourcePosition }) => sourcePosition.window)),
      integerArray(messages.map(({ sourcePosition }) => sourcePosition.position)),
      textArray(messages.map(({ key }) => key)),
      jsonLines(messages.map(({ headers }) => headers)),
      bytesArray(messages.map(({ value }) => value)),
      !options.awaitDisk,
      options.notify,
    ]);
  }

  async read(
    { id, topic, partition }: LogPartition,
    from: string,
    limit: number,
  ): Promise<ReceivedMessage[]> {
    const rows = await this.#database.query<{
      offset: string;
      source: string;
      window: string;
      position: string;
      key: string;
      headers: Record<string, string>;
      value: Buffer;
    }>(READ, [id, from, limit]);
    return rows.map(({ offset, source, window, position, key, headers, value }) => ({
      topic,
      partition,
      offset,
      source,
      sourcePosition: { window, position },
      key,
      headers,
      value,
    }));
  }

  async bounds(topics: readonly string[]): Promise<(PartitionBounds & LogPartition)[]> {
    return this.#database.query(
      `SELECT id, topic, partition, start_offset AS start, end_offset AS end FROM log_partitions
       WHERE topic = ANY ($1) ORDER BY topic, partition`,
      [topics],
    );
  }

  /** Creates what is missing; a topic that is there keeps its number of partitions. */
  async ensureTopic(topic: string, partitions: number): Promise<void> {
    await this.#database.query(
      `INSERT INTO log_partitions (topic, partition) SELECT $1, n FROM generate_series(0, $2 - 1) n
       WHERE NOT EXISTS (SELECT FROM log_partitions WHERE topic = $1) ON CONFLICT DO NOTHING`,
      [topic, partitions],
    );
  }

  /**
   * Removes at most `limit` of the oldest messages of a partition: those beyond `keep`, and those older than
   * `olderThanMs`. Answers how many.
   */
  async prune(id: number, keep: number, olderThanMs: number, limit: number): Promise<number> {
    const [row] = await this.#database.query<{ removed: number }>(
      `WITH oldest AS (
         SELECT log_offset, published_at FROM log_messages WHERE partition_id = $1 ORDER BY log_offset LIMIT $4
       ), upto AS (
         SELECT max(o.log_offset) AS last FROM oldest o JOIN log_partitions p ON p.id = $1
         WHERE o.log_offset < p.end_offset - $2::bigint OR o.published_at < now() - $3::float8 * interval '1 ms'
       ), removed AS (
         DELETE FROM log_messages m USING upto WHERE m.partition_id = $1 AND m.log_offset <= upto.last RETURNING 1
       ), moved AS (
         UPDATE log_partitions SET start_offset = upto.last + 1 FROM upto WHERE id = $1 AND upto.last IS NOT NULL
       )
       SELECT count(*)::int AS removed FROM removed`,
      [id, keep, olderThanMs, limit],
    );
    return row?.removed ?? 0;
  }

  /** Notes that a member of a group is alive and answers all that are, in one order for everybody. */
  async heartbeat(group: string, member: string, timeoutMs: number): Promise<string[]> {
    const rows = await this.#database.query<{ member: string }>(
      `WITH me AS (
         INSERT INTO log_members (group_name, member, seen_at) VALUES ($1, $2, now())
         ON CONFLICT (group_name, member) DO UPDATE SET seen_at = now()
       ), gone AS (
         DELETE FROM log_members WHERE group_name = $1 AND member <> $2
           AND seen_at < now() - $3::float8 * interval '1 ms' RETURNING member
       )
       SELECT member FROM log_members
       WHERE group_name = $1 AND member <> $2 AND seen_at >= now() - $3::float8 * interval '1 ms'`,
      [group, member, timeoutMs],
    );
    return [member, ...rows.map((row) => row.member)].sort();
  }

  async leave(group: string, member: string): Promise<void> {
    await this.#database.query(
      `WITH gone AS (DELETE FROM log_members WHERE group_name = $1 AND member = $2)
       SELECT pg_notify('event_log', 'members')`,
      [group, member],
    );
  }
}
