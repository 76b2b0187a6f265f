export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * What went wrong, as a closed family. Edges map the kind to a status in one table and show `code` and `details`;
 * anything else that is thrown is a bug.
 *
 * - `domain`: a rule said no; asking again changes nothing.
 * - `invalid`: the input does not have the form or values that the rule in `details` asks for.
 * - `notFound`: the thing named in `details` does not exist.
 * - `conflict`: somebody else changed it in between; asking again may succeed.
 * - `unavailable`: a part that is needed is away; asking again later may succeed.
 */
export type ErrorKind = 'domain' | 'invalid' | 'notFound' | 'conflict' | 'unavailable';

/** An expected failure. `code` is stable camelCase and part of the contract; `message` is for people. */
export class CarillonError extends Error {
  override readonly name = 'CarillonError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

/** A rule of the domain said no. */
export const domainError = (code: string, message: string, details?: ErrorDetails) =>
  new CarillonError('domain', code, message, details);

/** The input breaks a rule; `details.path` names the field where there is one. */
export const invalid = (code: string, message: string, details?: ErrorDetails) =>
  new CarillonError('invalid', code, message, details);

/** Nothing of that name exists. */
export const notFound = (code: string, message: string, details?: ErrorDetails) =>
  new CarillonError('notFound', code, message, details);

/** The stream moved on between reading and appending. */
export const concurrencyConflict = (stream: string, expectedVersion: number) =>
  new CarillonError(
    'conflict',
    'concurrencyConflict',
    `${stream} is no longer at version ${expectedVersion}`,
    {
      stream,
      expectedVersion,
    },
  );

/** A database, broker or service that is needed does not answer. */
export const unavailable = (code: string, message: string, cause?: unknown, details?: ErrorDetails) =>
  new CarillonError('unavailable', code, message, details, cause);

/** Whether an unknown thrown value is an expected failure, optionally of one kind. Works across package copies. */
export function isCarillonError(error: unknown, kind?: ErrorKind): error is CarillonError {
  return (
    error instanceof Error &&
    error.name === 'CarillonError' &&
    (kind === undefined || (error as CarillonError).kind === kind)
  );
}
