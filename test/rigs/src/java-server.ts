import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A server whose jars `test/rigs/<name>/setup.sh` keeps in the cache, by the version that its pom.xml states. */
export class JavaServer {
  readonly java: string;
  readonly #name: string;
  readonly #jars: string;

  constructor(name: string, artifact: string) {
    const { JAVA_HOME, CARILLON_CACHE, XDG_CACHE_HOME } = process.env;
    this.java = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
    this.#name = name;
    const pom = readFileSync(fileURLToPath(new URL(`../${name}/pom.xml`, import.meta.url)), 'utf8');
    const version =
      new RegExp(`<artifactId>${artifact}</artifactId>\\s*<version>([^<]+)<`).exec(pom)?.[1] ?? 'unknown';
    const cache = CARILLON_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'carillon');
    this.#jars = join(cache, `${name}-${version}`);
  }

  /** Why it cannot be started here, with the remedy; undefined when it can. */
  missing(): string | undefined {
    if (spawnSync(this.java, ['-version']).status !== 0) {
      return 'java is not installed (Debian: apt-get install openjdk-17-jre-headless maven)';
    }
    if (!existsSync(join(this.#jars, '.complete')))
      return `no jars; run test/rigs/${this.#name}/setup.sh once`;
    return undefined;
  }

  flags(heap: string): string[] {
    const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
    return [heap, ...flags, '-cp', join(this.#jars, '*')];
  }

  /** Without variables that would change the JVM from outside. */
  environment(): NodeJS.ProcessEnv {
    return { ...process.env, JAVA_TOOL_OPTIONS: undefined, _JAVA_OPTIONS: undefined };
  }
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
