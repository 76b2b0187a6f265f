import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, JavaServer } from './java-server.js';
import { freePorts } from './ports.js';

/** A ZooKeeper ensemble to test against. Servers are counted from 0. */
export interface ZooKeeperRig {
  /** `host:port` of each server. */
  readonly servers: readonly string[];
  /** SIGKILL; returns when the process is gone. `start` starts it again on the same data and port. */
  kill9(server: number): Promise<void>;
  start(server: number): Promise<void>;
  stop(): Promise<void>;
}

/** The shortest session is two ticks. */
const TICK_MS = 250;

const zookeeper = new JavaServer('zookeeper', 'zookeeper');

/** Why no ZooKeeper can be started here, with the remedy; undefined when one can. */
export const zooKeeperMissing = (): string | undefined => zookeeper.missing();

/** Starts Apache ZooKeeper on random ports: one server, or an ensemble of three. Sessions may be as short as 500 ms. */
export async function startZooKeeper(count: 1 | 3 = 1): Promise<ZooKeeperRig> {
  const missing = zooKeeperMissing();
  if (missing !== undefined) throw new Error(`ZooKeeper cannot be started: ${missing}`);
  const folder = await mkdtemp(join(tmpdir(), 'carillon-zookeeper-'));
  const ports = await freePorts(count * 3);
  const clients = ports.slice(0, count);
  const ensemble = clients.map(
    (_, id) => `server.${id}=127.0.0.1:${ports[count + id]}:${ports[2 * count + id]}`,
  );
  const children = new Map<number, ChildProcess>();
  const killOnExit = () => {
    for (const child of children.values()) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', killOnExit);
  for (const [id, port] of clients.entries()) {
    const data = join(folder, String(id));
    mkdirSync(data);
    await writeFile(join(data, 'myid'), String(id));
    await writeFile(join(folder, `${id}.cfg`), settings(data, port, count === 1 ? [] : ensemble));
  }
  const launch = (id: number) => {
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    const child = spawn(zookeeper.java, [...zookeeper.flags('-Xmx64m'), main, join(folder, `${id}.cfg`)], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: zookeeper.environment(),
      detached: true, // Ctrl-C is for the rig, which ends it in its turn
    });
    children.set(id, child);
    return child;
  };
  const start = async (id: number) => ready(launch(id), clients[id] ?? 0);
  const started = clients.map((port, id) => ready(launch(id), port));
  await Promise.all(started);
  return {
    servers: clients.map((port) => `127.0.0.1:${port}`),
    kill9: (id) => ended(children.get(id) as ChildProcess, 'SIGKILL'),
    start,
    stop: async () => {
      process.off('exit', killOnExit);
      await Promise.all([...children.values()].map((child) => ended(child, 'SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function settings(dataDir: string, clientPort: number, ensemble: readonly string[]): string {
  const given = {
    tickTime: TICK_MS,
    maxSessionTimeout: 60_000, // unless told 20 ticks, less than a restart takes on a busy machine
    initLimit: 40,
    syncLimit: 20,
    dataDir,
    clientPort,
    clientPortAddress: '127.0.0.1',
    forceSync: 'no',
    preAllocSize: 64,
    maxClientCnxns: 0,
    'admin.enableServer': false,
    '4lw.commands.whitelist': 'isro',
  };
  return [...Object.entries(given).map(([name, value]) => `${name}=${value}`), ...ensemble, ''].join('\n');
}

/** Until it serves reads and writes. */
async function ready(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + 100_000;
  while ((await ask(port)) !== 'rw') {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('ZooKeeper ended at its start');
    if (Date.now() > deadline) {
      await ended(child, 'SIGKILL');
      throw new Error(`ZooKeeper did not serve on port ${port} within 100 s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('isro'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
