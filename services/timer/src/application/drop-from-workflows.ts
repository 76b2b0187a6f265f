import type { EventStore, Transaction } from '@carillon/event-store';
import { WorkflowBatch } from './workflow-batch.js';
import type { Workflows } from './workflows.js';

/** A removed job is waited for no longer. */
export class DropFromWorkflows {
  readonly #store: EventStore;
  readonly #workflows: Workflows;

  constructor(store: EventStore, workflows: Workflows) {
    this.#store = store;
    this.#workflows = workflows;
  }

  async drop(tx: Transaction, uids: readonly string[]): Promise<void> {
    if (uids.length === 0) return;
    const { now, workflows } = await this.#workflows.take(tx, { awaited: uids });
    const batch = new WorkflowBatch(workflows);
    for (const uid of uids) {
      for (const id of batch.awaiting(uid)) batch.decide(id, { type: 'DropJob', uid, now }, () => ({}));
    }
    await this.#store.append(tx, batch.appends());
  }
}
