export { grpcClient, type GrpcClientOptions } from './bindings/grpc-client.js';
export {
  bind,
  type BoundApi,
  type GrpcServer,
  type GrpcServerOptions,
  serveGrpc,
} from './bindings/grpc-server.js';
