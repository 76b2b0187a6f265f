import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { task, type TestTask, uniqueTaskId } from '../test-framework.testing.js';

/** Runs the command with its stdout in a file; what it wrote. */
async function output(context: ContractContext, cmd: string, more: Partial<TestTask> = {}): Promise<string> {
  const framework = await context.framework();
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  try {
    const id = uniqueTaskId('sees');
    await framework.launch(task({ ...more, id, cmd: `{ ${cmd}\n} > ${folder}/out` }));
    await framework.status(id, 'TASK_FINISHED');
    return readFileSync(join(folder, 'out'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a job can see. */
export const sandboxes: readonly ContractCase[] = [
  {
    name: 'MESOS_* variables: task, executor, framework, agent, sandbox',
    run: async (context) => {
      const framework = await context.framework();
      const folder = mkdtempSync(join(tmpdir(), 'contract-'));
      const id = uniqueTaskId('variables');
      const { agentId } = await framework.launch(task({ id, cmd: `env > ${folder}/out` }));
      await framework.status(id, 'TASK_FINISHED');
      const lines = readFileSync(join(folder, 'out'), 'utf8').split('\n');
      rmSync(folder, { recursive: true });
      const seen: Readonly<Record<string, string>> = Object.fromEntries(
        lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)] as const),
      );
      expect(seen).toMatchObject({
        MESOS_TASK_ID: id,
        MESOS_EXECUTOR_ID: id,
        MESOS_FRAMEWORK_ID: framework.id,
        MESOS_SLAVE_ID: agentId.value,
        MESOS_HTTP_COMMAND_EXECUTOR: '0',
        MESOS_CHECKPOINT: '0',
        MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '5secs',
      });
      expect(seen['MESOS_SANDBOX']).toBe(seen['MESOS_DIRECTORY']);
      expect(seen['MESOS_SLAVE_PID']).toMatch(/^slave\(\d\)@127\.0\.0\.1:\d+$/);
      expect(seen['MESOS_AGENT_ENDPOINT']).toMatch(/^127\.0\.0\.1:\d+$/);
    },
  },
  {
    name: 'stdin is empty, stdout and stderr are files of the sandbox, the umask is 022',
    run: async (context) => {
      const seen = await output(
        context,
        'readlink /proc/self/fd/0; umask; ls "$MESOS_SANDBOX" | grep -v "^process$"; touch new; stat -c %a new stdout stderr; wc -c < /dev/stdin',
      );
      const [stdin, umask, ...rest] = seen.trim().split('\n');
      expect(stdin).toBe('/dev/null');
      expect(Number(umask)).toBe(22);
      expect(rest).toEqual(['stderr', 'stdout', '644', '644', '644', '0']);
    },
  },
  {
    name: 'it leads a process group and a session of its own',
    run: async (context) => {
      const seen = await output(context, 'cut -d" " -f5,6 /proc/$$/stat; echo $$');
      const [ids, pid] = seen.trim().split('\n');
      expect(ids).toBe(`${pid} ${pid}`);
    },
  },
  {
    name: 'signals are as at the start of a program',
    run: async (context) => {
      const seen = await output(context, 'grep -E "^Sig(Ign|Blk)" /proc/self/status');
      // 32 and 33 are the C library's own: whatever glibc's posix_spawn starts ignores them.
      expect(seen).toMatch(/^SigBlk:\t0{16}\nSigIgn:\t0{7}(00|18)0{7}\n$/);
    },
  },
];
