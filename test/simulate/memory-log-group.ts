import type { PartitionBounds, PartitionPlace, Subscriber } from '@carillon/event-log';
import type { Broker, LogPartition } from './log-partition.js';
import type { Part } from './virtual-clock.js';

/** A member that says nothing for so long is given up. */
const SESSION_TIMEOUT_MS = 10_000;
/** A member that does not finish its work for so long is given up as well. */
const REBALANCE_TIMEOUT_MS = 30_000;
const BATCH = 500;
/** Beyond the end of the log, and before its start, a reader gets nothing until it looks at the bounds. */
const BOUNDS_CHECK_MS = 5_000;

/** The members of a group share the partitions; at each change all let go first, and those who are silent are not waited for. */
export class LogGroup {
  readonly name: string;
  readonly topics: readonly string[];
  readonly log: Broker;
  readonly #members = new Set<Member>();
  readonly #reached = new Map<LogPartition, number>();
  #generation = 0;
  #joined = new Set<Member>();

  constructor(log: Broker, name: string, topics: readonly string[]) {
    this.log = log;
    this.name = name;
    this.topics = topics;
  }

  join(part: Part, subscriber: Subscriber): Member {
    const member = new Member(this, part, subscriber);
    this.#enter(member);
    return member;
  }

  async leave(member: Member): Promise<void> {
    member.closed = true;
    await member.letGo();
    this.#members.delete(member);
    this.#rebalance();
  }

  /** Up to, without, which offset the group has handled a partition. */
  reachedOf(partition: LogPartition): number {
    return this.#reached.get(partition) ?? 0;
  }

  reached(partition: LogPartition, next: number): void {
    this.#reached.set(partition, next);
  }

  partSilent(part: Part): void {
    for (const member of this.#members) {
      if (member.part !== part) continue;
      this.log.clock.after(SESSION_TIMEOUT_MS, undefined, () => {
        if (part.alive && !part.paused) return;
        this.#giveUp(member);
      });
    }
  }

