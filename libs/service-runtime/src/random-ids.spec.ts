import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { randomTraceparent, randomUuid } from './random-ids.js';
import { fromTraceContext } from './trace-context.js';

/** More than are drawn at once. */
const MANY = 1_000;
const manyOf = (make: () => string) => Array.from({ length: MANY }, make);

describe('random ids', () => {
  const { randomUUID } = crypto;
  afterEach(() => {
    crypto.randomUUID = randomUUID;
    syncBuiltinESMExports();
  });

  it('are UUIDs of version 4, each another', () => {
    const ids = manyOf(randomUuid);
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(ids).size).toBe(MANY);
  });

  it('have every digit at every place that may have it', () => {
    const ids = manyOf(randomUuid);
    const seen = Array.from({ length: 36 }, (_, at) => new Set(ids.map((id) => id[at])).size);
    expect(seen.filter((count) => count === 16)).toHaveLength(30);
    expect([seen[14], seen[19]]).toEqual([1, 4]);
  });

  it('are what has been put in the place of Node’s', () => {
    crypto.randomUUID = () => '00000000-0000-4000-8000-000000000001';
    syncBuiltinESMExports();
    expect(randomUuid()).toBe('00000000-0000-4000-8000-000000000001');
  });

  it('of traces are read as such, each another, none of them sampled', () => {
    const made = manyOf(randomTraceparent);
    const read = made.map((traceparent) => fromTraceContext({ traceparent }));
    expect(read.every((context) => context?.traceFlags === 0)).toBe(true);
    expect(new Set(read.map((context) => context?.traceId)).size).toBe(MANY);
    expect(new Set(read.map((context) => context?.spanId)).size).toBe(MANY);
  });
});
