import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJobFiles } from './job-files.js';

describe('readJobFiles', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-jobs-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('reads JSON and YAML, single jobs, lists and several documents, in order of name', async () => {
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'a.json'), '{"id":"a"}');
    await writeFile(join(folder, 'b.yaml'), '- id: b1\n- id: b2\n');
    await writeFile(join(folder, 'notes.txt'), 'not a job');
    await writeFile(join(folder, 'sub', 'c.yml'), 'id: c1\n---\nid: c2\n');
    const jobs = await readJobFiles([folder]);
    expect(jobs.map((job) => (job.body as { id: string }).id)).toEqual(['a', 'b1', 'b2', 'c1', 'c2']);
    expect(jobs[1]?.source).toBe(`${join(folder, 'b.yaml')}#1`);
  });

  it('reads a volume of Kubernetes once, and follows no link that leads back', async () => {
    await mkdir(join(folder, '..2026'));
    await writeFile(join(folder, '..2026', 'a.yaml'), 'id: a');
    await symlink('..2026', join(folder, '..data'));
    await symlink('..data/a.yaml', join(folder, 'a.yaml'));
    await symlink('.', join(folder, 'again'));
    await mkdir(join(folder, 'folder.json'));
    expect(await readJobFiles([folder])).toEqual([{ source: join(folder, 'a.yaml'), body: { id: 'a' } }]);
  });

  it('passes over an empty document', async () => {
    const file = join(folder, 'a.yaml');
    await writeFile(file, '---\n# the only one\nid: a\n---\n');
    expect(await readJobFiles([file])).toEqual([{ source: file, body: { id: 'a' } }]);
    await writeFile(file, '""');
    expect(await readJobFiles([file])).toEqual([{ source: file, body: '' }]);
  });

  it.each([
    ['an alias of nothing', 'id: *a', 'Unresolved alias'],
    ['other bytes than UTF-8', Buffer.from([0x69, 0x64, 0x3a, 0x20, 0xe9]), 'not valid'],
  ])('names the file that holds %s', async (_, text, words) => {
    const file = join(folder, 'a.yaml');
    await writeFile(file, text);
    await expect(readJobFiles([folder])).rejects.toMatchObject({
      code: 'jobFileUnreadable',
      message: expect.stringMatching(`^${file}: .*${words}`) as string,
    });
  });

  it('names the file that cannot be read', async () => {
    const file = join(folder, 'a.yaml');
    await symlink('nothing', file);
    await expect(readJobFiles([folder])).rejects.toMatchObject({
      code: 'jobFileUnreadable',
      details: { file },
    });
  });

  it('names the file that cannot be parsed, and the folder that is not there', async () => {
    const file = join(folder, 'bad.json');
    await writeFile(file, '{"id": ');
    await expect(readJobFiles([file])).rejects.toMatchObject({
      code: 'jobFileUnreadable',
      details: { file },
    });
    await expect(readJobFiles([join(folder, 'no')])).rejects.toMatchObject({ code: 'jobFileMissing' });
  });
});
