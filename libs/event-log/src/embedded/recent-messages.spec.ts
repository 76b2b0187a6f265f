import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReceivedMessage } from '../event-log.js';
import { RecentMessages } from './recent-messages.js';

const message = (offset: number) => ({ offset: String(offset) }) as ReceivedMessage;
const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

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
      expect(recent.next).toBe(String(next));
      const read = recent.read(String(from), limit)?.map(({ offset }) => Number(offset));
      if (read === undefined) expect(newest.slice(-10)).not.toContain(from);
      else expect(read).toEqual(newest.filter((offset) => offset >= from).slice(0, limit));
    }),
  );
});
