import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLogger } from './log.js';
import { type Act, Rehearsal } from './rehearsal.js';
import { SpanCollector } from './span-record.js';
import { startTelemetry } from './telemetry.js';
import { openSpan, withSpan } from './tracing.js';

type Perform = Act['perform'];

function act(name: string, times: number, perform: Perform = () => Promise.resolve()) {
  const counts: number[] = [];
  const close = vi.fn(() => Promise.resolve());
  const told: Act = {
    ...{ name, times, perTurn: 10, close },
    perform: async (count) => {
      counts.push(count);
      await perform(count);
    },
  };
  return { told, counts, close };
}

interface World {
  readonly calm?: () => Promise<void>;
  readonly load?: () => number;
}

const calmly = () => Promise.resolve();
const idle = () => 0;

function rehearsal(acts: readonly { readonly told: Act }[], { calm = calmly, load = idle }: World = {}) {
  const tidyUp = vi.fn();
  const log = createLogger('spec');
  const warn = vi.spyOn(log, 'warn').mockImplementation(() => undefined);
  let asked = 0;
  const loop = new Rehearsal({
    acts: acts.map(({ told }) => told),
    rush: {
      calm: () => {
        asked += 1;
        return calm();
      },
    },
    load,
    log,
    tidyUp,
  });
  onTestFinished(() => loop.stop());
  loop.start();
  return { loop, asked: () => asked, tidyUp, warn };
}

const done = (tidyUp: ReturnType<typeof vi.fn>) =>
  expect.poll(() => tidyUp.mock.calls.length, { timeout: 5_000 }).toBe(1);

describe('Rehearsal', () => {
  it('performs one act after the other, a few times in a turn, tidies up once, and then no more', async () => {
    const [first, second] = [act('first', 25), act('second', 30)];
    const { loop, asked, tidyUp } = rehearsal([first, second]);
    await done(tidyUp);
    await loop.stop();
    expect(first.counts).toEqual([10, 10, 5]);
    expect(second.counts).toEqual([10, 10, 10]);
    expect(asked()).toBe(7); // and before it tidies up
    for (const { close } of [first, second]) expect(close).toHaveBeenCalledOnce();
    expect(tidyUp).toHaveBeenCalledOnce();
  });

  it('waits while there is a rush', async () => {
    const over = Promise.withResolvers<undefined>();
    const one = act('one', 20);
    const { asked } = rehearsal([one], { calm: () => over.promise });
    await expect.poll(asked, { timeout: 5_000 }).toBe(1);
    expect(one.counts).toEqual([]);
    over.resolve(undefined);
    await expect.poll(() => one.counts.length).toBeGreaterThan(0);
  });

  it('waits while the process has work, also to tidy up', async () => {
    const one = act('one', 20);
    const seen = [0, 1, 0.6, 0, 0, 1, 0];
    let looked = 0;
    // Asked before a turn, and again after it.
    const load = () => {
      looked += 1;
      return seen[looked - 1] ?? 0;
    };
    const { tidyUp } = rehearsal([one], { load });
    await done(tidyUp);
    expect(one.counts).toEqual([10, 10]);
    expect(looked).toBe(seen.length);
  });

  it('gives up on a process that has work all the time', async () => {
    const one = act('one', 20);
    const { loop, tidyUp } = rehearsal([one], { load: () => 1 });
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(one.close).toHaveBeenCalledOnce();
    expect(one.counts).toEqual([]);
    expect(tidyUp).not.toHaveBeenCalled();
    await loop.stop();
    expect(one.close).toHaveBeenCalledOnce();
  });

  it('performs nothing after it was stopped, and closes what was under way', async () => {
    const over = Promise.withResolvers<undefined>();
    const [one, later] = [act('one', 20), act('later', 20)];
    const { loop, asked, tidyUp } = rehearsal([one, later], { calm: () => over.promise });
    await expect.poll(asked, { timeout: 5_000 }).toBe(1);
    const stopped = loop.stop();
    over.resolve(undefined);
    await stopped;
    expect([...one.counts, ...later.counts]).toEqual([]);
    expect(one.close).toHaveBeenCalledOnce();
    expect(later.close).not.toHaveBeenCalled();
    expect(tidyUp).not.toHaveBeenCalled();
  });

  it('leaves out an act that fails, with a warning', async () => {
    const failing = act('creates', 100, () => Promise.reject(new Error('no database')));
    const after = act('after', 10);
    const { tidyUp, warn } = rehearsal([failing, after]);
    await done(tidyUp);
    expect(failing.counts).toEqual([10]);
    expect(failing.close).toHaveBeenCalledOnce();
    expect(after.counts).toEqual([10]);
    expect(warn.mock.calls).toEqual([
      [{ err: expect.any(Error) as unknown }, 'rehearsing creates failed, and is left out'],
    ]);
  });

  it('is recorded by nobody, whatever its spans are children of', async () => {
    const collector = new SpanCollector();
    const telemetry = startTelemetry({ serviceName: 'spec', exporters: [collector], env: {} });
    onTestFinished(() => telemetry.shutdown());
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const one = act('one', 10, async () => {
      await withSpan('child', {}, () => undefined);
      await withSpan('of a caller', {}, () => undefined, { parent: { traceparent } });
      openSpan('by hand', {}, { parent: { traceparent } }).end();
    });
    const { tidyUp } = rehearsal([one]);
    await done(tidyUp);
    await withSpan('in earnest', {}, () => undefined);
    expect(collector.spans.map(({ name }) => name)).toEqual(['in earnest']);
  });
});
