import { expect, it } from 'vitest';
import { jobUid } from './job-uid.js';

it('is a UUID of version 7 that says when it was made', () => {
  // The instant of RFC 9562, A.6.
  const uid = jobUid(0x017f22e279b0);
  expect(uid).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('is another each time, and sorts by time', () => {
  const [first, again, later] = [jobUid(1_000), jobUid(1_000), jobUid(1_001)];
  expect(first).not.toBe(again);
  expect([later, first].sort()).toEqual([first, later]);
});
