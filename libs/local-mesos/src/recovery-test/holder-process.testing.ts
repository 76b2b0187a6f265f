import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LauncherKind } from '../launcher/launcher.js';

interface Started {
  readonly address: string;
  readonly agentId: string;
}

/** Local Mesos in a process of its own (from dist/), which a test can kill and start again on the same port. */
export class HolderProcess {
  readonly #dataDir: string;
  readonly #launcher: LauncherKind;
  #child: ChildProcess | undefined;
  #port = '0';
  address = '';
  agentId = '';

  constructor(dataDir: string, launcher: LauncherKind) {
    this.#dataDir = dataDir;
    this.#launcher = launcher;
  }

  async start(): Promise<void> {
    const script = fileURLToPath(new URL('../../dist/recovery-test/holder.testing.js', import.meta.url));
    if (!existsSync(script)) throw new Error(`${script} is missing: run tsc -b libs/local-mesos first`);
    const child = fork(script, [this.#dataDir, this.#port, this.#launcher], { execArgv: [] });
    this.#child = child;
    const started = (await message(child)) as Started;
    this.address = started.address;
    this.agentId = started.agentId;
    this.#port = started.address.split(':')[1] ?? '0';
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<readonly string[]> {
    const child = this.#child;
    if (child === undefined) return [];
    const ended = new Promise((done) => child.once('exit', done));
    const said = message(child);
    child.kill('SIGTERM');
    const { leftRunning } = (await said) as { leftRunning: readonly string[] };
    await ended;
    return leftRunning;
  }
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((received, failed) => {
    child.once('message', received);
    child.once('exit', (code, signal) => failed(new Error(`the holder ended: ${code ?? signal}`)));
  });
}
