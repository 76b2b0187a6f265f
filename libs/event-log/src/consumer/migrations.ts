import type { Migration } from '@carillon/event-store';

/**
 * Tables of every service that consumes: the places of its consumers, what they could not handle, and how many partitions
 * their topics have.
 */
export const consumerMigrations: readonly Migration[] = [
  {
    name: 'consumer-001-positions',
    up: `
      CREATE TABLE consumer_positions (
        consumer text NOT NULL,
        topic text NOT NULL,
        partition int NOT NULL,
        source text NOT NULL,
        source_window bigint NOT NULL,
        source_position bigint NOT NULL,
        log_offset bigint,
        PRIMARY KEY (consumer, topic, partition, source)
      ) WITH (fillfactor = 50);
      COMMENT ON COLUMN consumer_positions.log_offset IS
        'where the log held this very event; null when it came from its owner instead';
    `,
  },
  {
    name: 'consumer-002-dead-letters',
    up: `
      CREATE TABLE dead_letters (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer text NOT NULL,
        topic text NOT NULL,
        partition int NOT NULL,
        log_offset bigint,
        source text NOT NULL,
        source_window bigint NOT NULL,
        source_position bigint NOT NULL,
        key text NOT NULL,
        headers jsonb NOT NULL,
        value bytea NOT NULL,
        reason text NOT NULL,
        failed_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX dead_letters_by_consumer ON dead_letters (consumer, id);
    `,
  },
  {
    name: 'consumer-003-topics',
    up: `
      CREATE TABLE consumer_topics (
        consumer text NOT NULL,
        topic text NOT NULL,
        partitions int NOT NULL,
        PRIMARY KEY (consumer, topic)
      );
    `,
  },
];
