import { Chains, type StoredChains } from './chains.js';
import type { Database } from './database.js';
import type { SourcePosition } from './messages.js';
import { beginWith, keepAsking, type Session } from './session.js';
import { finalHereBefore } from './tick.js';
import { prepared } from './transaction.js';

const RECORD = prepared(
  `UPDATE relay_cursors SET tick = $2, position = $3, chains = $4
   WHERE source = $1 AND (tick, position) < ($2::bigint, $3::bigint)`,
);

const RAISE = prepared(
  'UPDATE relay_cursors SET final_before = greatest(final_before, $2::bigint) WHERE source = $1',
);

/** How far a relay has come. */
export interface RelayPlace {
  /** After which to publish. */
  readonly cursor: SourcePosition;
  readonly chains: Chains;
}

/** A relay that hangs loses its connection after this time without a statement, and with it the lock. */
const HANGING_SECONDS = 15;
/** While a page is being published, which may take longer. */
const SHOW_LIFE_MS = 5_000;

/**
 * The one connection of a relay: holds the lock that lets one instance of a service publish, hears of the others'
 * appends, and reads and records. The cursor is recorded without waiting for the disk: losing its last steps makes
 * the relay publish some messages again, which consumers drop.
 */
export class RelaySession {
  readonly session: Session;
  readonly #source: string;
  readonly #channel: string;

  private constructor(session: Session, source: string, channel: string) {
    this.session = session;
    this.#source = source;
    this.#channel = channel;
  }

  static async open(database: Database, source: string, onAppended: () => void): Promise<RelaySession> {
    const session = await database.session();
    session.onNotification(onAppended);
    const channel = `carillon_${database.schema}_appended`;
    const settings = `
      SET synchronous_commit = off;
      SET idle_session_timeout = '${HANGING_SECONDS}s';
      SET enable_seqscan = off; -- pages are read in the order of an index, whatever the statistics say
      SET enable_bitmapscan = off;
      LISTEN "${channel}"`;
    await beginWith(session, settings);
    return new RelaySession(session, source, channel);
  }

  /** How far the last one came, or undefined when another instance publishes. The lock ends with the session. */
  async tryToLead(): Promise<RelayPlace | undefined> {
    const [lock] = await this.session.query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended($1 || current_schema(), 0)) AS held`,
      [`carillon-relay-${this.#source}-`],
    );
    if (lock?.held !== true) return undefined;
    await this.session.query('INSERT INTO relay_cursors (source) VALUES ($1) ON CONFLICT DO NOTHING', [
      this.#source,
    ]);
    const [found] = await this.session.query<SourcePosition & { chains: StoredChains }>(
      'SELECT tick AS window, position, chains FROM relay_cursors WHERE source = $1',
      [this.#source],
    );
    if (found === undefined) return undefined; // somebody has removed it since: the next turn puts it there again
    const { window, position, chains } = found;
    return { cursor: { window, position }, chains: Chains.read(chains) };
  }

  async record({ cursor, chains }: RelayPlace): Promise<void> {
    const stored = JSON.stringify(chains.stored());
    await this.session.query(RECORD, [this.#source, cursor.window, cursor.position, stored]);
  }

  /**
   * A higher bound than the oldest running transaction gives, stored before it is used, so that PublishedEvents knows
   * no less than the relay. Storing it also takes a transaction id and ends: the next bound is above all ids of now.
   */
  async raiseBound(): Promise<string> {
    const bound = await finalHereBefore(this.session);
    await this.session.query(RAISE, [this.#source, bound]);
    return bound;
  }

  /** Work that asks nothing of the database for a while: this relay does not hang meanwhile, and keeps its lock. */
  async during<T>(work: Promise<T>): Promise<T> {
    const done = new AbortController();
    void keepAsking(this.session, SHOW_LIFE_MS, done.signal);
    try {
      return await work;
    } finally {
      done.abort();
    }
  }

  async prepareSpace(): Promise<void> {
    await this.session.query('SELECT ensure_event_partitions()');
  }

  /** Awakens the instance that publishes. After the commit, not in it: a commit that notifies holds up all others. */
  async tellLeader(): Promise<void> {
    await this.session.query('SELECT pg_notify($1, $2)', [this.#channel, '']);
  }
}
