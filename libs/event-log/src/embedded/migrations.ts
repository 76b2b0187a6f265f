import type { Migration } from '@carillon/event-store';

export const embeddedLogMigrations: readonly Migration[] = [
  {
    name: '001-log',
    up: `
      CREATE TABLE log_partitions (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        partition int NOT NULL,
        start_offset bigint NOT NULL DEFAULT 0,
        end_offset bigint NOT NULL DEFAULT 0,
        UNIQUE (topic, partition)
      ) WITH (fillfactor = 20);
      CREATE TABLE log_messages (
        partition_id int NOT NULL,
        log_offset bigint NOT NULL,
        source text NOT NULL,
        source_window bigint NOT NULL,
        source_position bigint NOT NULL,
        key text NOT NULL,
        headers json NOT NULL,
        value bytea NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (partition_id, log_offset)
      );
      CREATE TABLE log_members (
        group_name text NOT NULL,
        member text NOT NULL,
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (group_name, member)
      );
    `,
  },
];
