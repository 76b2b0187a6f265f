import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Api, eventually, type JobBody } from './support/api.js';

/** Jobs that depend on each other, as real commands that leave their evidence in a file. */
export function dependencyCases(api: () => Api, evidence: () => string): void {
  const define = (id: string, cmd: string, ...parents: string[]) =>
    api().expect(201, 'POST', '/v1/jobs', {
      id,
      dependencies: parents.map((parent) => ({ id: parent })),
      run: { cpus: 0.01, mem: 32, disk: 0, cmd },
    });
  const job = (id: string): Promise<JobBody> => api().job(id);

  describe('dependencies', () => {
    it('runs each job of a diamond when all its parents have succeeded', async () => {
      const file = join(evidence(), 'diamond');
      const says = (word: string) => `echo ${word} >> ${file}`;
      await define('diamond.a', says('a'));
      await define('diamond.b', `sleep 0.3; ${says('b')}`, 'diamond.a');
      await define('diamond.c', says('c'), 'diamond.a');
      await define('diamond.d', says('d'), 'diamond.b', 'diamond.c');
      for (let round = 1; round <= 2; round++) {
        await api().startRun('diamond.a');
        await eventually(
          `round ${round} is over`,
          async () => (await job('diamond.d')).history.successCount === round,
          60_000,
        );
      }
      const words = (await readFile(file, 'utf8')).trim().split('\n').join('');
      expect(words).toMatch(/^a(bc|cb)da(bc|cb)d$/);
      await api().expect(409, 'DELETE', '/v1/jobs/diamond.a');
    });

    it('ends the branch of a parent that failed, and runs it again in the next round', async () => {
      const marker = join(evidence(), 'works-now');
      await define('branch.root', 'true');
      await define('branch.fails', `test -e ${marker} || { touch ${marker}; exit 1; }`, 'branch.root');
      await define('branch.below', 'true', 'branch.fails');
      await define('branch.beside', 'true', 'branch.root');
      await api().startRun('branch.root');
      await eventually('the branch has failed', async () => {
        const [fails, beside] = await Promise.all([job('branch.fails'), job('branch.beside')]);
        return fails.history.failureCount === 1 && beside.history.successCount === 1;
      });
      await api().startRun('branch.root');
      await eventually('the next round is over', async () => {
        const [below, beside] = await Promise.all([job('branch.below'), job('branch.beside')]);
        return below.history.successCount === 1 && beside.history.successCount === 2;
      });
    });
  });
}
