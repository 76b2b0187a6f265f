import { CarillonError, isCarillonError, unavailable } from '@carillon/event-sourcing';

/** SQLSTATE classes that say "not now": connection, resources, operator intervention, system errors. */
const AWAY = /^(08|53|57|58)/;
/** … and single codes: read-only after a failover, an idle transaction that was ended, a lock that was not granted. */
const AWAY_CODES = new Set(['25006', '25P03', '25P04', '55P03']);
/** Two transactions in each other's way; PostgreSQL ended this one. */
const CONFLICTS = new Set(['40001', '40P01']);
/** The way there, and what this machine has too few of for now: ports, descriptors, buffers. */
const NETWORK = /^E(CONN|TIMEDOUT|PIPE|NOTFOUND|AI_|HOST|NET|ADDRNOTAVAIL|MFILE|NFILE|NOBUFS)/;
/** What pg throws without a code. */
const UNNAMED = /timeout exceeded when trying to connect|timeout expired|Connection terminated|not queryable/;

/** A statement was ended because it took too long: perhaps for what was in its way, perhaps for all that it was to do. */
export const tookTooLong = (error: unknown): boolean =>
  isCarillonError(error) &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === '57014';

/** What a thrown error of pg means to callers; anything that is not expected comes back as it is. */
export function databaseError<E>(error: E): E | CarillonError {
  if (!(error instanceof Error) || isCarillonError(error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CONFLICTS.has(code)) {
    return new CarillonError(
      'conflict',
      'concurrencyConflict',
      'another transaction was in the way',
      {},
      error,
    );
  }
  const away = AWAY.test(code) || AWAY_CODES.has(code) || NETWORK.test(code) || UNNAMED.test(error.message);
  return away ? unavailable('databaseUnavailable', 'the database does not answer', error) : error;
}
