import { formatAddress, type MasterAddress } from '../connection/address.js';
import { Backoff } from '../connection/backoff.js';
import type { DetectorEvents, MasterDetector } from '../connection/master-detector.js';
import { leadersNode, masterOf } from './master-nodes.js';
import { ZooKeeperClient } from './zookeeper-client.js';
import { CONNECTION_LOST, NO_NODE, ZooKeeperError } from './zookeeper-errors.js';
import { parseZooKeeperUrl } from './zookeeper-url.js';

export interface ZooKeeperDetectorOptions {
  /** `zk://[user:password@]host:port,…/path`. */
  readonly url: string;
  /** Masters are spoken to by TLS. */
  readonly secure: boolean;
  readonly sessionTimeoutMs?: number;
}

/**
 * Watches where Mesos's masters announce themselves. While ZooKeeper cannot be reached the last known leader stays: a
 * subscription to a living master needs no ZooKeeper.
 */
export class ZooKeeperDetector implements MasterDetector {
  readonly #path: string;
  readonly #secure: boolean;
  readonly #client: ZooKeeperClient;
  readonly #backoff = new Backoff(100, 10_000, Math.random);
  #events: DetectorEvents | undefined;
  #leader: MasterAddress | undefined;
  #looking = false;
  #lookAgain = false;
  #retry: NodeJS.Timeout | undefined;

  constructor({ url, secure, sessionTimeoutMs }: ZooKeeperDetectorOptions) {
    const { servers, auth, path } = parseZooKeeperUrl(url);
    this.#path = path;
    this.#secure = secure;
    this.#client = new ZooKeeperClient({
      servers,
      ...(auth === undefined ? {} : { auth }),
      ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
      onConnected: () => void this.#look(), // watches do not move with a session, and changes may have been missed
      onWatch: () => void this.#look(),
      onExpired: () => this.#events?.onDiagnostic('the session with ZooKeeper has expired'),
      onDiagnostic: (message) => this.#events?.onDiagnostic(message),
    });
  }

  start(events: DetectorEvents): void {
    this.#events = events;
    this.#client.start();
  }

  stop(): Promise<void> {
    this.#events = undefined;
    this.#leader = undefined;
    clearTimeout(this.#retry);
    this.#client.stop();
    return Promise.resolve();
  }

  next(): MasterAddress | undefined {
    return this.#leader;
  }

  /** One look at a time; what changes meanwhile is looked at afterwards. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    clearTimeout(this.#retry);
    try {
      this.#lookAgain = false;
      this.#found(await this.#leadingMaster());
      this.#backoff.reset();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#looking = false;
    }
    if (this.#lookAgain && this.#events !== undefined) void this.#look();
  }

  async #leadingMaster(): Promise<MasterAddress | undefined> {
    const children = await this.#children();
    const node = children && leadersNode(children);
    if (node === undefined) return undefined;
    try {
      return masterOf(await this.#client.getData(`${this.#path}/${node}`), this.#secure);
    } catch (error) {
      if (!isNoNode(error)) throw error;
      this.#lookAgain = true; // it went between the two requests, which the watch will tell too
      return undefined;
    }
  }

  /** With a watch, whether the path is there or not. */
  async #children(): Promise<string[] | undefined> {
    try {
      return await this.#client.getChildren(this.#path, true);
    } catch (error) {
      if (!isNoNode(error)) throw error;
      if (await this.#client.exists(this.#path, true)) this.#lookAgain = true; // made between the two requests
      return undefined;
    }
  }

  #found(leader: MasterAddress | undefined): void {
    const before = this.#leader && formatAddress(this.#leader);
    this.#leader = leader;
    const now = leader && formatAddress(leader);
    if (now === before) return;
    this.#events?.onDiagnostic(
      now === undefined ? 'no master leads, says ZooKeeper' : `${now} leads, says ZooKeeper`,
    );
    if (leader !== undefined) this.#events?.onLeader(leader);
  }

  /** A lost connection is made again by the client, which then asks for a look; anything else is tried again later. */
  #failed(error: unknown): void {
    if (this.#events === undefined) return;
    if (error instanceof ZooKeeperError && error.code === CONNECTION_LOST) return;
    this.#events.onDiagnostic(error instanceof Error ? error.message : String(error));
    this.#retry = setTimeout(() => void this.#look(), this.#backoff.nextMs());
  }
}

function isNoNode(error: unknown): boolean {
  return error instanceof ZooKeeperError && error.code === NO_NODE;
}
