import { type CallBody, MesosCallError, type MesosConnection } from '@carillon/mesos';
import type { Logger } from '@carillon/service-runtime';

/** How the parts of the leader speak to the master: calls of one turn go out in one write, in order. */
export class MesosLink {
  readonly #connection: () => MesosConnection | undefined;
  readonly #log: Logger;

  constructor(connection: () => MesosConnection | undefined, log: Logger) {
    this.#connection = connection;
    this.#log = log;
  }

  get subscribed(): boolean {
    return this.#connection()?.subscribed === true;
  }

  get frameworkId(): string {
    return this.#connection()?.frameworkId ?? '';
  }

  /** Whether the master took each of them. What did not get through is made up for by reconciliation. */
  async send(calls: readonly CallBody[]): Promise<boolean[]> {
    const connection = this.#connection();
    if (connection === undefined || !connection.subscribed) return calls.map(() => false);
    const answers = await Promise.allSettled(calls.map((call) => connection.call(call)));
    const refused = answers.find((answer) => answer.status === 'rejected');
    if (refused) {
      const level = refused.reason instanceof MesosCallError ? 'warn' : 'debug';
      this.#log[level]({ err: refused.reason as unknown }, 'a call did not reach the master');
    }
    return answers.map(({ status }) => status === 'fulfilled');
  }
}
