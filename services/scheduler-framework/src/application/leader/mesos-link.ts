import { type CallBody, MesosCallError, type MesosConnection } from '@carillon/mesos';
import type { Logger } from '@carillon/service-runtime';

/** How the parts of the leader speak to the master: calls of one turn go out in one write, in order. */
export class MesosLink {
  readonly #connection: () => MesosConnection | undefined;
  readonly #log: Logger;
  #confirmed = false;

  constructor(connection: () => MesosConnection | undefined, log: Logger) {
    this.#connection = connection;
    this.#log = log;
  }

  /** Subscribed, and known to lead since. */
  get subscribed(): boolean {
    return this.#confirmed && this.#connection()?.subscribed === true;
  }

  /** Subscribed, and not known to lead any more: what the master says has to wait. */
  get isUnconfirmed(): boolean {
    return !this.#confirmed && this.#connection()?.subscribed === true;
  }

  /** A subscription begins. */
  began(): void {
    this.#confirmed = false;
  }

  /** The epoch was still this leader's after the subscription had begun. */
  confirm(): void {
    this.#confirmed = true;
  }

  get frameworkId(): string {
    return this.#connection()?.frameworkId ?? '';
  }

  /** Whether the master took each of them. What did not get through is made up for by reconciliation. */
  async send(calls: readonly CallBody[]): Promise<boolean[]> {
    const connection = this.#connection();
    if (connection === undefined || !this.subscribed) return calls.map(() => false);
    const answers = await Promise.allSettled(calls.map((call) => connection.call(call)));
    const refused = answers.find((answer) => answer.status === 'rejected');
    if (refused) {
      const level = refused.reason instanceof MesosCallError ? 'warn' : 'debug';
      this.#log[level]({ err: refused.reason as unknown }, 'a call did not reach the master');
    }
    return answers.map(({ status }) => status === 'fulfilled');
  }
}
