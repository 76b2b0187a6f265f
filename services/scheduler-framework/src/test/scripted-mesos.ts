import {
  type CallBody,
  type FrameworkInfo,
  MesosUnavailable,
  type MesosConnection,
  type MesosConnectionOptions,
  type Offer,
  type Resource,
  type TaskInfo,
  type TaskState,
  type TaskStatus,
} from '@carillon/mesos';

/** A master that says what a test wants, when it wants it. */
export class ScriptedMesos {
  readonly calls: CallBody[] = [];
  /** What the framework became, and what an UPDATE_FRAMEWORK is answered. */
  readonly updates: FrameworkInfo[] = [];
  refusal: Error | undefined;
  /** Asked at each call: what is on disk by then. */
  onCall: (call: CallBody) => void = () => undefined;
  #options: MesosConnectionOptions | undefined;
  /** The agent that is offered whenever offers are asked for. */
  offering: string | undefined;
  #subscribed = false;
  #offers = 0;
  #uuids = 0;

  readonly connect = (options: MesosConnectionOptions): MesosConnection => {
    this.#options = options;
    const isSubscribed = () => this.#subscribed;
    const call = (made: CallBody): Promise<void> => {
      if (!this.#subscribed) return Promise.reject(new MesosUnavailable('not subscribed'));
      this.calls.push(made);
      this.onCall(made);
      if (made.type === 'REVIVE' && this.offering !== undefined) this.offer(this.offering);
      return Promise.resolve();
    };
    return {
      start: () => undefined,
      stop: () => {
        this.#subscribed = false;
        return Promise.resolve();
      },
      call,
      updateFramework: (info) => {
        this.updates.push(info);
        return this.refusal === undefined ? Promise.resolve() : Promise.reject(this.refusal);
      },
      callBatch: async (calls) => {
        await Promise.all(calls.map(call));
      },
      get subscribed() {
        return isSubscribed();
      },
      frameworkId: 'f1',
      master: 'scripted',
    };
  };

  subscribe(): void {
    this.#subscribed = true;
    const subscribed = { frameworkId: { value: 'f1' } };
    this.#options?.onSubscribed?.(subscribed);
    this.#options?.onEvent({ type: 'SUBSCRIBED', subscribed });
  }

  disconnect(reason = 'gone', terminal = false): void {
    this.#subscribed = false;
    this.#options?.onDisconnected?.({ reason, terminal, wasSubscribed: true });
  }

  offer(agent = 'a1', cpus = 100, more: readonly Resource[] = []): void {
    const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
    const offer: Offer = {
      id: { value: `o${(this.#offers += 1)}` },
      frameworkId: { value: 'f1' },
      agentId: { value: agent },
      hostname: agent,
      resources: [scalar('cpus', cpus), scalar('mem', 100_000), ...more],
      attributes: [],
      executorIds: [],
    };
    this.#options?.onEvent({ type: 'OFFERS', offers: { offers: [offer] } });
  }

  /** With a uuid, so it has to be acknowledged. */
  update(taskId: string, state: TaskState, more: Partial<TaskStatus> = {}): TaskStatus {
    const uuid = Buffer.from(String((this.#uuids += 1)));
    const status: TaskStatus = { taskId: { value: taskId }, state, agentId: { value: 'a1' }, uuid, ...more };
    this.repeat(status);
    return status;
  }

  repeat(status: TaskStatus): void {
    this.#options?.onEvent({ type: 'UPDATE', update: { status } });
  }

  /** As the master answers a reconciliation: nothing to acknowledge. */
  answer(taskId: string, state: TaskState): void {
    const status = {
      taskId: { value: taskId },
      state,
      agentId: { value: 'a1' },
      reason: 'REASON_RECONCILIATION',
    };
    this.repeat(status as TaskStatus);
  }

  of<T extends CallBody['type']>(type: T): Extract<CallBody, { type: T }>[] {
    return this.calls.filter((call): call is Extract<CallBody, { type: T }> => call.type === type);
  }

  get launched(): TaskInfo[] {
    return this.of('ACCEPT').flatMap(({ accept }) =>
      accept.operations.flatMap((operation) =>
        operation.type === 'LAUNCH' ? operation.launch.taskInfos : [],
      ),
    );
  }
}
