import { currentTraceContext, withSpan } from '@carillon/service-runtime';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { decodeMessage, encodeMessage } from '../codec/codec.js';
import type { Apis } from '../generated/apis.js';
import { deadlineIn } from './deadline.js';
import { fromServiceError } from './grpc-errors.js';
import { channelOptions, defaultMaxMessageBytes } from './grpc-options.js';
import { type ApiMethod, type ApiName, apiOf } from './methods.js';

export interface GrpcClientOptions {
  /** For each call, 10 s unless told; less when it is part of a call that has less left. */
  readonly deadlineMs?: number;
  readonly maxMessageBytes?: number;
}

/**
 * The API of a service in another process at `host:port`. Connects at the first call and reconnects by itself.
 * Failures of the other side come back as the CarillonError that they were there; a service that is away is
 * `unavailable` with code serviceUnavailable, one that is slow `unavailable` with code deadlineExceeded.
 */
export function grpcClient<Name extends ApiName>(
  name: Name,
  address: string,
  options: GrpcClientOptions = {},
): Apis[Name] & { close(): void } {
  const client = new Client(address, credentials.createInsecure(), {
    ...channelOptions(options.maxMessageBytes ?? defaultMaxMessageBytes),
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.enable_http_proxy': 0,
  });
  const api = apiOf(name, (method) => (request) => {
    const attributes = { 'rpc.system': 'grpc', ...method.attributes, 'server.address': address };
    const call = async () => {
      const bytes = encodeMessage(method.request, request as never);
      const deadline = deadlineIn(options.deadlineMs ?? method.deadlineMs);
      return decodeMessage(method.response, await send(client, address, method, bytes, deadline));
    };
    return withSpan(method.spanName, attributes, call, { kind: 'client' });
  });
  return { ...api, close: () => client.close() };
}

function send(
  client: Client,
  address: string,
  method: ApiMethod,
  bytes: Uint8Array,
  deadline: number,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      (it: Uint8Array) => Buffer.from(it.buffer, it.byteOffset, it.byteLength),
      (it: Buffer) => it,
      bytes,
      traceMetadata(),
      { deadline },
      (error, answer) => {
        if (error !== null) reject(fromServiceError(error, method.spanName, address));
        else resolve(answer ?? new Uint8Array());
      },
    );
  });
}

function traceMetadata(): Metadata {
  const metadata = new Metadata();
  const { traceparent, tracestate } = currentTraceContext();
  if (traceparent !== undefined) metadata.set('traceparent', traceparent);
  if (tracestate !== undefined) metadata.set('tracestate', tracestate);
  return metadata;
}
