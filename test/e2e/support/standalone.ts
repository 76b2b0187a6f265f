import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// The same from source and from test/dist.
const root = import.meta.url.slice(0, import.meta.url.lastIndexOf('/test/'));
const folder = fileURLToPath(root);
/** What `npm start` says: variables, flags of Node, then the program. */
const { command, variables } = startCommand();

function startCommand() {
  const [variables = '', command = ''] = startScript()
    .replace(/^exec env /, '')
    .split(' node ');
  return {
    command: command.split(' '),
    variables: Object.fromEntries(
      variables.split(' ').map((variable) => variable.split('=') as [string, string]),
    ),
  };
}

function startScript(): string {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { scripts: { start: string } }).scripts.start;
}

export interface StandaloneProcess {
  readonly apiUrl: string;
  readonly adminUrl: string;
  readonly process: ChildProcess;
  /** Everything it printed so far, line by line. */
  readonly lines: readonly string[];
  /** SIGKILL, and wait for the end. */
  kill9(): Promise<void>;
  /** SIGINT as Ctrl-C sends it, and wait; answers the exit code. */
  interrupt(): Promise<number | null>;
}

/** Runs standalone until it ends by itself; answers everything it printed, and its exit code. */
export async function endOfStandalone(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [...command, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables, CARILLON_ADMIN_PORT: '0', ...env },
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text: chunks.join('').trim() };
}

/** Starts standalone as a user does and waits until it says where its API is. */
export async function startStandalone(options: {
  dataDir: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}): Promise<StandaloneProcess> {
  const args = [...command, '--port', '0', '--data', options.dataDir, ...(options.args ?? [])];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables, CARILLON_ADMIN_PORT: '0', ...options.env },
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const found = Promise.withResolvers<string>();
  const foundAdmin = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      const api = /API at (http:\/\/\S+)/.exec(line)?.[1];
      if (api) found.resolve(api);
      const admin = /metrics at (http:\/\/\S+)\/metrics/.exec(line)?.[1];
      if (admin) foundAdmin.resolve(admin);
    });
  }
  const ended = exited.then(([code]) => {
    throw new Error(`standalone ended with ${String(code)} before it was up:\n${lines.join('\n')}`);
  });
  ended.catch(() => undefined);
  const apiUrl = await Promise.race([found.promise, ended]);
  const adminUrl = await Promise.race([foundAdmin.promise, ended]);
  return {
    apiUrl,
    adminUrl,
    process: child,
    lines,
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
    async interrupt() {
      child.kill('SIGINT');
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}
