import type { HistoryApi, JobRegistryApi } from '../generated/apis.js';
import { bindingContract } from './bindings.contract.js';
import { directBinding } from './direct.js';
import { grpcClient } from './grpc-client.js';
import { bind, serveGrpc } from './grpc-server.js';

bindingContract('directly', ({ registry, history }, options) =>
  Promise.resolve({
    registry: directBinding('JobRegistry', registry as JobRegistryApi, options),
    history: directBinding('History', history as HistoryApi, options),
    close: () => Promise.resolve(),
  }),
);

bindingContract('through gRPC', async ({ registry, history }, options) => {
  const server = await serveGrpc({
    port: 0,
    host: '127.0.0.1',
    services: [
      ...(registry === undefined ? [] : [bind('JobRegistry', registry as JobRegistryApi)]),
      ...(history === undefined ? [] : [bind('History', history as HistoryApi)]),
    ],
  });
  const address = `127.0.0.1:${server.port}`;
  const clients = {
    registry: grpcClient('JobRegistry', address, options),
    history: grpcClient('History', address, options),
  };
  return {
    ...clients,
    async close() {
      clients.registry.close();
      clients.history.close();
      await server.close();
    },
  };
});
