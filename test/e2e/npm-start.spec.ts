import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesNaming } from './support/processes.js';

const root = fileURLToPath(import.meta.url.slice(0, import.meta.url.lastIndexOf('/test/')));

/** npm stands between the user and standalone: a signal must reach it, once, and all that it started must end with it. */
describe('npm start', () => {
  let folder: string;
  let dataDir: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-npm-'));
    await chmod(folder, 0o755);
    dataDir = join(folder, 'data');
  });
  afterEach(async () => {
    for (const { pid } of await processesNaming(dataDir)) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** In a process group of its own, as a shell starts it. */
  async function started() {
    const npm = spawn('npm', ['start', '--', '--port', '0', '--data', dataDir], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CARILLON_ADMIN_PORT: '0' },
    });
    const exited = once(npm, 'close');
    const lines: string[] = [];
    const up = Promise.withResolvers<undefined>();
    for (const stream of [npm.stdout, npm.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (line.includes('API at')) up.resolve(undefined);
      });
    }
    const early = exited.then(() =>
      Promise.reject(new Error(`ended before it was up:\n${lines.join('\n')}`)),
    );
    early.catch(() => undefined);
    await Promise.race([up.promise, early]);
    return { pid: npm.pid ?? 0, lines, exited };
  }

  const nothingIsLeft = () =>
    expect.poll(() => processesNaming(dataDir), { timeout: 20_000, interval: 100 }).toEqual([]);

  it('ends with everything it started when npm alone gets SIGTERM, as from a supervisor', async () => {
    const { pid, exited } = await started();
    process.kill(pid, 'SIGTERM');
    await exited;
    await nothingIsLeft();
  });

  it('stops cleanly on Ctrl-C, which reaches it from the terminal and from npm', async () => {
    const { pid, lines, exited } = await started();
    process.kill(-pid, 'SIGINT');
    const [code] = (await exited) as [number | null];
    expect(lines).toContain('stopping …');
    expect(code).toBe(0);
    await nothingIsLeft();
  });

  it('keeps what Node compiled beside the program, for the next start', async () => {
    const env = { ...process.env, NODE_COMPILE_CACHE: undefined, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
    const help = () => {
      const npm = spawn('npm', ['start', '--', '--help'], {
        cwd: root,
        stdio: ['ignore', 'ignore', 'pipe'],
        env,
      });
      return text(npm.stderr);
    };
    expect(await help()).toContain(`resolved path ${join(root, '.cache/compile')} `);
    expect(await help()).toMatch(/services\/standalone\/dist\/run\.js was accepted/);
  });
});
