import { type CarillonError, invalid } from '@carillon/event-sourcing';

/** An Idempotency-Key came with another request than the one that it was used for, which made a thing of that id. */
export const keyUsed = (what: 'run' | 'backfill', id: string): CarillonError =>
  invalid(
    'idempotencyKeyUsed',
    `This Idempotency-Key was used for another request, which made the ${what} ${id}`,
    { [`${what}Id`]: id },
  );
