import type { JobVersion } from '@carillon/contracts';
import { z } from 'zod';

const TAG = /^"([\w-]+)\.(\d{1,9})"$/;

/** If-Match: the version that a change is of. Absent or `*`: whatever it is at. A tag of another form matches nothing. */
export const ifMatch = z
  .string()
  .max(200)
  .optional()
  .describe('The ETag that was read; 412 when the job has changed since');

export function expectedVersion(tag: string | undefined): { expected?: JobVersion } {
  if (tag === undefined || tag === '*') return {};
  const [, uid = '', revision = '0'] = TAG.exec(tag.replace(/^W\//, '')) ?? [];
  return { expected: { uid, revision: Number(revision) } };
}
