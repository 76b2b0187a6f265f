import { randomUUID } from 'node:crypto';

/**
 * A UUID that begins with `now`, in milliseconds (version 7: RFC 9562, 5.7), so that jobs that were created together, and
 * are often due together, lie together in every index by uid.
 */
export function jobUid(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
