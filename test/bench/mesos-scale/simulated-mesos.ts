// A cluster whose tasks are no processes: `node simulated-mesos.js <data folder> <agents> <ms of a task>`.
import { startLocalMesos } from '@carillon/local-mesos';

const [dataDir = '', agents = '', durationMs = ''] = process.argv.slice(2);
const mesos = await startLocalMesos({
  ...{ dataDir, agents: Number(agents), cpus: 16, mem: 65_536 },
  simulate: () => ({ durationMs: Number(durationMs) }),
});
process.stdout.write(`${mesos.address}\n`);
process.once('SIGTERM', () => void mesos.stop({ killTasks: true }).then(() => process.exit(0)));
