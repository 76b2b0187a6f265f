import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { formatAddress, type MasterAddress, redirectTarget } from '../connection/address.js';
import { type Security, tlsOptions } from '../connection/security.js';
import { MesosCallError, MesosUnavailable } from '../errors.js';

export const OPERATOR_PATH = '/api/v1';

export interface HttpCall {
  readonly type: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly security: Security;
  /** From connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The answer's body, or where a redirect leads. Throws MesosCallError or MesosUnavailable. */
export function postOnce(address: MasterAddress, call: HttpCall): Promise<Buffer | MasterAddress> {
  const where = `${call.type} to ${formatAddress(address)}`;
  return new Promise((resolve, reject) => {
    const headers = headersOf(address, call); // throws where there are no credentials
    const send = address.secure ? secureRequest : plainRequest;
    const fail = (reason: string): void => {
      clearTimeout(deadline);
      request.destroy();
      reject(new MesosUnavailable(`${where}: ${reason}`));
    };
    const deadline = setTimeout(() => fail(`no answer within ${call.timeoutMs} ms`), call.timeoutMs);
    const request = send({
      ...(address.secure ? tlsOptions(address, call.security.tls) : {}),
      host: address.host,
      port: address.port,
      path: OPERATOR_PATH,
      method: 'POST',
      agent: false,
      headers,
    });
    request.on('error', (error) => fail(error.message));
    request.on('response', (response) => {
      collect(response, call.maxBytes, fail, (body) => {
        clearTimeout(deadline);
        const status = response.statusCode ?? 0;
        const target = status === 307 ? redirectTarget(response.headers.location, address) : undefined;
        if (target !== undefined) resolve(target);
        else if (status >= 200 && status < 300) resolve(body);
        else if (status >= 500)
          reject(new MesosUnavailable(`${where}: ${status} ${body.toString()}`.trimEnd()));
        else reject(new MesosCallError(call.type, status, body.toString()));
      });
    });
    request.end(call.body);
  });
}

function headersOf(address: MasterAddress, call: HttpCall): Record<string, string | number> {
  const authorization = call.security.authorization?.();
  return {
    host: formatAddress(address),
    'content-type': call.contentType,
    accept: call.contentType,
    'content-length': call.body.length,
    ...(authorization === undefined ? {} : { authorization }),
  };
}

function collect(
  response: IncomingMessage,
  maxBytes: number,
  fail: (reason: string) => void,
  done: (body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) fail(`an answer of more than ${maxBytes} bytes`);
    else chunks.push(chunk);
  });
  response.on('error', (error) => fail(error.message));
  response.on('end', () => done(Buffer.concat(chunks)));
  response.on('close', () => {
    if (!response.complete) fail('the answer broke off');
  });
}
