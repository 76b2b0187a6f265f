import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from './ports.js';

export interface RealMesosOptions {
  /** Default 1. */
  readonly agents?: number;
  /** Of each agent; default 4 and 4096. */
  readonly cpus?: number;
  readonly mem?: number;
  /** What start.sh reads: ALLOC, PING, BACKOFF, and MESOS_<FLAG>. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A real Apache Mesos 1.11 to test against. */
export interface RealMesos {
  /** `host:port` of the master. */
  readonly master: string;
  /** `host:port` of each agent. */
  readonly agents: readonly string[];
  /** SIGKILL of the master, or of an agent by its number; `startAgain` starts whatever is not running. */
  kill9(which: 'master' | number): void;
  startAgain(): Promise<void>;
  /** Everything, tasks included, and its data. */
  stop(): Promise<void>;
}

const built = fileURLToPath(new URL('../../../.cache/mesos/', import.meta.url));
const sources = fileURLToPath(new URL('../../../test/rigs/mesos/src/', import.meta.url));

/** The stand-ins for Mesos's own programs: scripts, so those of this checkout run, whenever the rest was built. */
const STAND_INS = ['agent_api.py', 'mesos-executor', 'mesos-default-executor', 'mesos-fetcher'] as const;

/** Why no real Mesos can be started here, with the remedy; undefined when one can. */
export function realMesosMissing(): string | undefined {
  return existsSync(join(built, 'start.sh'))
    ? undefined
    : 'it is not built; run test/rigs/mesos/setup.sh once';
}

function refreshStandIns(): void {
  for (const name of STAND_INS) {
    const [source, target] = [join(sources, name), join(built, 'libexec', name)];
    if (existsSync(target) && readFileSync(target).equals(readFileSync(source))) continue;
    const next = `${target}.${process.pid}`;
    copyFileSync(source, next);
    renameSync(next, target);
  }
}

/** Starts a master and agents on free ports, in about a second. */
export async function startRealMesos(options: RealMesosOptions = {}): Promise<RealMesos> {
  const missing = realMesosMissing();
  if (missing !== undefined) throw new Error(`Mesos cannot be started: ${missing}`);
  const { agents = 1, cpus = 4, mem = 4_096, environment = {} } = options;
  refreshStandIns();
  const folder = await mkdtemp(join(tmpdir(), 'carillon-mesos-'));
  const [port, firstAgent] = await portsInARow(agents);
  const sizes = ['-n', agents, '-c', cpus, '-M', mem].map(String);
  const args = ['-d', folder, '-p', String(port), '-a', String(firstAgent), ...sizes];
  const start = async (): Promise<void> => {
    await promisify(execFile)(join(built, 'start.sh'), args, {
      env: { ...process.env, ...environment },
      timeout: 60_000,
    });
  };
  const end = () =>
    execFileSync(join(built, 'stop.sh'), ['-d', folder, '-w'], { stdio: 'ignore', timeout: 60_000 });
  const endOnExit = () => {
    end();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', endOnExit);
  await start();
  const agentPort = (agent: number) => firstAgent + agent;
  return {
    master: `127.0.0.1:${port}`,
    agents: Array.from({ length: agents }, (_, agent) => `127.0.0.1:${agentPort(agent)}`),
    kill9: (which) => {
      const name = which === 'master' ? `master-${port}` : `agent-${agentPort(which)}`;
      process.kill(Number(readFileSync(join(folder, `${name}.pid`), 'utf8')), 'SIGKILL');
    },
    startAgain: start,
    stop: async () => {
      process.off('exit', endOnExit);
      await promisify(execFile)(join(built, 'stop.sh'), ['-d', folder, '-w'], { timeout: 60_000 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The master's port, and the first of the agents', which follow each other. */
async function portsInARow(agents: number): Promise<[number, number]> {
  const [master = 0] = await freePorts(1);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const [first = 0] = await freePorts(1);
    const wanted = Array.from({ length: agents }, (_, n) => first + n);
    if (!wanted.includes(master) && (await allFree(wanted))) return [master, first];
  }
  throw new Error(`no ${agents} free ports in a row`);
}

async function allFree(ports: readonly number[]): Promise<boolean> {
  const free = await Promise.all(
    ports.map(
      (port) =>
        new Promise<boolean>((resolve) => {
          const server = createServer();
          server.once('error', () => resolve(false));
          server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
        }),
    ),
  );
  return free.every(Boolean);
}
