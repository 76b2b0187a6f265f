import { describe, expect, it } from 'vitest';
import { defaultWindowLimits, type WindowLimits } from '../../domain/offers/launch-window.js';
import { LaunchWindows } from './launch-windows.js';

/** An agent whose starts share its processors: each takes `workMs` of one, and waits for `waitMs` besides. */
interface Agent {
  readonly cores: number;
  readonly workMs: number;
  readonly waitMs: number;
  /** Of the rate, for each start at once beyond what the cores take. */
  readonly lossEach: number;
}

interface Starting {
  readonly taskId: string;
  /** In the time of the processors' work, and after that in ms. */
  readonly workedAt: number;
  readonly waitMs: number;
}

/** Kept in the order in which they end. */
function insert<T>(into: T[], item: T, key: (of: T) => number): void {
  let [from, to] = [0, into.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (key(into[middle] as T) <= key(item)) from = middle + 1;
    else to = middle;
  }
  into.splice(from, 0, item);
}

/** Every start of the agent, as long as more is always wanted: launched `turnMs` after there is room. */
class Simulation {
  now = 1_000_000;
  started = 0;
  readonly #windows: LaunchWindows;
  readonly #turnMs: number;
  readonly #random: () => number;
  readonly #working: Starting[] = [];
  readonly #waiting: { readonly taskId: string; readonly endsAt: number }[] = [];
  #worked = 0;
  #launched = 0;
  #nextTurn = this.now;

  constructor(limits: WindowLimits, turnMs: number, random: () => number) {
    this.#windows = new LaunchWindows(limits);
    this.#turnMs = turnMs;
    this.#random = random;
  }

  get size(): number {
    return this.#working.length + this.#waiting.length + this.#windows.room('a', this.now);
  }

  /** Starts per second until `starts` more have ended. */
  run(agent: Agent, starts: number): number {
    const [began, before] = [this.now, this.started];
    while (this.started < before + starts) this.#step(agent);
    return (starts * 1_000) / (this.now - began);
  }

