import { schedulerCodecs, type SchedulerCodec } from '../codec/codec.js';
import { MesosUnavailable } from '../errors.js';
import type { Call } from '../types/call.js';
import type { Event, Subscribed } from '../types/event.js';
import { formatAddress, type HostPort, parseMasters } from './address.js';
import { Backoff } from './backoff.js';
import { CallChannel } from './call-channel.js';
import type { MesosConnection, MesosConnectionOptions } from './connection.types.js';
import { EventStream, type StreamEnd } from './event-stream.js';

const DEFAULTS = {
  connectTimeoutMs: 5_000,
  callTimeoutMs: 15_000,
  missedHeartbeats: 3,
  backoffMinMs: 100,
  backoffMaxMs: 10_000,
  maxRecordBytes: 64 * 1024 * 1024,
  random: Math.random,
};
const MAX_REDIRECTS = 5;
/** ERROR messages after which the master will not take this framework id (from this process) again. */
const TERMINAL_ERRORS = ['Framework has been removed', 'Framework failed over'];

export function createMesosConnection(options: MesosConnectionOptions): MesosConnection {
  return new Connection(options);
}

class Connection implements MesosConnection {
  readonly #options: MesosConnectionOptions & typeof DEFAULTS;
  readonly #codec: SchedulerCodec;
  readonly #masters: readonly HostPort[];
  readonly #backoff: Backoff;
  #running = false;
  #nextMaster = 0;
  #redirects = 0;
  #retry: NodeJS.Timeout | undefined;
  #stream: EventStream | undefined;
  #channel: CallChannel | undefined;
  #error: string | undefined;
  #address: HostPort | undefined;
  #frameworkId: string | undefined;
  #subscribed = false;

  constructor(options: MesosConnectionOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#codec = schedulerCodecs[options.format ?? 'protobuf'];
    this.#masters = parseMasters(options.masters);
    this.#frameworkId = options.frameworkId;
    const { backoffMinMs, backoffMaxMs, random } = this.#options;
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
    this.#subscribe(this.#configuredMaster());
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#retry);
    await this.#close();
  }

  async call(call: Call): Promise<void> {
    await this.#send(call);
  }

  async callBatch(calls: readonly Call[]): Promise<void> {
    const answers = await Promise.allSettled(calls.map((call) => this.#send(call)));
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  }

  #send(call: Call): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined || !this.#subscribed || this.#frameworkId === undefined) {
      return Promise.reject(new MesosUnavailable(`${call.type}: not subscribed to a Mesos master`));
    }
    const body = this.#codec.encodeCall({ ...call, frameworkId: { value: this.#frameworkId } });
    return channel.send({ type: call.type, body });
  }

  #configuredMaster(): HostPort {
    const master = this.#masters[this.#nextMaster % this.#masters.length] as HostPort;
    this.#nextMaster += 1;
    this.#redirects = 0;
    return master;
  }

  #subscribe(address: HostPort): void {
    const { connectTimeoutMs, callTimeoutMs, maxRecordBytes } = this.#options;
    this.#address = address;
    this.#error = undefined;
    const stream = new EventStream({
      address,
      contentType: this.#codec.contentType,
      body: this.#codec.encodeCall(this.#subscribeCall()),
      connectTimeoutMs,
      responseTimeoutMs: callTimeoutMs,
      maxRecordBytes,
      onOpen: (streamId) => {
        const { contentType } = this.#codec;
        this.#channel = new CallChannel({ address, contentType, streamId, connectTimeoutMs, callTimeoutMs });
      },
      onRecord: (record) => this.#onRecord(stream, record),
      onEnd: (end) => this.#onEnd(end),
    });
    this.#stream = stream;
  }

  #subscribeCall(): Call {
    const frameworkInfo = this.#options.framework;
    if (this.#frameworkId === undefined) return { type: 'SUBSCRIBE', subscribe: { frameworkInfo } };
    const id = { value: this.#frameworkId };
    return { type: 'SUBSCRIBE', frameworkId: id, subscribe: { frameworkInfo: { ...frameworkInfo, id } } };
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
    this.#subscribed = true;
    this.#backoff.reset();
    const limitMs = (subscribed.heartbeatIntervalSeconds ?? 15) * 1000 * this.#options.missedHeartbeats;
    stream.expectSomethingWithin(limitMs, 'no heartbeat');
    this.#options.onSubscribed?.(subscribed);
  }

  #onEnd(end: StreamEnd): void {
    const wasSubscribed = this.#subscribed;
    void this.#close();
    if (end.kind === 'redirected' && this.#redirects < MAX_REDIRECTS) {
      this.#redirects += 1;
      this.#options.onDiagnostic?.(`redirected to the leading master ${formatAddress(end.to)}`);
      this.#subscribe(end.to);
      return;
    }
    const error = this.#error;
    const terminal = error !== undefined && TERMINAL_ERRORS.includes(error);
    if (terminal) this.#running = false;
    else if (this.#running) {
      this.#retry = setTimeout(() => this.#subscribe(this.#configuredMaster()), this.#backoff.nextMs());
    }
    this.#options.onDisconnected?.({ reason: error ?? reasonOf(end), terminal, wasSubscribed });
  }

  async #close(): Promise<void> {
    const channel = this.#channel;
    this.#subscribed = false;
    this.#stream?.abort();
    this.#stream = undefined;
    this.#channel = undefined;
    await channel?.close();
  }
}

function reasonOf(end: StreamEnd): string {
  switch (end.kind) {
    case 'lost':
      return end.reason;
    case 'refused':
      return `SUBSCRIBE refused: ${end.status} ${end.body}`.trimEnd();
    case 'redirected':
      return 'redirected too often';
  }
}
