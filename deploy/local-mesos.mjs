// A Mesos master with one agent on loopback, for trying Carillon out: tasks are processes of this container. Whoever
// talks to it shares its network (docker-compose.yml: network_mode).
import { startLocalMesos } from '@carillon/local-mesos';

const mesos = await startLocalMesos({ dataDir: process.env.CARILLON_DATA ?? '/data', port: 5050 });
console.log(`local Mesos at ${mesos.address}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void mesos.stop({ killTasks: true }).then(() => process.exit(0)));
}
