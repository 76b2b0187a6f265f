/** Who leads: candidates are told when they do, and when they do not any more. */
export interface Election {
  /** Again after leave(): last in line. */
  join(candidate: Candidate): void;
  /** Of its own will, or because it is gone: `abruptly`, nobody is told. */
  leave(candidate: Candidate, abruptly: boolean): void;
  stop(): void;
}

export interface Candidate {
  /** As JSON, a MasterInfo: what a ZooKeeper node says. */
  readonly announcement: string;
  onElected(): void;
  onDeposed(): void;
}

/** In this process: the first in line leads; when it has left, the next one after a while. */
export class LocalElection implements Election {
  readonly #electionMs: number;
  #line: Candidate[] = [];
  #leader: Candidate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(electionMs: number) {
    this.#electionMs = electionMs;
  }

  join(candidate: Candidate): void {
    if (this.#line.includes(candidate)) return;
    this.#line.push(candidate);
    if (this.#leader === undefined && this.#timer === undefined) this.#elect();
  }

  leave(candidate: Candidate): void {
    this.#line = this.#line.filter((other) => other !== candidate);
    if (this.#leader !== candidate) return;
    this.#leader = undefined;
    candidate.onDeposed();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#elect();
    }, this.#electionMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#line = [];
  }

  #elect(): void {
    this.#leader = this.#line[0];
    this.#leader?.onElected();
  }
}
