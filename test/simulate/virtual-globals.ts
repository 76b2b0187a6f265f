import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Random } from './random.js';
import type { Entry, VirtualClock } from './virtual-clock.js';

interface Timer {
  readonly entry: Entry;
  ref(): Timer;
  unref(): Timer;
  hasRef(): boolean;
}

/** With such delays loops of the product poll. */
const POLLS_MS = { from: 400, to: 1_000 };

/**
 * Puts virtual time and seeded chance in the place of Node's: timers, clocks, Math.random, randomUUID. Product code then
 * runs as it is, and the same way for the same seed. Timers may be late, as real ones: those of loops that only look
 * whether there is something to do by `slack` times. Returns what puts the real ones back.
 */
export function installVirtualGlobals(clock: VirtualClock, random: Random, slack = 1): () => void {
  const { setTimeout, clearTimeout, setImmediate, clearImmediate } = globalThis;
  const real = { setTimeout, clearTimeout, setImmediate, clearImmediate };
  const now = Date.now.bind(Date);
  const realRandom = Math.random.bind(Math);
  const { randomUUID } = crypto;
  const elapsed = performance.now.bind(performance);

  const late = (delayMs: number) =>
    delayMs >= POLLS_MS.from && delayMs <= POLLS_MS.to ? delayMs * slack : delayMs;
  const timer = (delayMs: number, work: (...given: unknown[]) => void, given: unknown[]): Timer => {
    const made: Timer = {
      entry: clock.after(late(delayMs), clock.current, () => work(...given)),
      ref: () => made,
      unref: () => made,
      hasRef: () => true,
    };
    return made;
  };
  const clear = (made: Timer | undefined) => {
    if (made) made.entry.work = undefined;
  };
  Object.assign(globalThis, {
    setTimeout: (work: () => void, delayMs = 0, ...given: unknown[]) => timer(delayMs, work, given),
    setImmediate: (work: () => void, ...given: unknown[]) => timer(0, work, given),
    clearTimeout: clear,
    clearImmediate: clear,
  });
  Date.now = () => Math.floor(clock.now + (clock.current?.clockOffsetMs ?? 0));
  performance.now = () => clock.now - clock.startedAt;
  Math.random = random.next;
  let uuids = 0;
  crypto.randomUUID = () => {
    const chance = Math.floor(random.next() * 4_294_967_296);
    const hex = chance.toString(16).padStart(8, '0');
    return `${hex.slice(0, 8)}-${hex.slice(4)}-4000-8000-${(uuids += 1).toString(16).padStart(12, '0')}`;
  };
  syncBuiltinESMExports();

  return () => {
    Object.assign(globalThis, real);
    Date.now = now;
    Math.random = realRandom;
    performance.now = elapsed;
    crypto.randomUUID = randomUUID;
    syncBuiltinESMExports();
  };
}
