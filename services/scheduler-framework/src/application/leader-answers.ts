import type {
  GetPlacementResponse,
  ListQueueRequest,
  ListQueueResponse,
  Run,
  RunRequest,
} from '@carillon/contracts';
import type { MessageHandler } from '@carillon/event-log';
import { unavailable } from '@carillon/event-sourcing';
import type { QueueReport } from './leader/queue-report.js';
import type { Lease } from './leadership.js';

/** What a leader has for its term. */
export interface Leading {
  readonly report: QueueReport;
  readonly hearTriggers: MessageHandler;
}

/** Answers what only the leader knows, and does what only the leader may; elsewhere it says who leads. */
export class LeaderAnswers {
  readonly #lease: Pick<Lease, 'current'>;
  readonly #getRun: (request: RunRequest) => Promise<Run>;
  #leading: Leading | undefined;

  constructor(lease: Pick<Lease, 'current'>, getRun: (request: RunRequest) => Promise<Run>) {
    this.#lease = lease;
    this.#getRun = getRun;
  }

  /** As long as a term lasts; undefined at its end. */
  answerFrom(leading: Leading | undefined): void {
    this.#leading = leading;
  }

  /** Throws unavailable notLeading, or runNotFound. */
  async getPlacement(request: RunRequest): Promise<GetPlacementResponse> {
    const placement = (this.#leading ?? (await this.#notLeading())).report.placement(request);
    if (placement) return placement;
    const { jobId, runId, status } = await this.#getRun(request);
    // It has just been admitted elsewhere, and the leader is being told.
    const waitsFor = status === 'queued' ? { waitsFor: 'the leader to hear of it' } : {};
    return { jobId, runId, status, offers: 0, lacks: [], ...waitsFor };
  }

  async listQueue(request: ListQueueRequest): Promise<ListQueueResponse> {
    return (this.#leading ?? (await this.#notLeading())).report.queue(request);
  }

  /** Messages of carillon.triggers that come again. Throws unavailable notLeading. */
  async hearTriggers(...[tx, messages]: Parameters<MessageHandler>): Promise<void> {
    await (this.#leading ?? (await this.#notLeading())).hearTriggers(tx, messages);
  }

  async #notLeading(): Promise<never> {
    const { holder } = await this.#lease.current();
    const who = holder === undefined ? 'nobody leads now' : `${holder} leads`;
    throw unavailable('notLeading', `only the leader can tell: ${who}`, undefined, holder ? { holder } : {});
  }
}