  /** Nothing is wanted for a while: what was launched ends. */
  idle(ms: number): void {
    for (const { taskId } of [...this.#working.splice(0), ...this.#waiting.splice(0)]) {
      this.#windows.heard(taskId, this.now);
    }
    this.now += ms;
    this.#nextTurn = this.now;
  }

  #step(agent: Agent): void {
    const beyond = Math.max(0, this.#working.length - agent.cores);
    const share = Math.min(1, agent.cores / Math.max(1, this.#working.length));
    const speed = share / (1 + agent.lossEach * beyond);
    const [working] = this.#working;
    const [waiting] = this.#waiting;
    const workedAt = working ? this.now + (working.workedAt - this.#worked) / speed : Infinity;
    const until = Math.min(this.#nextTurn, workedAt, waiting?.endsAt ?? Infinity);
    this.#worked += (until - this.now) * speed;
    this.now = until;
    if (until === this.#nextTurn) this.#launch(agent);
    else if (until === waiting?.endsAt) this.#end();
    else if (working) {
      this.#worked = working.workedAt;
      this.#working.shift();
      insert(
        this.#waiting,
        { taskId: working.taskId, endsAt: until + working.waitMs },
        ({ endsAt }) => endsAt,
      );
    }
  }

  #end(): void {
    const ended = this.#waiting.shift();
    this.started += 1;
    this.#windows.heard(ended?.taskId ?? '', this.now);
    this.#nextTurn = Math.min(this.#nextTurn, this.now + this.#turnMs);
  }

  #launch({ workMs, waitMs }: Agent): void {
    this.#nextTurn = Infinity;
    for (let room = this.#windows.room('a', this.now); room > 0; room -= 1) {
      const taskId = `t${(this.#launched += 1)}`;
      this.#windows.launched('a', taskId, this.now);
      const spread = 0.75 + this.#random() / 2;
      const one = { taskId, workedAt: this.#worked + workMs * spread, waitMs: waitMs * spread };
      insert(this.#working, one, (of) => of.workedAt);
    }
  }
}

const fixed = (size: number): WindowLimits => ({
  ...defaultWindowLimits,
  initial: size,
  min: size,
  max: size,
});

/** The best rate of any fixed size. */
function best(agent: Agent, turnMs: number, random: () => number): number {
  // Of a start that takes a minute the windows know no more.
  const { cores, workMs, lossEach } = agent;
  const sizes = [2, 4, 8, 16, 32, 64, 128, 256, 512].filter(
    (size) => (size * workMs * (1 + lossEach * size)) / cores < 20_000,
  );
  const rates = sizes.map((size) => {
    const simulation = new Simulation(fixed(size), turnMs, random);
    simulation.run(agent, size);
    return simulation.run(agent, Math.max(200, size * 2));
  });
  return Math.max(...rates);
}

/** Numbers that look random, and are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const real: Agent = { cores: 2, workMs: 145, waitMs: 10, lossEach: 0.002 };
const agents: [string, Agent][] = [
  ['two cores', real],
  ['one slow core', { cores: 1, workMs: 600, waitMs: 0, lossEach: 0 }],
  ['64 cores', { cores: 64, workMs: 145, waitMs: 10, lossEach: 0 }],
  ['images on eight cores', { cores: 8, workMs: 300, waitMs: 4_000, lossEach: 0 }],
  ['no isolation', { cores: 2, workMs: 1.5, waitMs: 1, lossEach: 0 }],
  ['one that has too much at ten', { cores: 4, workMs: 100, waitMs: 10, lossEach: 0.02 }],
];

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe('launch windows', () => {
  it.each(agents)('settle near the best rate of any size: %s', (_, agent) => {
    for (const seed of seeds) {
      const found = new Simulation(defaultWindowLimits, 8, randomOf(seed));
      found.run(agent, 2_000);
      expect(found.run(agent, 2_000)).toBeGreaterThan(0.9 * best(agent, 8, randomOf(seed)));
    }
  });

  it('do not grow where more at once is no faster', () => {
    const found = new Simulation(defaultWindowLimits, 8, randomOf(1));
    expect(found.run(real, 150)).toBeGreaterThan(0.9 * best(real, 8, randomOf(1)));
    expect(found.size).toBeLessThanOrEqual(defaultWindowLimits.initial);
    expect(found.run(real, 500)).toBeGreaterThan(0.9 * best(real, 8, randomOf(1)));
  });

  it('open to hundreds within a thousand quick starts', () => {
    const quick: Agent = { cores: 32, workMs: 5, waitMs: 5, lossEach: 0 };
    const found = new Simulation(defaultWindowLimits, 8, randomOf(1));
    found.run(quick, 1_000);
    expect(found.size).toBeGreaterThanOrEqual(256);
  });

  it.each(seeds)(
    'find the best rate again when an agent becomes slow, and when it is quick again (%i)',
    (seed) => {
      const slow = { ...real, workMs: real.workMs * 10 };
      const found = new Simulation(defaultWindowLimits, 8, randomOf(seed));
      for (const agent of [real, slow, real]) {
        found.run(agent, 400);
        expect(found.run(agent, 200)).toBeGreaterThan(0.9 * best(agent, 8, randomOf(seed)));
        found.idle(60_000);
      }
    },
  );

  it('are forgotten of agents that were given nothing for two days, as those that were scaled away', () => {
    const windows = new LaunchWindows(defaultWindowLimits);
    const hour = 3_600_000;
    for (const id of ['gone', 'used']) {
      windows.launched(id, `${id}-1`, hour);
      windows.failed(`${id}-1`, 2 * hour, true);
    }
    const rooms = (now: number) => ['gone', 'used'].map((id) => windows.room(id, now));
    const [known = 0] = rooms(2 * hour);
    expect(known).toBeLessThan(defaultWindowLimits.initial);
    windows.launched('gone', 'gone-2', 3 * hour);
    windows.launched('used', 'used-2', 4 * hour);
    windows.launched('new', 'new-1', 51 * hour);
    expect(rooms(51 * hour)).toEqual([defaultWindowLimits.initial, known]);
    windows.heard('gone-2', 51 * hour);
    expect(rooms(51 * hour)).toEqual([defaultWindowLimits.initial, known]);
  });

  it('never close, and give up on what is not heard of', () => {
    const windows = new LaunchWindows(defaultWindowLimits);
    for (let n = 0; n < defaultWindowLimits.initial; n += 1) windows.launched('a', `t${n}`, 1_000);
    expect(windows.room('a', 1_000)).toBe(0);
    windows.failed('t0', 2_000, true);
    expect(windows.room('a', 2_000)).toBe(0);
    expect(windows.room('a', 61_001)).toBe(defaultWindowLimits.min);
  });
});
