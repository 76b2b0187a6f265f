import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

/** As much of the v1 scheduler API's JSON as a raw client looks at. */
interface RawOffer {
  readonly id: object;
  readonly agent_id: object;
  readonly resources: readonly { readonly name: string; readonly scalar?: { readonly value: number } }[];
}

/** What a command task takes, its executor included. */
const CPUS_EACH = 0.11;

export interface RawStatus {
  readonly task_id: { readonly value: string };
  readonly agent_id?: object;
  readonly state: string;
  readonly message?: string;
  readonly timestamp?: number;
  readonly uuid?: string;
}

/** In ms from REVIVE; RUNNING by the executor's clock. */
export interface RawSingle {
  readonly accepted: number;
  readonly running: number;
}

interface RawEvent {
  readonly type: string;
  readonly subscribed?: { readonly framework_id: { readonly value: string } };
  readonly offers?: { readonly offers: readonly RawOffer[] };
  readonly update?: { readonly status: RawStatus };
  readonly rescind?: { readonly offer_id: object };
}

const ENDED = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
]);

/**
 * The yardstick: plain Node, JSON, one raw socket on which calls are pipelined and answers are not waited for, an offer
 * accepted as soon as it is there, statuses acknowledged without being kept. No library, no database, no recovery.
 */
export class RawClient {
  readonly #host: string;
  readonly #port: number;
  #frameworkId = '';
  #streamId = '';
  #calls: Socket | undefined;
  /** Of one agent; what was freed since the last offer comes as another. */
  #offers: RawOffer[] = [];
  #stream: { destroy(): void } | undefined;
  #onOffer: () => void = () => undefined;
  #onStatus: (status: RawStatus) => void = () => undefined;

  private constructor(master: string) {
    const [host = '', port = '0'] = master.split(':');
    this.#host = host;
    this.#port = Number(port);
  }

  static async subscribed(master: string): Promise<RawClient> {
    const client = new RawClient(master);
    await client.#subscribe();
    return client;
  }

  /** Runs `count` tasks, at most `unfinished` at once; per second, and how many did not finish well. */
  async rate(count: number, unfinished: number): Promise<{ perSecond: number; failed: number }> {
    const over = Promise.withResolvers<undefined>();
    const prefix = `raw-${unfinished}-${Math.random().toString(36).slice(2)}`;
    let launched = 0;
    let ended = 0;
    let failed = 0;
    let since = 0;
    const fill = (): void => {
      const free = Math.min(count - launched, unfinished - (launched - ended), this.#room());
      if (free <= 0) return;
      if (since === 0) since = performance.now();
      const ids = Array.from({ length: free }, (_, n) => `${prefix}-${launched + n}`);
      launched += free;
      this.#launch(ids, launched < count);
    };
    this.#onOffer = fill;
    this.#onStatus = ({ state }) => {
      if (!ENDED.has(state)) return;
      ended += 1;
      if (state !== 'TASK_FINISHED') failed += 1;
      if (ended === count) over.resolve(undefined);
      else fill();
    };
    this.#send({ type: 'REVIVE' });
    fill();
    await over.promise;
    const perSecond = count / ((performance.now() - since) / 1_000);
    await this.#quiet();
    return { perSecond, failed };
  }

