import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { skipsBecause } from '@carillon/rigs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { takeDataFolder } from './data-folder.js';
import { processIdentity } from './process-identity.js';

const dist = new URL('../dist/data-folder.js', import.meta.url);
const notBuilt = existsSync(dist) ? undefined : 'it is not built (npx tsc -b)';
const mayNotUnshare =
  spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0
    ? undefined
    : 'this user may not make a pid namespace (unshare)';

describe('takeDataFolder', () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'carillon-data-'));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));

  it('is refused while a live process has it, and free again after a release', async () => {
    const folder = await takeDataFolder(path);
    await expect(takeDataFolder(path)).rejects.toMatchObject({ code: 'dataFolderLocked' });
    await folder.release();
    await (await takeDataFolder(path)).release();
  });

  it('is taken over from a process that was killed', async () => {
    const child = spawn('sleep', ['60']);
    const identity = await processIdentity(child.pid!);
    await writeFile(join(path, 'carillon.lock'), `${child.pid} ${identity}`);
    await expect(takeDataFolder(path)).rejects.toMatchObject({ code: 'dataFolderLocked' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await takeDataFolder(path);
    expect(await readdir(path)).toEqual(['carillon.json', 'carillon.lock']);
  });

  it.skipIf(skipsBecause('a data folder for several processes', notBuilt))(
    'is taken over by one of several that start at once',
    async () => {
      const program = `import { takeDataFolder } from ${JSON.stringify(dist.href)};
      process.on('message', (folder) =>
        takeDataFolder(folder).then(() => process.send('taken'), ({ code }) => process.send(code)));
      process.send('up');`;
      const arguments_ = ['--input-type=module', '--eval', program];
      const children = [1, 2, 3].map(() =>
        spawn(process.execPath, arguments_, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
      );
      const answers = () =>
        Promise.all(children.map(async (child) => (await once(child, 'message'))[0] as string));
      await answers();
      for (let round = 0; round < 40; round += 1) {
        const folder = join(path, String(round));
        await mkdir(folder);
        await writeFile(join(folder, 'carillon.lock'), '1 of-another-boot:1');
        const outcomes = answers();
        for (const child of children) child.send(folder);
        expect((await outcomes).sort()).toEqual(['dataFolderLocked', 'dataFolderLocked', 'taken']);
      }
      for (const child of children) child.kill('SIGKILL');
    },
  );

  it.skipIf(skipsBecause('a data folder for several containers', notBuilt ?? mayNotUnshare))(
    'is not taken from a live process of another container, and is when that has gone',
    async () => {
      const program = `import { takeDataFolder } from ${JSON.stringify(dist.href)};
        await takeDataFolder(${JSON.stringify(path)});
        process.stdout.write('taken');
        setInterval(() => {}, 1_000);`;
      const node = [process.execPath, '--input-type=module', '--eval', program];
      const container = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...node], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void container.kill('SIGKILL'));
      await once(container.stdout, 'data');
      const say = vi.fn<(line: string) => void>();
      const taken = takeDataFolder(path, say);
      await expect(taken).rejects.toMatchObject({
        code: 'dataFolderLocked',
        message: expect.stringContaining('in use by process 1 of another container') as string,
      });
      container.kill('SIGKILL');
      await once(container, 'exit');
      await (await takeDataFolder(path, say)).release();
      expect(say.mock.calls.flat()).toEqual([
        `${path} has the lock of another container: waiting up to 10 s for a sign of life of it`,
        `${path} has the lock of another container: waiting up to 10 s for a sign of life of it`,
      ]);
    },
  );

  it.runIf(process.platform === 'linux')(
    'is not taken from a live process of another machine, and at once from one before this machine was started',
    async () => {
      const lock = join(path, 'carillon.lock');
      await writeFile(lock, '7 another-boot:1 pid:[1]');
      const say = vi.fn<(line: string) => void>();
      const beating = setInterval(() => void utimes(lock, new Date(), new Date()), 100);
      onTestFinished(() => clearInterval(beating));
      await expect(takeDataFolder(path, say)).rejects.toMatchObject({
        code: 'dataFolderLocked',
        message: expect.stringContaining('in use by process 7 of another machine') as string,
      });
      expect(say.mock.calls.flat()).toEqual([
        `${path} has the lock of another machine: waiting up to 10 s for a sign of life of it`,
      ]);
      clearInterval(beating);
      const before = new Date(Date.now() - (uptime() + 60) * 1_000);
      await utimes(lock, before, before);
      await (await takeDataFolder(path, say)).release();
      expect(say).toHaveBeenCalledTimes(1);
    },
  );

  it('is taken over also when a process was killed that took it over', async () => {
    await writeFile(join(path, 'carillon.lock'), '1 gone:1');
    const hash = createHash('sha256').update('1 gone:1').digest('hex').slice(0, 16);
    await writeFile(join(path, `carillon.lock.after-${hash}`), '1 gone:2');
    await writeFile(join(path, 'carillon.lock.1'), '1 gone:2');
    await takeDataFolder(path);
    expect((await readdir(path)).sort()).toEqual(['carillon.json', 'carillon.lock']);
  });

  it('does not take a version that cannot be read for none', async () => {
    await mkdir(join(path, 'carillon.json')); // as root everything else can be read
    await expect(takeDataFolder(path)).rejects.toMatchObject({
      code: 'dataFolderUnusable',
      message: expect.stringContaining(path) as string,
    });
    expect(await readdir(path)).toEqual(['carillon.json']);
  });

  it('does not mistake another process with the same pid for the holder', async () => {
    await writeFile(join(path, 'carillon.lock'), `${process.pid} some-other-boot:1`);
    await (await takeDataFolder(path)).release();
  });

  it('refuses a folder of a newer version and leaves it unlocked', async () => {
    await writeFile(join(path, 'carillon.json'), '{"dataVersion":99}');
    await expect(takeDataFolder(path)).rejects.toMatchObject({ code: 'dataFolderNewer' });
    expect(await readdir(path)).toEqual(['carillon.json']);
  });

  it.each(['', 'not JSON', '{}', 'null'])(
    'refuses a folder that does not tell its version: %j',
    async (text) => {
      await writeFile(join(path, 'carillon.json'), text);
      await expect(takeDataFolder(path)).rejects.toMatchObject({ code: 'dataFolderUnusable' });
    },
  );
});
