import { isCarillonError, unavailable } from '@carillon/event-sourcing';

/** The same error; one that PostgreSQL or the way to it raised in words for the person who named the database. */
export function databaseProblem(url: string, error: unknown): unknown {
  const cause = isCarillonError(error) && error.code === 'databaseUnavailable' ? error.cause : error;
  if (!(cause instanceof Error) || (cause === error && !('severity' in cause))) return error;
  const { host, pathname } = new URL(url);
  return unavailable(
    'databaseUnusable',
    `The database ${host}${pathname} cannot be used: ${reasonOf(cause)}.`,
    error,
  );
}

/** A name with several addresses fails with one error for each and no message of its own. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join(', ');
  }
  return error.message;
}
