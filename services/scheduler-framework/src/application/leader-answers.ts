import type {
  GetPlacementResponse,
  ListQueueRequest,
  ListQueueResponse,
  Run,
  RunRequest,
} from '@carillon/contracts';
import { unavailable } from '@carillon/event-sourcing';
import type { QueueReport } from './leader/queue-report.js';
import type { Lease } from './leadership.js';

/** Answers what only the leader knows; elsewhere it says who leads. */
export class LeaderAnswers {
  readonly #lease: Pick<Lease, 'current'>;
  readonly #getRun: (request: RunRequest) => Promise<Run>;
  #report: QueueReport | undefined;

  constructor(lease: Pick<Lease, 'current'>, getRun: (request: RunRequest) => Promise<Run>) {
    this.#lease = lease;
    this.#getRun = getRun;
  }

  /** As long as a term lasts; undefined at its end. */
  answerFrom(report: QueueReport | undefined): void {
    this.#report = report;
  }

  /** Throws unavailable notLeading, or runNotFound. */
  async getPlacement(request: RunRequest): Promise<GetPlacementResponse> {
    const placement = (this.#report ?? (await this.#notLeading())).placement(request);
    if (placement) return placement;
    const { jobId, runId, status } = await this.#getRun(request);
    // It has just been admitted elsewhere, and the leader is being told.
    const waitsFor = status === 'queued' ? { waitsFor: 'the leader to hear of it' } : {};
    return { jobId, runId, status, offers: 0, lacks: [], ...waitsFor };
  }

  async listQueue(request: ListQueueRequest): Promise<ListQueueResponse> {
    return (this.#report ?? (await this.#notLeading())).queue(request);
  }

  async #notLeading(): Promise<never> {
    const { holder } = await this.#lease.current();
    const who = holder === undefined ? 'nobody leads now' : `${holder} leads`;
    throw unavailable('notLeading', `only the leader knows: ${who}`, undefined, holder ? { holder } : {});
  }
}
