import type { JobSpec } from '@carillon/contracts';
import { type Problem, problem } from './rules.js';

/**
 * Of a specification, in bytes of JSON. Its event is about as large in either format, and has to stay below the 1,048,588
 * bytes that Kafka takes unless told otherwise.
 */
export const MOST_BYTES = 800_000;

/** What a job may weigh: an event that the log does not take would hold up all that are published after it. */
export function sizeProblems(spec: JobSpec): Problem[] {
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  return bytes <= MOST_BYTES
    ? []
    : [problem([], `The job is ${bytes} bytes of JSON, and must be ${MOST_BYTES} at most`)];
}
