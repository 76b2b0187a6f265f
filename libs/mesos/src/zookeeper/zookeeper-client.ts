import type { HostPort } from '../connection/address.js';
import { Backoff } from '../connection/backoff.js';
import { JuteWriter, type JuteReader } from './jute.js';
import { NO_SESSION, OPERATIONS, type SessionKey, ZooKeeperConnection } from './zookeeper-connection.js';
import { CONNECTION_LOST, NO_NODE, ZooKeeperError } from './zookeeper-errors.js';

export interface ZooKeeperClientOptions {
  readonly servers: readonly HostPort[];
  /** `user:password` of the digest scheme. */
  readonly auth?: string;
  /** Asked for; the ensemble may have other limits. Default 10,000. */
  readonly sessionTimeoutMs?: number;
  /** Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Requests may be made; watches that were set on another connection are gone. */
  onConnected?(): void;
  /** Nodes that the session owned are gone; another session is begun at once. */
  onExpired?(): void;
  /** What a watch was set on has changed. */
  onWatch?(path: string): void;
  onDiagnostic?(message: string): void;
}

export interface CreateOptions {
  /** Numbered, and gone with the session. */
  readonly ephemeralSequential?: boolean;
  /** Nobody without this client's credentials may read or change it. */
  readonly onlyCreator?: boolean;
}

const EVERYTHING = 31; // all permissions
const EPHEMERAL_SEQUENTIAL = 3;

/**
 * A session with a ZooKeeper ensemble: kept while one server can be reached, moved to another when one is lost, begun
 * anew when it has expired.
 */
export class ZooKeeperClient {
  readonly #options: ZooKeeperClientOptions;
  readonly #backoff = new Backoff(50, 5_000, Math.random);
  #nextServer: number;
  #session: SessionKey = NO_SESSION;
  #zxid = 0n;
  /** When the last connection that was answered was lost; monotonic. */
  #awaySince = 0;
  #connection: ZooKeeperConnection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #running = false;

  constructor(options: ZooKeeperClientOptions) {
    this.#options = options;
    this.#nextServer = Math.floor(Math.random() * options.servers.length); // clients spread over the ensemble
  }

  /** Safe to call twice. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  /** Ends the session. Safe to call twice. */
  stop(): void {
    this.#running = false;
    clearTimeout(this.#retry);
    this.#connection?.close();
    this.#connection = undefined;
    this.#session = NO_SESSION;
  }

  /** Whether the node is there; a watch fires when that changes. */
  async exists(path: string, watch: boolean): Promise<boolean> {
    try {
      await this.#request(
        OPERATIONS.exists,
        `looking for ${path}`,
        new JuteWriter().string(path).bool(watch),
      );
      return true;
    } catch (error) {
      if (error instanceof ZooKeeperError && error.code === NO_NODE) return false;
      throw error;
    }
  }

  /** Names; a watch fires when one comes or goes. */
  async getChildren(path: string, watch: boolean): Promise<string[]> {
    const request = new JuteWriter().string(path).bool(watch);
    return (await this.#request(OPERATIONS.getChildren, `listing ${path}`, request)).strings();
  }

  async getData(path: string): Promise<Buffer> {
    const request = new JuteWriter().string(path).bool(false);
    return (await this.#request(OPERATIONS.getData, `reading ${path}`, request)).buffer();
  }

  /** A node; the path it got. */
  async create(path: string, data: Uint8Array, options: CreateOptions = {}): Promise<string> {
    const [scheme, id] = options.onlyCreator === true ? ['auth', ''] : ['world', 'anyone'];
    const request = new JuteWriter()
      .string(path)
      .buffer(data)
      .int(1)
      .int(EVERYTHING)
      .string(scheme)
      .string(id);
    request.int(options.ephemeralSequential === true ? EPHEMERAL_SEQUENTIAL : 0);
    return (await this.#request(OPERATIONS.create, `creating ${path}`, request)).string();
  }

  async remove(path: string): Promise<void> {
    const anyVersion = -1;
    const request = new JuteWriter().string(path).int(anyVersion);
    await this.#request(OPERATIONS.remove, `removing ${path}`, request);
  }

  #request(operation: number, what: string, body: JuteWriter): Promise<JuteReader> {
    const connection = this.#connection;
    return (
      connection?.request(operation, what, body) ?? Promise.reject(new ZooKeeperError(CONNECTION_LOST, what))
    );
  }

  #connect(): void {
    const { servers, auth, sessionTimeoutMs = 10_000, connectTimeoutMs = 5_000 } = this.#options;
    const server = servers[this.#nextServer % servers.length] as HostPort;
    this.#nextServer += 1;
    let expired = false;
    let answered = false;
    const isAwayForLong = performance.now() - this.#awaySince > sessionTimeoutMs;
    const connection: ZooKeeperConnection = new ZooKeeperConnection({
      server,
      session: this.#session,
      // An ensemble that was made anew or restored from a backup has not come so far, and would refuse this client for ever.
      lastZxid: isAwayForLong ? 0n : this.#zxid,
      sessionTimeoutMs,
      connectTimeoutMs,
      ...(auth === undefined ? {} : { auth }),
      onSession: (session) => {
        answered = true;
        this.#session = session;
        this.#backoff.reset();
        this.#options.onConnected?.();
      },
      onExpired: () => {
        expired = true;
        this.#session = NO_SESSION;
        this.#options.onExpired?.();
      },
      onWatch: (path) => this.#options.onWatch?.(path),
      onLost: (reason) => {
        this.#zxid = connection.lastZxid;
        if (answered) this.#awaySince = performance.now();
        this.#connection = undefined;
        this.#options.onDiagnostic?.(reason);
        const waitMs = expired ? 0 : this.#backoff.nextMs();
        if (this.#running) this.#retry = setTimeout(() => this.#connect(), waitMs);
      },
    });
    this.#connection = connection;
  }
}
