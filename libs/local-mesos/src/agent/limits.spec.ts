import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { task, TestFramework, uniqueTaskId } from '../contract/test-framework.testing.js';
import type { LocalMesos } from '../options.js';
import { startLocalMesos } from '../start-local-mesos.js';

let dataDir: string;
let mesos: LocalMesos;
let framework: TestFramework;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
  chmodSync(dataDir, 0o755);
  mesos = await startLocalMesos({ dataDir, cpus: 4, mem: 4_096, outputMaxBytes: 50_000 });
  framework = await TestFramework.subscribed(mesos.address);
});
afterEach(async () => {
  await framework.leave();
  await mesos.stop({ killTasks: true });
  rmSync(dataDir, { recursive: true, force: true });
});

describe('output', () => {
  it('past its limit goes to stdout.1, and what comes then to stdout', async () => {
    const id = uniqueTaskId('much');
    const cmd =
      'head -c 200000 /dev/zero; while [ ! -e stdout.1 ]; do sleep 0.05; done; sleep 0.2; echo later; touch done; sleep 60';
    await framework.launch(task({ id, cmd }));
    await framework.status(id, 'TASK_RUNNING');
    const sandbox = mesos.sandboxOf(framework.id, id) ?? '';
    await expect.poll(() => existsSync(join(sandbox, 'done')), { timeout: 20_000 }).toBe(true);
    // All of it, or in two parts when it was looked at between two writes.
    expect(statSync(join(sandbox, 'stdout.1')).size).toBeGreaterThan(50_000);
    expect(statSync(join(sandbox, 'stdout')).size).toBeLessThanOrEqual(50_000);
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toMatch(/later\n$/);
  });

  it('a link in its place leads nowhere: what is elsewhere stays as it is', async () => {
    const elsewhere = join(dataDir, 'elsewhere');
    const lines = 'x'.repeat(60_000);
    writeFileSync(elsewhere, lines);
    const [linked, large] = [uniqueTaskId('linked'), uniqueTaskId('large')];
    const link = `rm -f stdout; ln -s ${elsewhere} stdout`;
    await framework.launch(
      task({ id: linked, cmd: `${link}; sleep 60` }),
      task({ id: large, cmd: 'head -c 200000 /dev/zero; sleep 60' }),
    );
    await framework.status(large, 'TASK_RUNNING');
    const rotated = join(mesos.sandboxOf(framework.id, large) ?? '', 'stdout.1');
    await expect.poll(() => existsSync(rotated), { timeout: 20_000 }).toBe(true);
    expect(readFileSync(elsewhere, 'utf8')).toBe(lines);
  });
});

describe('the user of a task', () => {
  it('that is not there: TASK_FAILED with the reason', async () => {
    const id = uniqueTaskId('nobody');
    await framework.launch(task({ id, info: { command: { value: 'true', user: 'no-such-user' } } }));
    const failed = await framework.status(id, 'TASK_FAILED');
    expect(failed.reason).toBe('REASON_CONTAINER_LAUNCH_FAILED');
    expect(failed.message).toMatch(/^Failed to launch container: .*no-such-user/);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'runs it, with its groups, and owns the sandbox and what was fetched (skipped unless root)',
    async () => {
      const id = uniqueTaskId('other');
      const uris = [{ value: '/etc/hostname', extract: false }];
      const value =
        'test "$(id -un)" = nobody && test "$(id -G)" = "$(id -g)" && test -O . && test -O hostname && echo mine > file';
      await framework.launch(task({ id, info: { command: { value, user: 'nobody', uris } } }));
      await framework.status(id, 'TASK_FINISHED');
      const sandbox = mesos.sandboxOf(framework.id, id) ?? '';
      expect(readFileSync(join(sandbox, 'file'), 'utf8')).toBe('mine\n');
    },
  );
});
