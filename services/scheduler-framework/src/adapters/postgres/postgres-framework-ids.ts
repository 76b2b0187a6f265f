import type { Database } from '@carillon/event-store';
import type { Fence } from '../../application/leadership.js';

/** Under which id the framework is registered at the master. */
export class PostgresFrameworkIds {
  readonly #database: Database;
  readonly #framework: string;

  constructor(database: Database, framework: string) {
    this.#database = database;
    this.#framework = framework;
  }

  async load(): Promise<string | undefined> {
    const [row] = await this.#database.query<{ framework_id: string }>(
      'SELECT framework_id FROM framework_ids WHERE framework = $1',
      [this.#framework],
    );
    return row?.framework_id;
  }

  /** Must be done before the first launch: tasks of a framework nobody remembers are nobody's. */
  async store(frameworkId: string, fence: Fence): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await fence.hold(tx);
      await tx.query(
        `INSERT INTO framework_ids (framework, framework_id) VALUES ($1, $2)
         ON CONFLICT (framework) DO UPDATE SET framework_id = excluded.framework_id`,
        [this.#framework, frameworkId],
      );
    });
  }
}
