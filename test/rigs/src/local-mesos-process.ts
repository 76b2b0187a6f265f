// The local Mesos in a process of its own: `node local-mesos-process.js <data folder> <port>`.
import { fileURLToPath } from 'node:url';

interface LocalMesosModule {
  startLocalMesos(options: { dataDir: string; port: number }): Promise<{
    address: string;
    stop(options: { killTasks: boolean }): Promise<unknown>;
  }>;
}

// By path: a dependency of the rigs on the package would close a circle with the package's own tests.
const path = fileURLToPath(new URL('../../../libs/local-mesos/dist/index.js', import.meta.url));
const module = (await import(path)) as LocalMesosModule;
const [dataDir = '', port = '0'] = process.argv.slice(2);
const mesos = await module.startLocalMesos({ dataDir, port: Number(port) });
process.stdout.write(`local Mesos at ${mesos.address}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void mesos.stop({ killTasks: true }).then(() => process.exit(0)));
}
