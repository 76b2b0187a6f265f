import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Api, eventually } from './support/api.js';

/** The role of the framework: for `*` Mesos reserves nothing. */
export const ROLE = 'night';

/** A job whose runs, as real commands, write into a folder that stays. */
export function volumeCases(api: () => Api, evidence: () => string): void {
  const specification = (id: string, volumes: readonly object[]) => {
    const [seen, place] = [join(evidence(), id), join(evidence(), `${id}.place`)];
    const cmd = `echo "$MESOS_TASK_ID" >> data/tasks && cp data/tasks ${seen} && (cd data && pwd -P) > ${place}`;
    return { id, run: { cpus: 0.01, mem: 32, disk: 0, cmd, volumes } };
  };
  const isGone = (path: string) =>
    access(path).then(
      () => false,
      () => true,
    );
  const runs = async (id: string, times: number) => {
    for (let time = 1; time <= times; time += 1) {
      await api().startRun(id);
      await eventually(`run ${time} has succeeded`, async () => {
        const { history } = await api().job(id);
        expect(history.failureCount).toBe(0);
        return history.successCount === time;
      });
    }
    return (await api().job(id)).history.successfulFinishedRuns.flatMap(({ tasks }) => tasks);
  };
  const volumes = [{ containerPath: 'data', persistent: { size: 8 } }];

  describe('persistent volumes', () => {
    it('stay from run to run, until the job is removed', async () => {
      await api().expect(201, 'POST', '/v2/jobs', specification('volume.kept', volumes));
      const tasks = await runs('volume.kept', 3);
      const lines = (await readFile(join(evidence(), 'volume.kept'), 'utf8')).trim().split('\n');
      expect(lines.sort()).toEqual([...tasks].sort());
      const place = (await readFile(join(evidence(), 'volume.kept.place'), 'utf8')).trim();
      await access(join(place, 'tasks'));
      await api().expect(200, 'DELETE', '/v1/jobs/volume.kept');
      await eventually('the volume is destroyed', () => isGone(join(place, 'tasks')));
    });

    it('stay when Metronome’s API changes the job, and go with the revision that has them no more', async () => {
      const { run, ...rest } = specification('volume.changed', volumes);
      await api().expect(201, 'POST', '/v2/jobs', { ...rest, run });
      await runs('volume.changed', 1);
      const shown = await api().expect<{ run: { volumes: unknown[] } }>(
        ...([200, 'GET', '/v1/jobs/volume.changed'] as const),
      );
      expect(shown.run.volumes).toEqual([]);
      const description = 'changed';
      const change = { id: rest.id, description, run: { ...run, volumes: [] } };
      await api().expect(200, 'PUT', '/v1/jobs/volume.changed', change);
      const own = await api().expect<object>(200, 'GET', '/v2/jobs/volume.changed');
      expect(own).toMatchObject({ spec: { description, run: { volumes } } });
      await api().startRun('volume.changed');
      await eventually('it has succeeded again', async () => {
        return (await api().job('volume.changed')).history.successCount === 2;
      });
      const file = join(evidence(), 'volume.changed');
      expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(2);
      const place = (await readFile(`${file}.place`, 'utf8')).trim();
      await access(join(place, 'tasks'));
      const without = { ...rest, run: { ...run, cmd: 'test ! -e data', volumes: [] } };
      await api().expect(200, 'PUT', '/v2/jobs/volume.changed', without);
      await eventually('the volume is destroyed', () => isGone(join(place, 'tasks')));
    });
  });
}
