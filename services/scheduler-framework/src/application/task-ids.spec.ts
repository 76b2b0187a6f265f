import { describe, expect, it } from 'vitest';
import { taskIdOf } from './task-ids.js';

describe('task ids', () => {
  const attempt = { jobId: 'group.sub.name', uid: 'u1', runId: '20160715130259A34HX', attempt: 1 };
  it("have Metronome's form", () =>
    expect(taskIdOf(attempt)).toMatch(
      /^group_sub_name_20160715130259A34HX\.[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ));
  it('are functions of the attempt', () => {
    expect(taskIdOf(attempt)).toBe(taskIdOf({ ...attempt }));
    expect(taskIdOf({ ...attempt, attempt: 2 })).not.toBe(taskIdOf(attempt));
    expect(taskIdOf({ ...attempt, uid: 'u2' })).not.toBe(taskIdOf(attempt));
  });
});
