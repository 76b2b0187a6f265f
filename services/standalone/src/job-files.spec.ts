import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
