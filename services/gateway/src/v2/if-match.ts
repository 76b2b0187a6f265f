import type { JobVersion } from '@carillon/contracts';
import { z } from 'zod';
import type { Backends } from '../application/backends.js';

const TAG = /^(?:W\/)?"([\w-]+)\.(\d{1,9})"$/;
const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const ENTITY_TAGS = new RegExp(`^${ENTITY_TAG.source}(?:[ \\t]*,(?:[ \\t]*${ENTITY_TAG.source})?)*$`);

/**
 * If-Match (RFC 9110, 13.1.1 and 8.8.3): the versions that a change may be of. Absent or `*`: whatever the job is at. A tag of
 * another form than ours matches nothing.
 */
export const ifMatch = z
  .string()
  .max(2000)
  .refine(
    (text) => text === '*' || ENTITY_TAGS.test(text),
    'must be * or an ETag with its double quotes, or several separated by commas',
  )
  .optional()
  .describe('The ETag that was read, or several; 412 when the job has none of them any more');

/** The registry judges one version: of several the one that the job has now, so that a change in between is still seen. */
export async function expectedVersion(
  header: string | undefined,
  jobId: string,
  { registry }: Backends,
): Promise<{ expected?: JobVersion }> {
  if (header === undefined || header === '*') return {};
  const [first = '', ...others] = header.match(ENTITY_TAG) ?? [];
  if (others.length === 0) return { expected: versionOf(first) };
  const { uid, revision } = await registry.getJob({ jobId });
  const versions = [first, ...others].map(versionOf);
  const current = versions.find((version) => version.uid === uid && version.revision === revision);
  return { expected: current ?? versionOf(first) };
}

function versionOf(tag: string): JobVersion {
  const [, uid = '', revision = '0'] = TAG.exec(tag) ?? [];
  return { uid, revision: Number(revision) };
}
