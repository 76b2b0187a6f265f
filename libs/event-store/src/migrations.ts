import { domainError } from '@carillon/event-sourcing';
import type { Transaction } from './transaction.js';

/** One step of a schema, applied once and never edited after it was released. */
export interface Migration {
  /** Unique and stable, such as '001-clocks'. */
  readonly name: string;
  /** SQL; several statements are allowed. */
  readonly up: string;
  /** SQL that runs whenever an instance starts, after all migrations and under the same lock. */
  readonly atStart?: string;
}

/**
 * Creates the schema and applies what is missing, in the order given, all or nothing. Several instances may start at
 * once: the others wait. A schema that knows a migration which this code does not was written by a newer version.
 */
export async function migrate(
  tx: Transaction,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`carillon-schema-${schema}`]);
  await tx.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  await tx.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       name text PRIMARY KEY,
       applied_at timestamptz NOT NULL DEFAULT now()
     )`,
  );
  const applied = new Set(
    (await tx.query<{ name: string }>('SELECT name FROM schema_migrations')).map((row) => row.name),
  );
  const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length > 0) {
    throw domainError('newerSchema', `database schema ${schema} was written by a newer version of Carillon`, {
      schema,
      unknown,
    });
  }
  for (const { name, up } of migrations) {
    if (applied.has(name)) continue;
    await tx.query(up);
    await tx.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
  }
  for (const { atStart } of migrations) if (atStart !== undefined) await tx.query(atStart);
}
