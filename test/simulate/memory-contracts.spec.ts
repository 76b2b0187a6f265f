import { eventStoreContract, relayOrderContract } from '@carillon/event-store/contract';
import { eventLogContract } from '@carillon/event-log/contract';
import { memoryLogAndProjection, memoryServer } from './memory-rig.js';

// What the simulator's models must do as PostgreSQL and Kafka do, on which the same cases run. Not run on them: partitions
// of the events table, other databases of a cluster and migrations, which are SQL that has no model; members that are
// processes, brokers that are killed, and what a broker loses, which the simulation has as faults.
eventStoreContract('the model of PostgreSQL', async () => {
  const server = memoryServer();
  return { database: await server.connect('service'), drop: () => server.drop() };
});

relayOrderContract('the model of PostgreSQL', () => Promise.resolve(memoryServer()));

eventLogContract({
  ...{ adapter: 'the model of Kafka', skipped: false, oneProcess: false },
  start: memoryLogAndProjection,
});
