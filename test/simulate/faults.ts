import { TOPICS } from '@carillon/contracts';
import type { Random } from './random.js';
import type { World } from './world.js';

/** What can happen to the suite at some moment. */
export const KINDS = [
  ...([
    'kill',
    'pause',
    'leaderStalls',
    'killAll',
    'databaseAway',
    'databaseDrops',
    'logAway',
    'logLoses',
    'logRecreated',
  ] as const),
  ...(['masterFailsOver', 'masterCutOff', 'agentAway', 'agentReboots', 'clockJumps'] as const),
] as const;

export type FaultKind = (typeof KINDS)[number];

const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  kill: 6,
  pause: 5,
  leaderStalls: 2,
  killAll: 2,
  databaseAway: 2,
  databaseDrops: 2,
  logAway: 2,
  logLoses: 0.5,
  logRecreated: 0.6,
  masterFailsOver: 2,
  masterCutOff: 2,
  agentAway: 2,
  agentReboots: 1,
  clockJumps: 2,
};

const PUBLISHERS: Readonly<Record<string, string>> = {
  [TOPICS.jobs]: 'registry',
  [TOPICS.triggers]: 'timer',
  [TOPICS.runs]: 'framework',
};

export interface FaultOptions {
  /** Of the moments at which something happens, milliseconds. */
  readonly meanMs: number;
  /** Of messages that are lost or come twice: 1 is a bad network. */
  readonly noise: number;
  /** Readers of the log are behind by so much at most, milliseconds, slow ones aside. */
  readonly lagMs: number;
  /** Without what loses messages of the log. */
  readonly keepsLog?: boolean;
}

/** Lets things go wrong until told to stop; then everything comes back. */
export class Faults {
  readonly counts = new Map<string, number>();
  readonly #world: World;
  readonly #random: Random;
  readonly #options: FaultOptions;
  #over = false;

  constructor(world: World, options: FaultOptions) {
    this.#world = world;
    this.#random = world.clock.random.fork();
    this.#options = options;
  }

  start(): void {
    const { noise, lagMs } = this.#options;
    const { log, mesos } = this.#world;
    const chance = (name: string, probability: number) => () => this.#chance(name, probability * noise);
    const [lost, unanswered, half] = [
      chance('publication lost', 0.01),
      chance('publication unanswered', 0.02),
      chance('half a publication', 0.01),
    ];
    log.faults = {
      publishFate: () => (lost() ? 'lost' : unanswered() ? 'unanswered' : half() ? 'half' : 'done'),
      fetchMs: () => {
        const slow = this.#chance('slow partition', 0.005 * noise);
        return slow ? this.#random.between(100, 8_000) : this.#random.between(0.1, lagMs);
      },
    };
    mesos.faults = {
      losesCall: chance('call to Mesos lost', 0.002),
      losesAnswer: chance('answer of Mesos lost', 0.002),
      repeatsUpdate: chance('update repeated', 0.03),
      losesTask: chance('task lost', 0.004),
    };
    this.#world.losesCall = chance('call between services lost', 0.005);
    this.#next();
  }

  /** From now on nothing happens, and what is away comes back by itself. */
  stop(): void {
    this.#over = true;
    for (const name of this.#world.names) {
      this.#world.resume(name);
      const part = this.#world.partOf(name);
      if (part) part.clockOffsetMs = 0;
    }
  }

  #next(): void {
    this.#world.clock.after(this.#random.until(this.#options.meanMs), undefined, () => {
      if (this.#over) return;
      const kind = this.#random.weighted(WEIGHTS);
      const loses = kind === 'logLoses' || kind === 'logRecreated';
      if (!loses || !this.#options.keepsLog) {
        this.#count(kind);
        this.#happen[kind]();
      }
      this.#next();
    });
  }

  readonly #happen: Readonly<Record<FaultKind, () => void>> = {
    kill: () => {
      this.#kill(this.#random.pick(this.#world.names));
    },
    killAll: () => {
      const kind = this.#random.pick(this.#world.names).split('-')[0] ?? '';
      for (const name of this.#world.names) if (name.startsWith(kind)) this.#kill(name, 120_000);
    },
    leaderStalls: () => {
      const name = this.#world.leader;
      if (name === undefined) return;
      const { leaseMs } = this.#world.options.framework;
      this.#world.pause(name);
      this.#after(this.#random.between(0.8 * leaseMs, 2 * leaseMs), () => this.#world.resume(name));
    },
    pause: () => {
      const name = this.#random.pick(this.#world.names);
      this.#world.pause(name);
      this.#after(this.#random.between(100, 60_000), () => this.#world.resume(name));
    },
    databaseAway: () => this.#world.server.crash(this.#random.between(50, 20_000)),
    databaseDrops: () => this.#world.server.crash(0),
    logAway: () => {
      this.#world.log.isAway = true;
      this.#after(this.#random.between(100, 30_000), () => {
        this.#world.log.isAway = false;
      });
    },
    logLoses: () => this.#world.log.loseAll(this.#random.pick(Object.values(TOPICS))),
    logRecreated: () => {
      const topic = this.#random.pick(Object.values(TOPICS));
      this.#world.log.recreate(topic);
      // Somebody does it again, or starts its publishers anew: small offsets and first messages.
      if (this.#random.chance(0.5)) {
        this.#after(this.#random.between(1_000, 60_000), () => {
          if (!this.#over) this.#world.log.recreate(topic);
        });
      }
      for (const name of this.#world.names) {
        if (!name.startsWith(PUBLISHERS[topic] ?? '-') || !this.#random.chance(0.3)) continue;
        this.#after(this.#random.between(0, 10_000), () => this.#kill(name));
      }
    },
    masterFailsOver: () => this.#world.mesos.failOver(this.#random.between(500, 20_000)),
    masterCutOff: () => this.#world.mesos.cutOff(),
    agentAway: () =>
      this.#random.pick(this.#world.mesos.agents).partition(this.#random.between(1_000, 200_000)),
    agentReboots: () =>
      this.#random.pick(this.#world.mesos.agents).reboot(this.#random.between(5_000, 120_000)),
    clockJumps: () => {
      const part = this.#world.partOf(this.#random.pick(this.#world.names));
      if (part?.name.startsWith('timer')) part.clockOffsetMs = this.#random.between(-600_000, 600_000);
    },
  };

  #kill(name: string, longestMs = 40_000): void {
    if (this.#over || !this.#world.partOf(name)?.alive) return;
    this.#world.kill(name);
    this.#after(this.#random.between(0, longestMs), () => this.#world.start(name));
  }

  #after(delayMs: number, work: () => void): void {
    this.#world.clock.after(delayMs, undefined, work);
  }

  #chance(name: string, probability: number): boolean {
    if (this.#over || !this.#random.chance(probability)) return false;
    this.#count(name);
    return true;
  }

  #count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
