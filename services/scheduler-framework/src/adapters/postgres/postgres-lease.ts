import { CarillonError } from '@carillon/event-sourcing';
import type { Database, Transaction } from '@carillon/event-store';
import type { Fence, Lease } from '../../application/leadership.js';

/**
 * The lease of one framework, on the database's clock alone. Taking it over moves the epoch, and that waits for every
 * transaction which still holds the old one: from then on no append of the old leader can commit.
 */
export class PostgresLease implements Lease {
  readonly #database: Database;
  readonly #framework: string;
  readonly #holder: string;
  readonly #ttlMs: number;

  constructor(database: Database, options: { framework: string; holder: string; ttlMs: number }) {
    this.#database = database;
    this.#framework = options.framework;
    this.#holder = options.holder;
    this.#ttlMs = options.ttlMs;
  }

  async acquire(): Promise<Fence | undefined> {
    // Looked at without a lock first: standbys ask often.
    const { holder } = await this.current();
    if (holder !== undefined && holder !== this.#holder) return undefined;
    return this.#database.transaction(async (tx) => {
      const taken = await tx.query(
        `INSERT INTO leases (framework, holder, expires_at)
         VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
         ON CONFLICT (framework) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.expires_at <= clock_timestamp() OR leases.holder = excluded.holder
         RETURNING 1`,
        [this.#framework, this.#holder, this.#ttlMs / 1_000],
      );
      if (taken.length === 0) return undefined;
      const [row] = await tx.query<{ epoch: string }>(
        `INSERT INTO epochs (framework, epoch) VALUES ($1, 1)
         ON CONFLICT (framework) DO UPDATE SET epoch = epochs.epoch + 1
         RETURNING epoch`,
        [this.#framework],
      );
      return row && fenceOf(this.#framework, Number(row.epoch));
    });
  }

  async renew(epoch: number): Promise<boolean> {
    const renewed = await this.#database.query(
      `UPDATE leases SET expires_at = clock_timestamp() + make_interval(secs => $3)
       WHERE framework = $1 AND holder = $2
         AND EXISTS (SELECT 1 FROM epochs WHERE epochs.framework = $1 AND epoch = $4)
       RETURNING 1`,
      [this.#framework, this.#holder, this.#ttlMs / 1_000, epoch],
    );
    return renewed.length > 0;
  }

  async release(epoch: number): Promise<void> {
    await this.#database.query(
      `UPDATE leases SET expires_at = '-infinity'
       WHERE framework = $1 AND holder = $2
         AND EXISTS (SELECT 1 FROM epochs WHERE epochs.framework = $1 AND epoch = $3)`,
      [this.#framework, this.#holder, epoch],
    );
  }

  async current(): Promise<{ holder?: string; epoch: number }> {
    const [row] = await this.#database.query<{ holder: string | null; epoch: string | null }>(
      `SELECT (SELECT holder FROM leases WHERE framework = $1 AND expires_at > clock_timestamp()) AS holder,
              (SELECT epoch FROM epochs WHERE framework = $1) AS epoch`,
      [this.#framework],
    );
    const epoch = Number(row?.epoch ?? 0);
    return row?.holder ? { holder: row.holder, epoch } : { epoch };
  }
}

function fenceOf(framework: string, epoch: number): Fence {
  return {
    epoch,
    async hold(tx: Transaction) {
      const held = await tx.query('SELECT 1 FROM epochs WHERE framework = $1 AND epoch = $2 FOR SHARE', [
        framework,
        epoch,
      ]);
      if (held.length === 0) {
        throw new CarillonError('conflict', 'leadershipLost', `another instance leads since epoch ${epoch}`, {
          epoch,
        });
      }
    },
  };
}
