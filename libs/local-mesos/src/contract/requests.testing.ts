import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Sent {
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request on a connection of its own. */
export function send(address: string, { path, method = 'GET', headers = {}, body }: Sent): Promise<Answer> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((answered, failed) => {
    const outgoing = request({ host, port, path, method, agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('latin1');
        answered({ status: response.statusCode ?? 0, body: text, headers: response.headers });
      });
      response.on('error', failed);
    });
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}

export const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

export function postJson(
  address: string,
  path: string,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(address, { path, method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body: text });
}

/** What a type of call is called in its body: `GET_AGENTS` has `get_agents`. */
export function operatorCall(
  address: string,
  type: string,
  body?: object,
  path = '/api/v1',
): Promise<Answer> {
  return postJson(address, path, { type, ...(body === undefined ? {} : { [type.toLowerCase()]: body }) });
}

/** Times of Mesos's JSON have more digits than a number holds. */
export function parsed(answer: Answer): Record<string, unknown> {
  return JSON.parse(answer.body) as Record<string, unknown>;
}
