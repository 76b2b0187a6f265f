import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLocalMesos } from '@carillon/local-mesos';
import { realMesosMissing, skipsBecause, startRealMesos } from '@carillon/rigs';
import { describe, expect, it, onTestFinished } from 'vitest';

const folder = join(import.meta.dirname, 'pymesos');
const venv = execFileSync('sh', [join(folder, 'setup.sh'), '--where'], { encoding: 'utf8' }).trim();
const pymesosMissing = existsSync(join(venv, '.complete'))
  ? undefined
  : 'it is not installed; run test/conformance/pymesos/setup.sh once';

interface Line {
  readonly event: string;
  readonly task?: string;
  readonly state?: string;
  readonly message?: string | null;
}

/** What pymesos heard, by task. */
async function runTasks(master: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const python = join(venv, 'bin/python');
  const { stdout } = await promisify(execFile)(python, [join(folder, 'run_tasks.py'), master], {
    timeout: 55_000,
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const heard: Record<string, string[]> = {};
  for (const { task, state, message } of lines) {
    if (task === undefined) continue;
    const status = [state, message].filter((part) => typeof part === 'string').join(': ');
    const statuses = (heard[task] ??= []);
    if (statuses.at(-1) !== status) statuses.push(status); // repeated until it is acknowledged
  }
  expect(lines.at(-1)).toMatchObject({ event: 'over', in_time: true });
  return heard;
}

const EXPECTED = {
  good: ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED: Command exited with status 0'],
  bad: ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED: Command exited with status 3'],
  endless: ['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLED: Command terminated with signal Terminated'],
  never: ['TASK_LOST: Reconciliation: Task is unknown'],
};

describe.skipIf(skipsBecause('pymesos', pymesosMissing))('pymesos, unchanged', () => {
  it('runs, kills and reconciles tasks on a local Mesos', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pymesos-'));
    const mesos = await startLocalMesos({ dataDir, cpus: 4, mem: 4_096 });
    onTestFinished(async () => {
      await mesos.stop({ killTasks: true });
      rmSync(dataDir, { recursive: true, force: true });
    });
    expect(await runTasks(mesos.address)).toEqual(EXPECTED);
  });

  it.skipIf(skipsBecause('pymesos on a real Mesos', realMesosMissing()))(
    'hears the same from a real one',
    async () => {
      const mesos = await startRealMesos();
      onTestFinished(() => mesos.stop());
      expect(await runTasks(mesos.master)).toEqual(EXPECTED);
    },
  );
});
