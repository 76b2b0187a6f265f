import { createServer } from 'node:net';
import { expect, it, vi } from 'vitest';
import type { PartitionBounds } from '../event-log.js';
import { KafkaConnection } from './connection.js';
import { KafkaSubscription } from './kafka-subscription.js';

it('says how far partitions reach also while it cannot join its group', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const connection = new KafkaConnection({ brokers: `127.0.0.1:${port}`, clientId: 'outage' });
  const bounds: PartitionBounds[] = [{ topic: 't', partition: 0, start: '0', end: '7' }];
  const reached = vi.fn();
  const subscriber = {
    assigned: () => Promise.resolve([]),
    unassigned: () => undefined,
    reached,
    handle: () => Promise.resolve('0'),
  };
  const settings = {
    sessionTimeoutMs: 6_000,
    heartbeatMs: 1_500,
    rebalanceTimeoutMs: 15_000,
    boundsCheckMs: 5_000,
    fetchWaitMs: 250,
  };
  const options = { group: 'outage', topics: ['t'], subscriber };
  const subscription = new KafkaSubscription(connection, options, settings, () => Promise.resolve(bounds));
  subscription.start();
  await vi.waitFor(() => expect(reached.mock.calls.length).toBeGreaterThan(1), 20_000);
  expect(reached).toHaveBeenLastCalledWith(bounds);
  await subscription.close();
  await connection.close();
  await new Promise((resolve) => server.close(resolve));
}, 30_000);
