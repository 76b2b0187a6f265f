import type { WireFormat } from '../codec/codec.js';
import type { Call } from '../types/call.js';
import type { Event, Subscribed } from '../types/event.js';
import type { FrameworkInfo } from '../types/framework.js';
import type { OfferConstraints } from '../types/offer-constraints.js';
import type { MasterDetector } from './master-detector.js';
import type { Security } from './security.js';

/** Why a subscription ended; `terminal`: it will not come back by itself, the connection has stopped trying. */
export interface Disconnected {
  readonly reason: string;
  readonly terminal: boolean;
  /** True if there had been a SUBSCRIBED on this attempt. */
  readonly wasSubscribed: boolean;
}

/** Which of the framework's roles want offers now, and of which agents. Absent: all, of any. */
export interface OfferWishes {
  readonly suppressedRoles?: readonly string[];
  readonly offerConstraints?: OfferConstraints;
}

/**
 * Runs each call; to measure it and to give it a span. It settles as `send()` does: nothing, a MesosCallError (with the
 * master's status) or a MesosUnavailable. A SUBSCRIBE lasts until SUBSCRIBED.
 */
export type ObserveCall = (type: Call['type'], send: () => Promise<void>) => Promise<void>;

export interface MesosConnectionOptions {
  /**
   * `host:port`, several separated by commas (tried in turn; redirects to the leader are followed), or
   * `zk://[user:password@]host:port,…/path` (the leader is watched); or what finds the leader.
   */
  readonly masters: string | MasterDetector;
  readonly framework: FrameworkInfo;
  readonly wishes?: OfferWishes;
  /** The id of an earlier subscription, to fail over to it. */
  readonly frameworkId?: string;
  readonly format?: WireFormat;
  readonly security?: Security;
  /** In order, one at a time; every event of the stream, HEARTBEAT and SUBSCRIBED included. */
  onEvent(event: Event): void;
  /** After SUBSCRIBED: the framework id to keep before the first ACCEPT. Called before onEvent. */
  onSubscribed?(subscribed: Subscribed): void;
  onDisconnected?(disconnected: Disconnected): void;
  /** Events that could not be decoded, redirects and the like, for the log. */
  onDiagnostic?(message: string): void;
  readonly observeCall?: ObserveCall;
  /** Defaults in milliseconds: see the README. */
  readonly connectTimeoutMs?: number;
  readonly callTimeoutMs?: number;
  readonly missedHeartbeats?: number;
  readonly backoffMinMs?: number;
  readonly backoffMaxMs?: number;
  readonly maxRecordBytes?: number;
  readonly random?: () => number;
}

/** One subscription at a time to the leading master. */
export interface MesosConnection {
  /** Safe to call twice. Keeps subscribing, with backoff, until stop() or a terminal error. */
  start(): void;
  /** Closes the stream (the framework's tasks stay until its failover_timeout). Safe to call twice. */
  stop(): Promise<void>;
  /** Resolves when the master answered 202. Throws MesosCallError (the master said no) or MesosUnavailable. */
  call(call: Call): Promise<void>;
  /** The calls in one write on one connection, in order: e.g. ACCEPT and REVIVE. */
  callBatch(calls: readonly Call[]): Promise<void>;
  /**
   * Changes what the framework is (roles, capabilities, labels, failover timeout …) and wishes for, now and at each later
   * subscription. Asks the master only if something differs. Throws an Error that names the field, and changes nothing,
   * if a framework may not change it (user, principal, checkpoint); otherwise as `call`.
   */
  updateFramework(framework: FrameworkInfo, wishes?: OfferWishes): Promise<void>;
  readonly subscribed: boolean;
  /** Known after the first SUBSCRIBED, or from the options. */
  readonly frameworkId: string | undefined;
  /** The master that is being talked to, `host:port`. */
  readonly master: string | undefined;
}
