import { type Problem, problem } from './rules.js';

/** Names joined by dots; each of lower-case letters, digits and inner hyphens. */
const ID = /^[a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)*$/;

/**
 * Mesos names a folder after the task id, which is the job id, the run id and a UUID (57 characters more); names of
 * folders end at 255 bytes.
 */
export const MAX_ID_LENGTH = 190;

/** Of a job or of a schedule inside a job. */
export function idProblems(id: string): Problem[] {
  if (id.length > MAX_ID_LENGTH) {
    return [problem(['id'], `'${id}' exceeds maximum length of ${MAX_ID_LENGTH}.`)];
  }
  return ID.test(id) ? [] : [problem(['id'], `'${id}' does not match pattern '${ID.source}'.`)];
}
