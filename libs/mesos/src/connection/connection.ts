import { schedulerCodecs, type SchedulerCodec } from '../codec/codec.js';
import { MesosCallError, MesosUnavailable } from '../errors.js';
import type { Call } from '../types/call.js';
import type { Event, Subscribed } from '../types/event.js';
import type { FrameworkInfo } from '../types/framework.js';
import { formatAddress, type MasterAddress } from './address.js';
import { Backoff } from './backoff.js';
import { CallChannel, SCHEDULER_PATH } from './call-channel.js';
import type { MesosConnection, MesosConnectionOptions, OfferWishes } from './connection.types.js';
import { masterDetector } from './detect-master.js';
import { EventStream, reasonOf, type StreamEnd } from './event-stream.js';
import type { MasterDetector } from './master-detector.js';
import type { Security } from './security.js';
import { assertUpdatable, frameworkChanges } from './update-framework.js';

const DEFAULTS = {
  connectTimeoutMs: 5_000,
  callTimeoutMs: 15_000,
  missedHeartbeats: 3,
  backoffMinMs: 100,
  backoffMaxMs: 10_000,
  maxRecordBytes: 64 * 1024 * 1024,
  random: Math.random,
  security: {} as Security,
};
const MAX_REDIRECTS = 5;
/** ERROR messages after which the master will not take this framework id (from this process) again. */
const TERMINAL_ERRORS = ['Framework has been removed', 'Framework failed over'];

type Attempt = PromiseWithResolvers<undefined>;

export function createMesosConnection(options: MesosConnectionOptions): MesosConnection {
  return new Connection(options);
}

class Connection implements MesosConnection {
  readonly #options: MesosConnectionOptions & typeof DEFAULTS;
  readonly #codec: SchedulerCodec;
  readonly #detector: MasterDetector;
  readonly #backoff: Backoff;
  #running = false;
  #redirects = 0;
  #retry: NodeJS.Timeout | undefined;
  #stream: EventStream | undefined;
  #channel: CallChannel | undefined;
  #attempt: Attempt | undefined;
  #error: string | undefined;
  #address: MasterAddress | undefined;
  #framework: FrameworkInfo;
  #wishes: OfferWishes;
  #frameworkId: string | undefined;
  #subscribed = false;

  constructor(options: MesosConnectionOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#codec = schedulerCodecs[options.format ?? 'protobuf'];
    const { masters, security, backoffMinMs, backoffMaxMs, random } = this.#options;
    this.#detector =
      typeof masters === 'string' ? masterDetector(masters, security.tls !== undefined) : masters;
    this.#framework = options.framework;
    this.#wishes = options.wishes ?? {};
    this.#frameworkId = options.frameworkId;
    this.#backoff = new Backoff(backoffMinMs, backoffMaxMs, random);
  }

  get subscribed(): boolean {
    return this.#subscribed;
  }

  get frameworkId(): string | undefined {
    return this.#frameworkId;
  }

