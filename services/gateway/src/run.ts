import { grpcClient } from '@carillon/contracts/grpc';
import {
  createLogger,
  loadConfig,
  Rehearsal,
  runMain,
  startAdminServer,
  startTelemetry,
} from '@carillon/service-runtime';
import { gatewayConfigSchema } from './gateway.config.js';
import { startGateway } from './gateway.js';
import { rehearsedRequests } from './rehearse-requests.js';

runMain('carillon-gateway', async () => {
  const config = loadConfig(gatewayConfigSchema);
  const telemetry = startTelemetry({ serviceName: 'gateway' });
  const registry = grpcClient('JobRegistry', config.jobRegistryAddress);
  const framework = grpcClient('SchedulerFramework', config.schedulerFrameworkAddress);
  const history = grpcClient('History', config.historyAddress);
  const timer = grpcClient('Timer', config.timerAddress);
  const deadLetters = {
    timer: grpcClient('DeadLetters', config.timerAddress),
    'scheduler-framework': grpcClient('DeadLetters', config.schedulerFrameworkAddress),
    history: grpcClient('DeadLetters', config.historyAddress),
  };
  const backends = { registry, framework, history, timer, deadLetters };
  const gateway = await startGateway({ config: config.gateway, ...backends });
  const admin = await startAdminServer({
    port: config.adminPort,
    checks: {
      jobRegistry: async () => {
        await registry.listJobs({ limit: 1 });
      },
      schedulerFramework: async () => {
        await framework.getLeader({});
      },
      history: async () => {
        await history.getSummaries({ uids: [] });
      },
    },
  });
  const log = createLogger('gateway');
  log.info({ port: gateway.port, adminPort: admin.port }, 'listening');
  const rehearsal = new Rehearsal({ acts: [rehearsedRequests()], log });
  rehearsal.start();
  return {
    async stop() {
      await rehearsal.stop();
      await gateway.close();
      await admin.close();
      for (const client of [registry, framework, history, timer, ...Object.values(deadLetters)])
        client.close();
      await telemetry.shutdown();
    },
  };
});
