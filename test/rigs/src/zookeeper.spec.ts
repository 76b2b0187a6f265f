import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { skipsBecause } from './availability.js';
import { startZooKeeper, zooKeeperMissing } from './zookeeper.js';

it.skipIf(skipsBecause('ZooKeeper', zooKeeperMissing()))(
  'an ensemble of three serves without one of them',
  async () => {
    const rig = await startZooKeeper(3);
    expect(rig.servers).toHaveLength(3);
    await rig.kill9(1);
    const port = (server: number) => Number(rig.servers[server]?.split(':')[1]);
    await expect.poll(() => isro(port(0)), { timeout: 60_000, interval: 50 }).toBe('rw');
    expect(await isro(port(1))).toBe('');
    await rig.start(1);
    await rig.stop();
  },
  200_000,
);

function isro(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('isro'));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