  get master(): string | undefined {
    return this.#address === undefined ? undefined : formatAddress(this.#address);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#detector.start({
      onLeader: (leader) => this.#onLeader(leader),
      onDiagnostic: (message) => this.#options.onDiagnostic?.(message),
    });
    this.#subscribeNext();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#retry);
    await Promise.all([this.#detector.stop(), this.#close('the connection was stopped')]);
  }

  async call(call: Call): Promise<void> {
    await this.#send(call);
  }

  async callBatch(calls: readonly Call[]): Promise<void> {
    const answers = await Promise.allSettled(calls.map((call) => this.#send(call)));
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  }

  async updateFramework(framework: FrameworkInfo, wishes: OfferWishes = this.#wishes): Promise<void> {
    assertUpdatable(this.#framework, framework);
    const same =
      frameworkChanges(this.#framework, framework).length === 0 &&
      JSON.stringify(wishes) === JSON.stringify(this.#wishes);
    const before = { framework: this.#framework, wishes: this.#wishes };
    this.#framework = framework;
    this.#wishes = wishes;
    // Before SUBSCRIBED the next subscription says it; one that is under way has said the old.
    if (same || (!this.#subscribed && this.#stream === undefined)) return;
    try {
      await this.#send({ type: 'UPDATE_FRAMEWORK', updateFramework: this.#introduction() });
    } catch (error) {
      // What the master refuses now it would refuse in a SUBSCRIBE too.
      if (error instanceof MesosCallError && this.#framework === framework) {
        this.#framework = before.framework;
        this.#wishes = before.wishes;
      }
      throw error;
    }
  }

  #send(call: Call): Promise<void> {
    const observe = this.#options.observeCall;
    const send = (): Promise<void> => {
      const channel = this.#channel;
      if (channel === undefined || !this.#subscribed || this.#frameworkId === undefined) {
        return Promise.reject(new MesosUnavailable(`${call.type}: not subscribed to a Mesos master`));
      }
      const body = this.#codec.encodeCall({ ...call, frameworkId: { value: this.#frameworkId } });
      return channel.send({ type: call.type, body }).then(
        () => this.#backoff.reset(),
        (error: unknown) => {
          if (!(error instanceof MesosUnavailable)) this.#backoff.reset();
          else if (channel === this.#channel) this.#onLostCall(error);
          throw error;
        },
      );
    };
    return observe === undefined ? send() : observe(call.type, send);
  }

  /**
   * As Mesos's own scheduler library, which gives up both connections when one breaks: offers that a lost ACCEPT or DECLINE
   * was about would be neither ours nor the master's to give for as long as the subscription lasts.
   */
  #onLostCall(error: MesosUnavailable): void {
    this.#stream?.fail(error.message);
  }

  /** A leader that the detector found, in place of the one that is talked to or waited for. */
  #onLeader(leader: MasterAddress): void {
    if (!this.#running) return;
    const found = formatAddress(leader);
    if (this.#stream !== undefined && found === this.master) return;
    const hadStream = this.#stream !== undefined;
    const wasSubscribed = this.#subscribed;
    const reason = `${found} leads now`;
    clearTimeout(this.#retry);
    void this.#close(reason);
    this.#backoff.reset();
    this.#redirects = 0;
    if (hadStream) this.#options.onDisconnected?.({ reason, terminal: false, wasSubscribed });
    this.#subscribe(leader);
  }

  #subscribeNext(): void {
    this.#redirects = 0;
    this.#address = this.#detector.next();
    if (this.#address !== undefined) this.#subscribe(this.#address);
  }

  #subscribe(address: MasterAddress): void {
    const { connectTimeoutMs, callTimeoutMs, maxRecordBytes, security, observeCall } = this.#options;
    const { contentType } = this.#codec;
    this.#address = address;
    this.#error = undefined;
    const attempt = Promise.withResolvers<undefined>();
    this.#attempt = attempt;
    const observed =
      observeCall === undefined ? attempt.promise : observeCall('SUBSCRIBE', () => attempt.promise);
    observed.catch(() => undefined); // onDisconnected tells
    try {
      const stream: EventStream = new EventStream({
        address,
        path: SCHEDULER_PATH,
        security,
        contentType,
        body: this.#codec.encodeCall(this.#subscribeCall()),
        connectTimeoutMs,
        responseTimeoutMs: callTimeoutMs,
        maxRecordBytes,
        onOpen: (streamId) => {
          if (streamId === undefined) stream.fail('the answer to SUBSCRIBE has no Mesos-Stream-Id');
          else {
            const channel = { address, security, contentType, streamId, connectTimeoutMs, callTimeoutMs };
            this.#channel = new CallChannel(channel);
          }
        },
        onRecord: (record) => this.#onRecord(stream, record),
        onEnd: (end) => this.#onEnd(end),
      });
      this.#stream = stream;
    } catch (error) {
      this.#onEnd({ kind: 'lost', reason: error instanceof Error ? error.message : String(error) });
    }
  }

  #subscribeCall(): Call {
    if (this.#frameworkId === undefined) return { type: 'SUBSCRIBE', subscribe: this.#introduction() };
    return { type: 'SUBSCRIBE', frameworkId: { value: this.#frameworkId }, subscribe: this.#introduction() };
  }

  #introduction(): { frameworkInfo: FrameworkInfo } & OfferWishes {
    const id = this.#frameworkId;
    const frameworkInfo = id === undefined ? this.#framework : { ...this.#framework, id: { value: id } };
    return { frameworkInfo, ...this.#wishes };
  }

  #onRecord(stream: EventStream, record: Uint8Array): void {
    let event: Event;
    try {
      event = this.#codec.decodeEvent(record);
    } catch (error) {
      stream.fail(`an event cannot be decoded: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (event.type === 'SUBSCRIBED' && 'subscribed' in event) this.#onSubscribed(stream, event.subscribed);
    else if (event.type === 'ERROR' && 'error' in event) this.#error = event.error.message;
    this.#options.onEvent(event);
  }

  #onSubscribed(stream: EventStream, subscribed: Subscribed): void {
    this.#frameworkId = subscribed.frameworkId.value;
    this.#subscribed = true; // the backoff begins anew when a call is answered: a proxy may let streams through alone
    this.#attempt?.resolve(undefined);
    const limitMs = (subscribed.heartbeatIntervalSeconds ?? 15) * 1000 * this.#options.missedHeartbeats;
    stream.expectSomethingWithin(limitMs, 'no heartbeat');
    this.#options.onSubscribed?.(subscribed);
  }

  #onEnd(end: StreamEnd): void {
    const wasSubscribed = this.#subscribed;
    if (end.kind === 'refused') this.#attempt?.reject(new MesosCallError('SUBSCRIBE', end.status, end.body));
    void this.#close(reasonOf(end));
    if (end.kind === 'redirected' && this.#redirects < MAX_REDIRECTS) {
      this.#redirects += 1;
      this.#options.onDiagnostic?.(`redirected to the leading master ${formatAddress(end.to)}`);
      this.#subscribe(end.to);
      return;
    }
    const error = this.#error;
    const terminal = error !== undefined && TERMINAL_ERRORS.includes(error);
    if (terminal) void this.stop();
    else if (this.#running) this.#retry = setTimeout(() => this.#subscribeNext(), this.#backoff.nextMs());
    this.#options.onDisconnected?.({ reason: error ?? reasonOf(end), terminal, wasSubscribed });
  }

  async #close(reason: string): Promise<void> {
    const channel = this.#channel;
    this.#subscribed = false;
    this.#attempt?.reject(new MesosUnavailable(`SUBSCRIBE: ${reason}`));
    this.#attempt = undefined;
    this.#stream?.abort();
    this.#stream = undefined;
    this.#channel = undefined;
    await channel?.close();
  }
}
