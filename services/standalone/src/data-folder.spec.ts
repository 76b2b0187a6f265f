import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeDataFolder } from './data-folder.js';
import { processIdentity } from './process-identity.js';

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
