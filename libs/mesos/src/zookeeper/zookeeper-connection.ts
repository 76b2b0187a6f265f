import { connect, type Socket } from 'node:net';
import { formatAddress, type HostPort } from '../connection/address.js';
import { FrameDecoder, JuteReader, JuteWriter } from './jute.js';
import { CONNECTION_LOST, ZooKeeperError } from './zookeeper-errors.js';

/** What a server knows a session by. */
export interface SessionKey {
  readonly id: bigint;
  readonly password: Uint8Array;
}

export const NO_SESSION: SessionKey = { id: 0n, password: new Uint8Array(16) };

export interface ConnectionOptions {
  readonly server: HostPort;
  readonly session: SessionKey;
  readonly lastZxid: bigint;
  readonly sessionTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** `user:password` of the digest scheme. */
  readonly auth?: string;
  /** The session goes on, or a new one has begun. */
  onSession(session: SessionKey): void;
  onExpired(): void;
  onWatch(path: string): void;
  /** Exactly once, unless close() was called before. */
  onLost(reason: string): void;
}

export const OPERATIONS = {
  create: 1,
  remove: 2,
  exists: 3,
  getData: 4,
  getChildren: 8,
  ping: 11,
  auth: 100,
  close: -11,
};
/** Ids of what is not answered in turn. */
const XID = { watch: -1, ping: -2, auth: -4 };
const DIGEST = 'digest';
/** For how long a server may take to end a session that is closed. */
const LINGER_MS = 1_000;

interface Pending {
  readonly xid: number;
  readonly what: string;
  readonly resolve: (answer: JuteReader) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One TCP connection of a session to one server of the ensemble: the handshake, requests answered in order, watches, and
 * pings so that both sides notice when the other is gone. ZooKeeper's client protocol (org.apache.zookeeper.proto).
 */
export class ZooKeeperConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #frames = new FrameDecoder();
  readonly #pending: Pending[] = [];
  #zxid: bigint;
  #nextXid = 1;
  #established = false;
  #over = false;
  #pings: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#zxid = options.lastZxid;
    const { server, connectTimeoutMs } = options;
    this.#socket = connect({ host: server.host, port: server.port, noDelay: true });
    this.#silence = setTimeout(() => this.#lost('it did not answer in time'), connectTimeoutMs);
    this.#socket.on('connect', () => this.#introduce());
    this.#socket.on('data', (chunk) => this.#onData(chunk));
    this.#socket.on('error', (error) => this.#lost(error.message));
    this.#socket.on('close', () => this.#lost('it closed the connection'));
  }

  /** Of the last change that this client has seen: a server that lags behind it refuses the client. */
  get lastZxid(): bigint {
    return this.#zxid;
  }

  request(operation: number, what: string, body: JuteWriter): Promise<JuteReader> {
    if (this.#over || !this.#established) {
      return Promise.reject(new ZooKeeperError(CONNECTION_LOST, what));
    }
    const xid = this.#nextXid;
    this.#nextXid = xid === 0x7fffffff ? 1 : xid + 1;
    return new Promise((resolve, reject) => {
      this.#pending.push({ xid, what, resolve, reject });
      this.#send(xid, operation, body);
    });
  }

  /** Ends the session too, if there is one. */
  close(): void {
    if (this.#over) return;
    if (this.#established) {
      this.#send(this.#nextXid, OPERATIONS.close, new JuteWriter());
      this.#socket.end();
      this.#socket.setTimeout(LINGER_MS, () => this.#socket.destroy());
    } else this.#socket.destroy();
    this.#end();
  }

  #introduce(): void {
    const { session, sessionTimeoutMs } = this.#options;
    const request = new JuteWriter().int(0).long(this.#zxid).int(sessionTimeoutMs);
    this.#socket.write(request.long(session.id).buffer(session.password).bool(false).frame());
  }

  #send(xid: number, operation: number, body: JuteWriter): void {
    this.#socket.write(new JuteWriter().int(xid).int(operation).append(body).frame());
  }

  #onData(chunk: Buffer): void {
    try {
      for (const frame of this.#frames.push(chunk)) {
        if (this.#over) return;
        if (this.#established) this.#onReply(new JuteReader(frame));
        else this.#onIntroduced(new JuteReader(frame));
      }
    } catch (error) {
      this.#lost(error instanceof Error ? error.message : String(error));
    }
  }

  #onIntroduced(reader: JuteReader): void {
    reader.int(); // the protocol's version
    const timeoutMs = reader.int();
    if (timeoutMs <= 0) {
      this.#options.onExpired();
      this.#lost('the session has expired');
      return;
    }
    const session = { id: reader.long(), password: new Uint8Array(reader.buffer()) };
    this.#established = true;
    const { auth } = this.#options;
    if (auth !== undefined) {
      const packet = new JuteWriter().int(0).string(DIGEST).buffer(Buffer.from(auth));
      this.#send(XID.auth, OPERATIONS.auth, packet);
    }
    this.#pings = setInterval(() => this.#send(XID.ping, OPERATIONS.ping, new JuteWriter()), timeoutMs / 3);
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost('it fell silent'), (timeoutMs * 2) / 3);
    this.#options.onSession(session);
  }

  #onReply(reader: JuteReader): void {
    this.#silence.refresh();
    const xid = reader.int();
    const zxid = reader.long();
    const code = reader.int();
    if (zxid > this.#zxid) this.#zxid = zxid;
    if (xid === XID.watch) {
      reader.int(); // the kind of change
      reader.int(); // the state of the session
      this.#options.onWatch(reader.string());
    } else if (xid === XID.auth && code !== 0) {
      this.#lost(new ZooKeeperError(code, 'adding credentials').message);
    } else if (xid > 0) this.#answer(xid, code, reader);
  }

  #answer(xid: number, code: number, reader: JuteReader): void {
    const pending = this.#pending.shift();
    if (pending?.xid !== xid) throw new Error('it answered out of order');
    if (code === 0) pending.resolve(reader);
    else pending.reject(new ZooKeeperError(code, pending.what));
  }

  #lost(reason: string): void {
    if (this.#over) return;
    this.#end();
    this.#socket.destroy();
    this.#options.onLost(`ZooKeeper ${formatAddress(this.#options.server)}: ${reason}`);
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#silence);
    clearInterval(this.#pings);
    for (const { what, reject } of this.#pending.splice(0)) reject(new ZooKeeperError(CONNECTION_LOST, what));
  }
}