  #enter(member: Member): void {
    this.log.clock.after(1, undefined, () => {
      if (!member.part.alive || member.closed) return;
      this.#members.add(member);
      this.#rebalance();
    });
  }

  /** It hears of that when it goes on, and joins again; until then it is a zombie. A dead one never does. */
  #giveUp(member: Member): void {
    if (!this.#members.delete(member)) return;
    if (!member.part.alive) member.stopReading();
    this.log.clock.after(1, member.part, () => {
      void member.letGo().then(() => {
        if (!member.closed) this.#enter(member);
      });
    });
    this.#rebalance();
  }

  #rebalance(): void {
    this.#generation += 1;
    const generation = this.#generation;
    this.#joined = new Set();
    const { clock, random } = this.log;
    for (const member of this.#members) {
      clock.after(random.between(0.1, 5), member.part, () => {
        if (generation !== this.#generation) return; // overtaken by another change, which asks again
        void member.letGo().then(() => {
          clock.after(random.between(0.1, 5), undefined, () => this.#letGo(member, generation));
        });
      });
    }
    clock.after(REBALANCE_TIMEOUT_MS, undefined, () => {
      if (this.#generation !== generation || this.#joined.size === this.#members.size) return;
      for (const member of [...this.#members]) if (!this.#joined.has(member)) this.#giveUp(member);
    });
  }

  #letGo(member: Member, generation: number): void {
    if (generation !== this.#generation) return;
    this.#joined.add(member);
    if (this.#joined.size < this.#members.size) return;
    const members = [...this.#members];
    const shares = new Map(members.map((one) => [one, [] as LogPartition[]]));
    const partitions = this.topics.flatMap((topic) => [...this.log.partitionsOf(topic)]);
    for (const [index, partition] of partitions.entries()) {
      const owner = members[index % members.length];
      if (owner) shares.get(owner)?.push(partition);
    }
    const { clock, random } = this.log;
    for (const [owner, share] of shares) {
      clock.after(random.between(0.1, 5), owner.part, () => owner.take(share));
    }
  }
}

/** A subscription of one part: reads what it was given, each partition by itself. */
export class Member {
  readonly group: LogGroup;
  readonly part: Part;
  closed = false;
  readonly #subscriber: Subscriber;
  readonly #inHand = new Set<Promise<unknown>>();
  #assignment = new AbortController();
  #stopReading: (() => void)[] = [];

  constructor(group: LogGroup, part: Part, subscriber: Subscriber) {
    this.group = group;
    this.part = part;
    this.#subscriber = subscriber;
  }

  /** Finishes what is in hand. */
  async letGo(): Promise<void> {
    this.stopReading();
    await Promise.allSettled(this.#inHand);
    this.#subscriber.unassigned();
  }

  stopReading(): void {
    this.#assignment.abort();
    for (const stop of this.#stopReading.splice(0)) stop();
  }

  take(partitions: readonly LogPartition[]): void {
    if (this.closed) return; // it left while the group was dividing the partitions
    this.#assignment = new AbortController();
    this.#work(this.#place(partitions, this.#assignment.signal));
  }

  #work(work: Promise<unknown>): void {
    this.#inHand.add(work);
    void work.finally(() => this.#inHand.delete(work));
  }

  async #place(partitions: readonly LogPartition[], signal: AbortSignal): Promise<void> {
    const { log } = this.group;
    const stopped = () => signal.aborted;
    while (!stopped()) {
      try {
        await this.#pause(log.faults.fetchMs());
        const places = await this.#subscriber.assigned(
          partitions.map(({ bounds }): PartitionBounds => bounds),
          signal,
        );
        if (stopped()) return;
        for (const place of places) this.#read(partitionOf(partitions, place), Number(place.offset), signal);
        return;
      } catch {
        await this.#pause(log.random.between(50, 1_000));
      }
    }
  }

  #read(partition: LogPartition, from: number, signal: AbortSignal): void {
    const { group } = this;
    const { log } = group;
    let offset = from;
    let busy = false;
    const stopped = () => signal.aborted;
    const isAstray = () => offset < partition.start || offset > partition.end;
    const step = async () => {
      await this.#pause(log.faults.fetchMs());
      if (stopped()) return;
      if (log.isAway) {
        await this.#pause(log.random.between(100, 1_000));
        return;
      }
      if (isAstray()) {
        await this.#pause(log.random.between(0, BOUNDS_CHECK_MS));
        if (stopped() || !isAstray()) return;
        stop();
        await this.#place([partition], signal);
        return;
      }
      const messages = partition.messages.slice(offset - partition.start, offset - partition.start + BATCH);
      if (messages.length === 0) return;
      const [from, next] = [String(offset), String(offset + messages.length)];
      const { topic, partition: number } = partition;
      try {
        const place = await this.#subscriber.handle({
          ...{ topic, partition: number, messages, from, next, end: String(partition.end), signal },
        });
        if (stopped()) return;
        offset = Number(place);
        group.reached(partition, offset);
      } catch {
        await this.#pause(log.random.between(50, 1_000));
      }
    };
    const poke = () => {
      if (busy || stopped()) return;
      busy = true;
      log.clock.after(0, this.part, () => {
        const work = step().finally(() => {
          busy = false;
          if (reading && (offset !== partition.end || offset < partition.start)) poke();
        });
        this.#work(work);
      });
    };
    let reading = true;
    const stop = () => {
      reading = false;
      partition.readers.delete(poke);
    };
    partition.readers.add(poke);
    this.#stopReading.push(stop);
    poke();
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.group.log.clock.after(delayMs, this.part, resolve));
  }
}

function partitionOf(partitions: readonly LogPartition[], place: PartitionPlace): LogPartition {
  const found = partitions.find(
    ({ topic, partition }) => topic === place.topic && partition === place.partition,
  );
  if (!found) throw new Error(`${place.topic}/${place.partition} was not assigned`);
  return found;
}
