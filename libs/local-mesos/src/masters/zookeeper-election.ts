import { parseZooKeeperUrl, ZooKeeperClient } from '@carillon/mesos';
import type { Candidate, Election } from './election.js';

const NODE = /^json\.info_\d+$/;

/**
 * As Mesos's masters do it: each has an ephemeral sequential node below the path of the URL, and the lowest leads.
 * One that is killed is not noticed before its session has expired.
 */
export class ZooKeeperElection implements Election {
  readonly #url: string;
  readonly #sessionTimeoutMs: number;
  readonly #campaigns = new Map<Candidate, Campaign>();

  constructor(url: string, sessionTimeoutMs: number) {
    this.#url = url;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    parseZooKeeperUrl(url);
  }

  join(candidate: Candidate): void {
    if (this.#campaigns.has(candidate)) return;
    this.#campaigns.set(candidate, new Campaign(this.#url, this.#sessionTimeoutMs, candidate));
  }

  leave(candidate: Candidate): void {
    this.#campaigns.get(candidate)?.stop();
    this.#campaigns.delete(candidate);
  }

  stop(): void {
    for (const candidate of [...this.#campaigns.keys()]) this.leave(candidate);
  }
}

class Campaign {
  readonly #candidate: Candidate;
  readonly #path: string;
  readonly #client: ZooKeeperClient;
  #node: string | undefined;
  #leads = false;
  #stopped = false;

  constructor(url: string, sessionTimeoutMs: number, candidate: Candidate) {
    const { servers, auth, path } = parseZooKeeperUrl(url);
    this.#candidate = candidate;
    this.#path = path;
    this.#client = new ZooKeeperClient({
      servers,
      ...(auth === undefined ? {} : { auth }),
      sessionTimeoutMs,
      onConnected: () => this.#look(),
      onExpired: () => {
        this.#node = undefined;
        this.#lead(false);
      },
      onWatch: () => this.#look(),
    });
    this.#client.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#client.stop();
  }

  // A lost connection is followed by another onConnected.
  #look(): void {
    this.#run().catch(() => undefined);
  }

  async #run(): Promise<void> {
    this.#node ??= await this.#announce();
    const children = await this.#client.getChildren(this.#path, true);
    const [first] = children.filter((name) => NODE.test(name)).sort(bySequence);
    this.#lead(first !== undefined && `${this.#path}/${first}` === this.#node);
  }

  async #announce(): Promise<string> {
    const parts = this.#path.split('/').slice(1);
    for (let n = 1; n <= parts.length; n += 1) {
      const parent = `/${parts.slice(0, n).join('/')}`;
      if (!(await this.#client.exists(parent, false))) {
        await this.#client.create(parent, new Uint8Array()).catch(() => undefined); // another one was faster
      }
    }
    const announcement = Buffer.from(this.#candidate.announcement);
    return this.#client.create(`${this.#path}/json.info_`, announcement, { ephemeralSequential: true });
  }

  #lead(leads: boolean): void {
    if (this.#stopped || leads === this.#leads) return;
    this.#leads = leads;
    if (leads) this.#candidate.onElected();
    else this.#candidate.onDeposed();
  }
}

function bySequence(a: string, b: string): number {
  return Number(a.split('_')[1]) - Number(b.split('_')[1]);
}
