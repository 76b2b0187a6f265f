import { startLocalMesos } from '../start-local-mesos.js';

// A process that holds local Mesos, to be killed: holder.testing.js DATA_DIR PORT python|node
const [dataDir = '', port = '0', launcher] = process.argv.slice(2);
const mesos = await startLocalMesos({
  dataDir,
  port: Number(port),
  launcher: launcher === 'node' ? 'node' : 'python',
  cpus: 8,
  mem: 8192,
});
process.send?.({ address: mesos.address, agentId: mesos.agentId });
process.on('SIGTERM', () => {
  void mesos.stop().then(({ leftRunning }) => {
    process.send?.({ leftRunning });
    process.disconnect();
  });
});
