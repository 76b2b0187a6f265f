import type { RunPlace } from '@carillon/contracts';
import { z } from 'zod';

const place = z.tuple([z.number().int(), z.string().max(200), z.string().max(200)]);

/** A place in the list of runs as one opaque word, and back. */
export const runCursor = (at: RunPlace | undefined): string | null =>
  at ? Buffer.from(JSON.stringify([at.queuedAt, at.runId, at.uid])).toString('base64url') : null;

export const runCursorParameter = z
  .string()
  .max(1000)
  .transform((text, context): RunPlace => {
    try {
      const [queuedAt, runId, uid] = place.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      if (!`${runId}${uid}`.includes('\0')) return { queuedAt, runId, uid };
    } catch {
      // said below
    }
    context.addIssue('is not the next of a page of runs');
    return z.NEVER;
  })
  .optional()
  .describe('The next of the page before');
