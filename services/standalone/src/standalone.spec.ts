import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadSettings } from './settings.js';
import { startStandalone } from './standalone.js';
import { parseOptions } from './standalone.options.js';

it('leaves no PostgreSQL running where Mesos does not start', async () => {
  const data = await mkdtemp(join(tmpdir(), 'carillon-standalone-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  await chmod(data, 0o755); // as root, PostgreSQL runs as another user
  await writeFile(join(data, 'mesos'), 'a file in place of its folder');
  const parsed = parseOptions(['--data', data, '--port', '0'], {});
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  await expect(startStandalone(parsed.options, loadSettings())).rejects.toMatchObject({ code: 'EEXIST' });
  const files = await readdir(join(data, 'postgres'));
  expect(files).toContain('server.log');
  expect(files).not.toContain('postmaster.pid');
});
