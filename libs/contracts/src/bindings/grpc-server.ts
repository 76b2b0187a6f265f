import { isCarillonError } from '@carillon/event-sourcing';
import { createLogger, ExitError, logLevelOf, type TraceContext, withSpan } from '@carillon/service-runtime';
import {
  type handleUnaryCall,
  logVerbosity,
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { decodeMessage, encodeMessage } from '../codec/codec.js';
import type { Apis } from '../generated/apis.js';
import { answering, defaultDeadlineMs } from './deadline.js';
import { toServiceError } from './grpc-errors.js';
import { channelOptions, defaultMaxMessageBytes } from './grpc-options.js';
import { type ApiMethod, type ApiName, type Call, callOf, methodsOf } from './methods.js';

/** An API and who answers it. */
export interface BoundApi {
  readonly name: ApiName;
  readonly implementation: object;
}

export const bind = <Name extends ApiName>(name: Name, implementation: Apis[Name]): BoundApi => ({
  name,
  implementation,
});

export interface GrpcServerOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The address to listen on; all unless told. */
  readonly host?: string;
  readonly services: readonly BoundApi[];
  readonly maxMessageBytes?: number;
}

export interface GrpcServer {
  readonly port: number;
  /** Takes no more calls and waits for those under way, for at most 5 s. */
  close(): Promise<void>;
}

const log = createLogger('grpc');
// What grpc-js would print itself reaches us as errors, too.
if (process.env['GRPC_VERBOSITY'] === undefined) setLogVerbosity(logVerbosity.NONE);

/** Answers the APIs through gRPC, without TLS: the services' network is trusted. */
export async function serveGrpc(options: GrpcServerOptions): Promise<GrpcServer> {
  const server = new Server(channelOptions(options.maxMessageBytes ?? defaultMaxMessageBytes));
  for (const { name, implementation } of options.services) {
    const methods = methodsOf(name);
    server.addService(
      definitionOf(methods),
      Object.fromEntries(
        methods.map((method) => [method.name, answer(method, callOf(implementation, method))]),
      ),
    );
  }
  const port = await listen(server, `${options.host ?? '0.0.0.0'}:${options.port}`);
  return { port, close: () => close(server) };
}

/** Bytes in and out: what cannot be read is then refused by us, with the path of the problem. */
function definitionOf(methods: readonly ApiMethod[]): ServiceDefinition {
  const asIs = (bytes: Buffer) => bytes;
  return Object.fromEntries(
    methods.map(({ name, path }) => [
      name,
      {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    ]),
  );
}

function answer(method: ApiMethod, call: Call): handleUnaryCall<Buffer, Buffer> {
  return (received, respond) => {
    const work = async () => {
      const request = decodeMessage(method.request, received.request);
      const response = await answering(deadlineOf(received.getDeadline()), () => call(request));
      const bytes = encodeMessage(method.response, response as never);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    };
    const attributes = { 'rpc.system': 'grpc', ...method.attributes };
    const parent = traceContextOf(received.metadata);
    withSpan(method.spanName, attributes, work, { kind: 'server', parent }).then(
      (bytes) => respond(null, bytes),
      (error: unknown) => {
        log[logLevelOf(error)](logged(error), `${method.spanName} failed`);
        respond(toServiceError(error));
      },
    );
  };
}

/** Of an expected failure what the caller is told, of a bug all of it. */
const logged = (error: unknown) =>
  isCarillonError(error) ? { code: error.code, reason: error.message } : { err: error };

function deadlineOf(deadline: Date | number): number {
  const at = Number(deadline);
  return Number.isFinite(at) ? at : Date.now() + defaultDeadlineMs;
}

function traceContextOf(metadata: Metadata): TraceContext {
  const [traceparent] = metadata.get('traceparent');
  const [tracestate] = metadata.get('tracestate');
  return {
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
  };
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(new ExitError(`cannot listen on ${address}: ${reasonOf(error)}`));
    });
  });
}

/** grpc-js says "No address added out of total 1 resolved errors: [listen EADDRINUSE: …]". */
const reasonOf = ({ message }: Error) => (message.includes('EADDRINUSE') ? 'the port is in use' : message);

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), 5_000);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