  /** One task every `everyMs` of the clock, no offer held: from REVIVE to ACCEPT and to the executor's RUNNING, in ms. */
  async singles(count: number, everyMs: number): Promise<RawSingle[]> {
    const found: RawSingle[] = [];
    for (let n = 0; n < count; n += 1) {
      await this.#quiet();
      const running = Promise.withResolvers<number>();
      const over = Promise.withResolvers<undefined>();
      const id = `raw-one-${n}-${Math.random().toString(36).slice(2)}`;
      let acceptedAt = Number.NaN;
      this.#onOffer = () => {
        acceptedAt = Date.now();
        this.#launch([id], false);
      };
      this.#onStatus = ({ state, timestamp = Number.NaN }) => {
        if (state === 'TASK_RUNNING') running.resolve(timestamp * 1_000);
        if (ENDED.has(state)) over.resolve(undefined);
      };
      await new Promise((resolve) => setTimeout(resolve, everyMs - (Date.now() % everyMs)));
      const since = Date.now();
      this.#send({ type: 'REVIVE' });
      const runningAt = await running.promise;
      found.push({ accepted: acceptedAt - since, running: runningAt - since });
      await over.promise;
    }
    await this.#quiet();
    return found;
  }

  async tearDown(): Promise<void> {
    this.#send({ type: 'TEARDOWN' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    this.#stream?.destroy();
    this.#calls?.destroy();
  }

  /** Nothing is wanted and no offer held; executors of ended tasks linger for a second. */
  async #quiet(): Promise<void> {
    this.#onOffer = () => this.#decline();
    this.#send({ type: 'SUPPRESS' });
    this.#decline();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }

  /** How many tasks fit: an offer may be no more than what one task has freed. */
  #room(): number {
    const cpus = this.#offers.flatMap(({ resources }) => resources.filter(({ name }) => name === 'cpus'));
    return Math.floor(cpus.reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0) / CPUS_EACH + 1e-6);
  }

  #decline(): void {
    if (this.#offers.length === 0) return;
    const offer_ids = this.#offers.splice(0).map(({ id }) => id);
    const decline = { offer_ids, filters: { refuse_seconds: 3_600 } };
    this.#send({ type: 'DECLINE', decline });
  }

  #launch(ids: readonly string[], more: boolean): void {
    const offers = this.#offers.splice(0);
    const [offer] = offers;
    if (offer === undefined) return;
    const scalar = (name: string, value: number) => ({
      ...{ name, type: 'SCALAR', scalar: { value } },
      allocation_info: { role: '*' },
    });
    const task_infos = ids.map((value) => ({
      ...{ name: 'raw', task_id: { value }, agent_id: offer.agent_id, command: { value: 'true' } },
      resources: [scalar('cpus', 0.01), scalar('mem', 32)],
    }));
    const filters = { refuse_seconds: 0 };
    const accept = {
      offer_ids: offers.map(({ id }) => id),
      operations: [{ type: 'LAUNCH', launch: { task_infos } }],
      filters,
    };
    this.#send({ type: 'ACCEPT', accept }, ...(more ? [{ type: 'REVIVE' }] : []));
  }

  #send(...calls: readonly object[]): void {
    const framework_id = { value: this.#frameworkId };
    const requests = calls.map((call) => {
      const body = JSON.stringify({ framework_id, ...call });
      return (
        `POST /api/v1/scheduler HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: application/json\r\n` +
        `Mesos-Stream-Id: ${this.#streamId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
      );
    });
    this.#calls?.write(requests.join(''));
  }

  #subscribe(): Promise<void> {
    const capabilities = ['MULTI_ROLE', 'PARTITION_AWARE', 'TASK_KILLING_STATE'].map((type) => ({ type }));
    const framework_info = { user: 'root', name: 'raw', roles: ['*'], checkpoint: true, capabilities };
    return new Promise((resolve, reject) => {
      const sent = request({
        ...{ host: this.#host, port: this.#port, path: '/api/v1/scheduler', method: 'POST' },
        headers: { 'content-type': 'application/json', accept: 'application/json' },
      });
      this.#stream = sent;
      sent.on('error', reject);
      sent.on('response', (response) => {
        this.#streamId = String(response.headers['mesos-stream-id']);
        this.#calls = connect({ host: this.#host, port: this.#port, noDelay: true });
        this.#calls.on('error', reject).resume();
        let text = '';
        response.setEncoding('latin1').on('error', () => undefined);
        response.on('data', (chunk: string) => {
          text += chunk;
          for (;;) {
            const lineEnd = text.indexOf('\n');
            const end = lineEnd + 1 + Number(text.slice(0, lineEnd));
            if (lineEnd < 0 || text.length < end) return;
            this.#onEvent(JSON.parse(text.slice(lineEnd + 1, end)) as RawEvent, resolve);
            text = text.slice(end);
          }
        });
      });
      sent.end(JSON.stringify({ type: 'SUBSCRIBE', subscribe: { framework_info } }));
    });
  }

  #onEvent(event: RawEvent, subscribed: () => void): void {
    if (event.subscribed !== undefined) {
      this.#frameworkId = event.subscribed.framework_id.value;
      subscribed();
    } else if (event.offers !== undefined) {
      this.#offers.push(...event.offers.offers);
      this.#onOffer();
    } else if (event.rescind !== undefined) {
      const gone = JSON.stringify(event.rescind.offer_id);
      this.#offers = this.#offers.filter(({ id }) => JSON.stringify(id) !== gone);
    } else if (event.update !== undefined) {
      const { status } = event.update;
      const { task_id, agent_id, uuid } = status;
      if (uuid !== undefined) this.#send({ type: 'ACKNOWLEDGE', acknowledge: { task_id, agent_id, uuid } });
      this.#onStatus(status);
    }
  }
}
