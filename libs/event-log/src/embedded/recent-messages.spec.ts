import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReceivedMessage } from '../event-log.js';
import { RecentMessages } from './recent-messages.js';

const message = (offset: number) => ({ offset: String(offset) }) as ReceivedMessage;
const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);
const read = (recent: RecentMessages, reader: object, from: number, limit = 10_000) =>
  recent.read(reader, String(from), limit)?.messages.map(({ offset }) => Number(offset));

it('answers only with what directly follows the offset asked for, and never with a gap', () => {
  const step = fc.record({ gap: fc.constantFrom(0, 0, 0, 3), count: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(step), fc.nat(60), fc.integer({ min: 1, max: 9 }), (steps, from, limit) => {
      const recent = new RecentMessages(10);
      let next = 0;
      let newest: number[] = [];
      for (const { gap, count } of steps) {
        newest = [...(gap > 0 ? [] : newest), ...range(next + gap, count)];
        next += gap + count;
        recent.add(newest.slice(-count).map(message));
      }
      expect(recent.next).toBe(steps.length === 0 ? undefined : String(next));
      const page = recent.read({}, String(from), limit);
      if (page === undefined) expect(newest.slice(-10)).not.toContain(from);
      else {
        const offsets = page.messages.map(({ offset }) => Number(offset));
        expect(offsets).toEqual(newest.filter((offset) => offset >= from).slice(0, limit));
        expect(page.end).toBe(String(next));
      }
    }),
  );
});

it('keeps what a reader has not read, up to its limit, and lets go what all have passed', () => {
  const recent = new RecentMessages(2_000);
  const [slow, quick, gone, passing] = [{}, {}, {}, {}];
  const held = (from: number) => {
    const found = read(recent, passing, from);
    recent.leave(passing);
    return found;
  };
  for (const reader of [slow, quick, gone]) read(recent, reader, 0);
  recent.leave(gone);
  recent.add(range(0, 1_000).map(message));
  expect(read(recent, slow, 100, 1)).toEqual([100]);
  expect(read(recent, quick, 900, 1)).toEqual([900]);
  recent.add(range(1_000, 500).map(message));
  expect(held(0)).toHaveLength(1_500); // so few are not worth the copy
  expect(read(recent, slow, 700, 1)).toEqual([700]);
  recent.add([message(1_500)]);
  expect(held(699)).toBeUndefined();
  expect(held(700)).toEqual(range(700, 801));
  recent.add(range(1_501, 2_000).map(message));
  expect(held(1_500)).toBeUndefined();
  expect(held(1_501)).toHaveLength(2_000);
  recent.add(range(3_501, 1).map(message)); // both are too far behind now: nothing is kept for them
  expect(held(3_501)).toBeUndefined();
  expect(recent.next).toBe('3502');
});
