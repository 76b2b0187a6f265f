import type { JobVersion } from '@carillon/contracts';
import { z } from 'zod';
import type { Backends } from '../application/backends.js';

const TAG = /^(?:W\/)?"([\w-]+)\.(\d{1,9})"$/;

/**
 * If-Match (RFC 9110, 13.1.1): the versions that a change may be of. Absent or `*`: whatever the job is at. A tag of
 * another form matches nothing.
 */
export const ifMatch = z
  .string()
  .max(2000)
  .optional()
  .describe('The ETag that was read, or several; 412 when the job has none of them any more');

/** The registry judges one version: of several the one that the job has now, so that a change in between is still seen. */
export async function expectedVersion(
  header: string | undefined,
  jobId: string,
  { registry }: Backends,
): Promise<{ expected?: JobVersion }> {
  const [first = '', ...others] = (header ?? '*').split(',').map((tag) => tag.trim());
  if (others.length === 0) return first === '*' ? {} : { expected: versionOf(first) };
  const { uid, revision } = await registry.getJob({ jobId });
  const versions = [first, ...others].map(versionOf);
  const current = versions.find((version) => version.uid === uid && version.revision === revision);
  return { expected: current ?? versionOf(first) };
}

function versionOf(tag: string): JobVersion {
  const [, uid = '', revision = '0'] = TAG.exec(tag) ?? [];
  return { uid, revision: Number(revision) };
}
