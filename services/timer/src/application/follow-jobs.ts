import { decodeEvent, type PublicEvent } from '@carillon/contracts';
import type { ReceivedMessage } from '@carillon/event-log';
import type { Aggregates, Transaction } from '@carillon/event-store';
import type { ClockCommand } from '../domain/clock.commands.js';
import type { ClockEvent } from '../domain/clock.events.js';
import type { ClockState } from '../domain/clock.state.js';
import type { DueClocks } from './due-clocks.js';
import type { DropFromWorkflows } from './drop-from-workflows.js';

/** Keeps the clocks in step with the jobs: handles messages of `carillon.jobs`. */
export class FollowJobs {
  readonly #clocks: Aggregates<ClockState, ClockCommand, ClockEvent>;
  readonly #due: DueClocks;
  readonly #workflows: DropFromWorkflows;

  constructor(
    clocks: Aggregates<ClockState, ClockCommand, ClockEvent>,
    due: DueClocks,
    workflows: DropFromWorkflows,
  ) {
    this.#clocks = clocks;
    this.#due = due;
    this.#workflows = workflows;
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
    const removed = orders.flatMap(({ id, command }) => (command.type === 'StopClock' ? [id] : []));
    await this.#workflows.drop(tx, removed);
    await this.#due.lock(
      tx,
      orders.map(({ id }) => id),
    );
    let nearest = Number.POSITIVE_INFINITY;
    for (const handled of await this.#clocks.handleAll(tx, orders)) {
      if ('error' in handled) throw handled.error;
      if (handled.state.status === 'set') nearest = Math.min(nearest, handled.state.nextDueAt ?? nearest);
    }
    if (Number.isFinite(nearest)) await this.#due.tell(tx, nearest);
  }
}

function commandFor(event: PublicEvent): ClockCommand | undefined {
  if (event.type === 'JobDefined') {
    const { jobId, uid, revision, definedAt, schedules } = event.data;
    return { type: 'ReviseSchedules', jobId, uid, revision, definedAt, schedules };
  }
  if (event.type === 'JobPaused') {
    const { jobId, uid, pausedAt, until } = event.data;
    return { type: 'PauseClock', jobId, uid, pausedAt, ...(until === undefined ? {} : { until }) };
  }
  if (event.type === 'JobResumed') return { type: 'ResumeClock', resumedAt: event.data.resumedAt };
  if (event.type === 'JobRemoved') return { type: 'StopClock', removedAt: event.data.removedAt };
  return undefined;
}
