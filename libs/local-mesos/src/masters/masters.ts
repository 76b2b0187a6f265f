import { masterInfo } from '../defaults.js';
import type { Master } from '../master/master.js';
import type { LocalMaster } from '../options.js';
import type { Candidate, Election } from './election.js';
import { MasterServer } from './master-server.js';

export interface MastersOptions {
  readonly count: number;
  readonly firstPort: number;
  /** One that leads, on this port. */
  lead(port: number): Master;
  /** It does not lead any more; `abruptly`: as if its process were killed. */
  depose(master: Master, abruptly: boolean): void;
}

interface Member extends Candidate {
  readonly server: MasterServer;
  /** Set by kill() and partition(): its end is seen by others, not by itself. */
  abruptly: boolean;
}

/** The masters of one cluster: one leads, the others answer 307 with its address, or the last one's they heard of. */
export class Masters {
  readonly #options: MastersOptions;
  readonly #members: readonly Member[];
  #election: Election | undefined;
  #leaderAddress: string | undefined;

  constructor(options: MastersOptions) {
    this.#options = options;
    this.#members = Array.from({ length: options.count }, (_, n) =>
      this.#member(n === 0 ? options.firstPort : 0),
    );
  }

  get leading(): Master | undefined {
    return this.#members.find(({ server }) => server.master !== undefined)?.server.master;
  }

  get addresses(): readonly string[] {
    return this.#members.map(({ server }) => server.address);
  }

  async listen(): Promise<void> {
    for (const { server } of this.#members) await server.listen();
  }

  start(election: Election): void {
    this.#election = election;
    for (const member of this.#members) election.join(member);
  }

  async stop(): Promise<void> {
    this.#election?.stop();
    for (const member of this.#members) {
      this.#depose(member, false);
      await member.server.close(false);
    }
  }

  get handles(): readonly LocalMaster[] {
    return this.#members.map((member) => ({
      get address() {
        return member.server.address;
      },
      get isLeading() {
        return member.server.master !== undefined;
      },
      kill: async () => {
        member.abruptly = true;
        this.#election?.leave(member, true);
        this.#depose(member, true);
        await member.server.close(true);
      },
      start: async () => {
        member.abruptly = false;
        member.server.heal();
        await member.server.listen();
        this.#election?.join(member);
      },
      slow: (delayMs) => {
        member.server.delayMs = delayMs;
      },
      partition: () => {
        member.abruptly = true;
        member.server.partition();
        this.#election?.leave(member, true);
        this.#depose(member, true);
      },
    }));
  }

  #member(port: number): Member {
    const server = new MasterServer({ port, leaderAddress: () => this.#leaderAddress });
    const member: Member = {
      server,
      abruptly: false,
      get announcement() {
        return JSON.stringify(announced(server.port));
      },
      onElected: () => {
        if (!server.isRunning) return;
        // One whose session has expired may hear of it after its heir has been elected.
        for (const other of this.#members) this.#depose(other, other.abruptly);
        this.#leaderAddress = server.address;
        server.master = this.#options.lead(server.port);
      },
      onDeposed: () => this.#depose(member, member.abruptly),
    };
    return member;
  }

  #depose({ server }: Member, abruptly: boolean): void {
    const { master } = server;
    server.master = undefined;
    if (master !== undefined) this.#options.depose(master, abruptly);
  }
}

/** As real masters write it: the JSON of protobuf's field names. */
function announced(port: number): object {
  const { address, hostname, id, ip, pid, version } = masterInfo(`announced-${port}`, port);
  return { address, capabilities: [], hostname, id, ip, pid, port, version };
}
