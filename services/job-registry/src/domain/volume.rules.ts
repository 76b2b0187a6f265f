import type { JobSpec, RunSpec, Volume } from '@carillon/contracts';
import { type Problem, problem } from './rules.js';

/** A name in the sandbox: Mesos without a root of its own for the task mounts nowhere else. */
const FOLDER = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const TAKEN = new Set(['stdout', 'stderr']);
const MOST_MEBIBYTES = 16_777_216;

/** What persistent volumes need to be some. Paths start at the run. */
export function volumeProblems({ volumes }: RunSpec): Problem[] {
  const atPath = Map.groupBy(volumes, ({ containerPath }) => containerPath);
  return volumes.flatMap(({ containerPath, mode, persistent }, index) => {
    if (persistent === undefined) return [];
    const at = ['volumes', index];
    const { size } = persistent;
    const isDouble = (atPath.get(containerPath)?.length ?? 0) > 1;
    return [
      ...(FOLDER.test(containerPath) && !TAKEN.has(containerPath)
        ? []
        : [
            problem(
              [...at, 'containerPath'],
              `is '${containerPath}', and must be the name of a folder in the sandbox: letters, digits, '_', '-' and '.', which it does not begin with, 64 at most; not stdout or stderr`,
            ),
          ]),
      ...(isDouble
        ? [problem([...at, 'containerPath'], `is '${containerPath}', which another has too`)]
        : []),
      ...(mode === undefined || mode === 'RW'
        ? []
        : [problem([...at, 'mode'], `is ${mode}, and must be RW: nobody else could fill it`)]),
      ...(Number.isInteger(size) && size >= 1 && size <= MOST_MEBIBYTES
        ? []
        : [
            problem(
              [...at, 'persistent', 'size'],
              `is ${size}, and must be a whole number of MiB from 1 to ${MOST_MEBIBYTES}`,
            ),
          ]),
    ];
  });
}

/** What is kept on an agent stays as large as it is. Paths start at the job. */
export function resizedVolumes(spec: JobSpec, before: JobSpec): Problem[] {
  const stored = new Map(before.run.volumes.map((volume) => [volume.containerPath, volume.persistent]));
  return spec.run.volumes.flatMap(({ containerPath, persistent }, index) => {
    const kept = stored.get(containerPath);
    if (persistent === undefined || kept === undefined || kept.size === persistent.size) return [];
    return [
      problem(
        ['run', 'volumes', index, 'persistent', 'size'],
        `is ${persistent.size}, and must stay ${kept.size}: a volume cannot be resized, only removed and, in another revision, had anew`,
      ),
    ];
  });
}

/** The volumes of `next`, and of `stored` those that Metronome's API has no words for, where their paths are free. */
export function withOwnVolumes(next: readonly Volume[], stored: readonly Volume[]): Volume[] {
  const paths = new Set(next.map(({ containerPath }) => containerPath));
  const own = stored.filter(({ external, persistent }) => external !== undefined || persistent !== undefined);
  return [...next, ...own.filter(({ containerPath }) => !paths.has(containerPath))];
}
