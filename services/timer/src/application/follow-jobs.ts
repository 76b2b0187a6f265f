import { decodeEvent, type PublicEvent } from '@carillon/contracts';
import type { ReceivedMessage } from '@carillon/event-log';
import type { Aggregates, Transaction } from '@carillon/event-store';
import type { ClockCommand } from '../domain/clock.commands.js';
import { nextDueOf } from '../domain/clock.decide.js';
import type { ClockEvent } from '../domain/clock.events.js';
import type { ClockState } from '../domain/clock.state.js';
import type { ArmedClocks } from './armed-clocks.js';

/** Keeps the clocks in step with the jobs: handles messages of `carillon.jobs`. */
export class FollowJobs {
  readonly #clocks: Aggregates<ClockState, ClockCommand, ClockEvent>;
  readonly #armed: ArmedClocks;

  constructor(clocks: Aggregates<ClockState, ClockCommand, ClockEvent>, armed: ArmedClocks) {
    this.#clocks = clocks;
    this.#armed = armed;
  }

  /** In the order given. Throws the first refusal, so that its message is put aside and the others go on. */
  async handle(tx: Transaction, messages: readonly ReceivedMessage[]): Promise<void> {
    const orders = messages.flatMap((message) => {
      const event = decodeEvent(message);
      const command = event && commandFor(event);
      if (!event || !command) return [];
      return [{ id: event.data.uid, command, metadata: { causationId: event.id, ...event.trace } }];
    });
    if (orders.length === 0) return;
    await this.#armed.lock(
      tx,
      orders.map(({ id }) => id),
    );
    const nextDue = new Map<string, number | undefined>();
    for (const handled of await this.#clocks.handleAll(tx, orders)) {
      if ('error' in handled) throw handled.error;
      nextDue.set(handled.id, nextDueOf(handled.state));
    }
    await this.#armed.arm(
      tx,
      [...nextDue].map(([uid, nextDueAt]) => ({ uid, nextDueAt })),
    );
  }
}

function commandFor(event: PublicEvent): ClockCommand | undefined {
  if (event.type === 'JobDefined') {
    const { jobId, uid, revision, definedAt, schedules } = event.data;
    return { type: 'ReviseSchedules', jobId, uid, revision, definedAt, schedules };
  }
  if (event.type === 'JobRemoved') return { type: 'StopClock', removedAt: event.data.removedAt };
  return undefined;
}
