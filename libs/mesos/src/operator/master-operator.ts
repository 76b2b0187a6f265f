import { type MasterCodec, masterCodec } from '../codec/operator-codec.js';
import { formatAddress, type MasterAddress } from '../connection/address.js';
import { masterDetector } from '../connection/detect-master.js';
import type { MasterDetector } from '../connection/master-detector.js';
import { MesosUnavailable } from '../errors.js';
import type { MasterCall, MasterResponse } from '../types/operator.js';
import { answered } from './agent-operator.js';
import { type HttpCall, postOnce } from './http-call.js';
import { ReconnectingWatch } from './master-watch.js';
import type { MasterOperator, MasterOperatorOptions } from './operator.types.js';

const MAX_REDIRECTS = 5;
/** How many masters of a list are asked before a call is given up. */
const MAX_MASTERS = 8;

/** A client of the leading master's operator API. To be closed: it may watch ZooKeeper. */
export function masterOperator(options: MasterOperatorOptions): MasterOperator {
  const { masters, format, security = {}, timeoutMs = 15_000, maxBytes = 64 * 1024 * 1024 } = options;
  const codec = masterCodec(format);
  const leader = new LeaderFinder(
    typeof masters === 'string' ? masterDetector(masters, security.tls !== undefined) : masters,
    timeoutMs,
  );
  const watches = new Set<ReconnectingWatch>();

  const call = async (masterCall: MasterCall): Promise<MasterResponse | undefined> => {
    const { type } = masterCall;
    const body = codec.call.encode(masterCall);
    const http = { type, body, contentType: codec.contentType, security, timeoutMs, maxBytes };
    const answer = await leader.post(http);
    return answer.length === 0 ? undefined : codec.response.decode(answer);
  };
  const read = async <K extends keyof MasterResponse>(masterCall: MasterCall, key: K) =>
    answered(masterCall.type, (await call(masterCall))?.[key]);

  return {
    call,
    getHealth: async () => (await read({ type: 'GET_HEALTH' }, 'getHealth')).healthy,
    getVersion: async () => (await read({ type: 'GET_VERSION' }, 'getVersion')).versionInfo,
    getMaster: async () => (await read({ type: 'GET_MASTER' }, 'getMaster')).masterInfo,
    getState: () => read({ type: 'GET_STATE' }, 'getState'),
    getAgents: () => read({ type: 'GET_AGENTS' }, 'getAgents'),
    getFrameworks: () => read({ type: 'GET_FRAMEWORKS' }, 'getFrameworks'),
    getTasks: () => read({ type: 'GET_TASKS' }, 'getTasks'),
    listFiles: async (path) =>
      (await read({ type: 'LIST_FILES', listFiles: { path } }, 'listFiles')).fileInfos,
    readFile: (path, offset, length) => {
      const readFile = { path, offset, ...(length === undefined ? {} : { length }) };
      return read({ type: 'READ_FILE', readFile }, 'readFile');
    },
    watch: (handlers) => {
      const settings = { codec: codec satisfies MasterCodec, security, timeoutMs, maxBytes, handlers };
      const watch = new ReconnectingWatch({ ...settings, next: () => leader.next() });
      watches.add(watch);
      watch.start();
      return {
        stop: () => {
          watches.delete(watch);
          watch.stop();
        },
      };
    },
    close: async () => {
      for (const watch of watches) watch.stop();
      watches.clear();
      await leader.close();
    },
  };
}

/** Asks the last known leader first, then whom the detector names. */
class LeaderFinder {
  readonly #detector: MasterDetector;
  readonly #timeoutMs: number;
  #leader: MasterAddress | undefined;
  #started = false;
  #waiting: (() => void)[] = [];

  constructor(detector: MasterDetector, timeoutMs: number) {
    this.#detector = detector;
    this.#timeoutMs = timeoutMs;
  }

  /** Whom to ask now; waits until one is known, for as long as a call may take. */
  async next(): Promise<MasterAddress | undefined> {
    this.#start();
    const known = this.#detector.next();
    if (known !== undefined) return known;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    return this.#detector.next();
  }

  async post(call: HttpCall): Promise<Buffer> {
    let failure: MesosUnavailable | undefined;
    let first: string | undefined;
    for (let asked = 0; asked < MAX_MASTERS; asked += 1) {
      const address = this.#leader ?? (await this.next());
      if (address === undefined || formatAddress(address) === first) break; // all of the list
      first ??= formatAddress(address);
      try {
        return await this.#follow(address, call);
      } catch (error) {
        if (!(error instanceof MesosUnavailable)) throw error;
        this.#leader = undefined;
        failure ??= error;
      }
    }
    throw failure ?? new MesosUnavailable(`${call.type}: no master leads`);
  }

  async close(): Promise<void> {
    this.#started = false;
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#detector.stop();
  }

  async #follow(first: MasterAddress, call: HttpCall): Promise<Buffer> {
    let address = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await postOnce(address, call);
      if (Buffer.isBuffer(answer)) {
        this.#leader = address;
        return answer;
      }
      address = answer;
    }
    throw new MesosUnavailable(`${call.type}: redirected too often`);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#detector.start({
      onLeader: () => {
        this.#leader = undefined;
        for (const wake of this.#waiting.splice(0)) wake();
      },
      onDiagnostic: () => undefined,
    });
  }
}
