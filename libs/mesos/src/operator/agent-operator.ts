import { agentCodec } from '../codec/operator-codec.js';
import { parseMasters } from '../connection/address.js';
import { MesosUnavailable } from '../errors.js';
import type { AgentCall, AgentResponse } from '../types/operator.js';
import { postOnce } from './http-call.js';
import type { AgentOperator, AgentOperatorOptions } from './operator.types.js';

/** A client of one agent's operator API. */
export function agentOperator(options: AgentOperatorOptions): AgentOperator {
  const { format, security = {}, timeoutMs = 15_000, maxBytes = 64 * 1024 * 1024 } = options;
  const codec = agentCodec(format);
  const [address, another] = parseMasters(options.address, security.tls !== undefined);
  if (address === undefined || another !== undefined) throw new Error('one agent is to be named');

  const call = async (agentCall: AgentCall): Promise<AgentResponse | undefined> => {
    const { type } = agentCall;
    const body = codec.call.encode(agentCall);
    const http = { type, body, contentType: codec.contentType, security, timeoutMs, maxBytes };
    const answer = await postOnce(address, http);
    if (!Buffer.isBuffer(answer)) throw new MesosUnavailable(`${type}: an agent does not redirect`);
    return answer.length === 0 ? undefined : codec.response.decode(answer);
  };
  const read = async <K extends keyof AgentResponse>(agentCall: AgentCall, key: K) =>
    answered(agentCall.type, (await call(agentCall))?.[key]);

  return {
    call,
    getHealth: async () => (await read({ type: 'GET_HEALTH' }, 'getHealth')).healthy,
    getVersion: async () => (await read({ type: 'GET_VERSION' }, 'getVersion')).versionInfo,
    getState: () => read({ type: 'GET_STATE' }, 'getState'),
    getTasks: () => read({ type: 'GET_TASKS' }, 'getTasks'),
    getContainers: async () => (await read({ type: 'GET_CONTAINERS' }, 'getContainers')).containers,
    listFiles: async (path) =>
      (await read({ type: 'LIST_FILES', listFiles: { path } }, 'listFiles')).fileInfos,
    readFile: (path, offset, length) => {
      const readFile = { path, offset, ...(length === undefined ? {} : { length }) };
      return read({ type: 'READ_FILE', readFile }, 'readFile');
    },
  };
}

/** The body that an answer must have. */
export function answered<T>(type: string, body: T): NonNullable<T> {
  if (body === undefined || body === null) throw new MesosUnavailable(`${type}: an answer without its body`);
  return body;
}
