import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runContract } from './run-contract.testing.js';
import { task, TestFramework, uniqueTaskId } from './test-framework.testing.js';

const rig = fileURLToPath(new URL('../../../../.cache/mesos/', import.meta.url));
const given = process.env['MESOS_MASTER'];
const missing =
  given === undefined && !existsSync(join(rig, 'start.sh'))
    ? 'no MESOS_MASTER, and test/rigs/mesos/setup.sh has not been run'
    : undefined;

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}

describe('contract: a real Mesos 1.11', () => {
  if (missing !== undefined) {
    if (process.env['CI'] === undefined) it.skip(`skipped: ${missing}`, () => undefined);
    else it('is there', () => expect.fail(missing));
    return;
  }

  let master = given ?? '';
  let run: string | undefined;
  let args: readonly string[] = [];
  beforeAll(async () => {
    if (given !== undefined) return;
    run = mkdtempSync(join(tmpdir(), 'real-mesos-'));
    const [port, agentPort] = [await freePort(), await freePort()];
    args = ['-d', run, '-p', String(port), '-a', String(agentPort)];
    startWhatIsNotRunning();
    master = `127.0.0.1:${port}`;
  });
  function startWhatIsNotRunning(): void {
    execFileSync(join(rig, 'start.sh'), args, { stdio: 'ignore', timeout: 60_000 });
  }
  afterAll(() => {
    if (run === undefined) return;
    execFileSync(join(rig, 'stop.sh'), ['-d', run, '-w'], { stdio: 'ignore', timeout: 60_000 });
    rmSync(run, { recursive: true, force: true });
  });

  runContract(() => master, 'real');

  it.skipIf(given !== undefined)(
    'kill -9 of the master: the subscription comes back, the task is still there',
    async () => {
      const framework = await TestFramework.subscribed(master);
      const id = uniqueTaskId('outlives');
      const { agentId } = await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      const before = framework.id;
      const [pidFile] = readdirSync(run ?? '').filter((name) => /^master-\d+\.pid$/.test(name));
      process.kill(Number(readFileSync(join(run ?? '', pidFile ?? ''), 'utf8')), 'SIGKILL');
      await framework.until('the loss', () => framework.disconnections[0]);
      startWhatIsNotRunning();
      await framework.until('a new subscription', () =>
        framework.events.filter(({ type }) => type === 'SUBSCRIBED').length > 1 ? true : undefined,
      );
      expect(framework.id).toBe(before);
      // Right after its start a master may not answer a reconciliation at all.
      const known = (): boolean => framework.statuses(id).at(-1)?.reason === 'REASON_RECONCILIATION';
      await expect
        .poll(
          async () => {
            await framework.call({
              type: 'RECONCILE',
              reconcile: { tasks: [{ taskId: { value: id }, agentId }] },
            });
            return known() && framework.states(id).at(-1);
          },
          { timeout: 30_000, interval: 500 },
        )
        .toBe('TASK_RUNNING');
      await framework.call({ type: 'KILL', kill: { taskId: { value: id }, agentId } });
      await framework.status(id, 'TASK_KILLED');
      await framework.tearDown();
    },
  );
});
