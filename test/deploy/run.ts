import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a command in the root of the repository, to its end. */
export function run(command: string, ...parameters: string[]) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { cwd: root, encoding: 'utf8' });
  return { missing: error !== undefined, ok: status === 0, output: `${stdout}${stderr}` };
}

/** Why rules and queries cannot be tried here; undefined when they can. */
export const noPromtool = run('promtool', '--version').missing
  ? 'promtool is not here (Debian: apt install prometheus)'
  : undefined;
