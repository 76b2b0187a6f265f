import { describe, expect, it } from 'vitest';
import { Gathering } from './gathering.js';

describe('gathering', () => {
  it('waits twice as long as a page took, and half a millisecond for each of its events', () => {
    const gathering = new Gathering({});
    expect(gathering.nextAt(1, 0, 1)).toBe(1 + 5);
    expect(gathering.nextAt(1, 100, 110)).toBe(110 + 20);
    expect(gathering.nextAt(1, 200, 240)).toBe(240 + 50);
    expect(gathering.nextAt(200, 300, 310)).toBe(310 + 100);
    expect(gathering.nextAt(900, 400, 410)).toBe(410 + 250);
  });

  it('waits until as many as wanted come at the pace of the last page', () => {
    const gathering = new Gathering({ gatherMs: 10, gatherEvents: 24 });
    gathering.nextAt(12, 0, 4);
    expect(gathering.nextAt(12, 16, 20)).toBe(16 + 32);
    expect(gathering.nextAt(48, 48, 52)).toBe(48 + 16);
  });

  it('never waits less than asked nor much longer', () => {
    const gathering = new Gathering({ gatherMs: 10, gatherEvents: 24 });
    expect(gathering.nextAt(1, 0, 4)).toBe(50);
    expect(gathering.nextAt(0, 1_000, 1_002)).toBe(1_012);
    expect(gathering.nextAt(480, 1_020, 1_030)).toBe(1_040);
  });
});
