import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { task, TestFramework, uniqueTaskId } from './contract/test-framework.testing.js';
import type { LauncherKind } from './launcher/launcher.js';
import type { LocalMesos } from './options.js';
import { startLocalMesos } from './start-local-mesos.js';

function alive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0] !== 'Z';
  } catch {
    return false;
  }
}

const isEnd = (state: string): boolean => state === 'TASK_FINISHED' || state === 'TASK_FAILED';

describe.each<LauncherKind>(['python', 'node'])('processes of tasks (%s launcher)', (launcher) => {
  let dataDir: string;
  let mesos: LocalMesos;
  let framework: TestFramework;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
    mesos = await startLocalMesos({ dataDir, launcher, cpus: 4, mem: 4096 });
    framework = await TestFramework.subscribed(mesos.address);
  });
  afterEach(async () => {
    await framework.leave();
    await mesos.stop({ killTasks: true });
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function sandbox(id: string): Promise<string> {
    await framework.status(id, 'TASK_RUNNING');
    return mesos.sandboxOf(framework.id, id) ?? '';
  }

  it('stdout, stderr and how it ended are in the sandbox, also when the task is forgotten', async () => {
    const id = uniqueTaskId('out');
    await framework.launch(task({ id, cmd: 'echo hello; echo oops >&2; exit 3' }));
    const folder = await sandbox(id);
    await framework.status(id, 'TASK_FAILED');
    expect(readFileSync(join(folder, 'stdout'), 'utf8')).toBe('hello\n');
    expect(readFileSync(join(folder, 'stderr'), 'utf8')).toBe('oops\n');
    expect(readFileSync(join(folder, 'process'), 'utf8')).toMatch(/^pid \d+\nexit 3\n$/);
    await framework.until('forgotten', () =>
      mesos.sandboxOf(framework.id, id) === folder ? true : undefined,
    );
  });

  it('KILL reaches the whole process group', async () => {
    const id = uniqueTaskId('group');
    await framework.launch(task({ id, cmd: 'sleep 60 & echo $! > child; trap "" TERM; wait; wait' }));
    const child = join(await sandbox(id), 'child');
    await framework.until('the child', () =>
      existsSync(child) && readFileSync(child, 'utf8') !== '' ? true : undefined,
    );
    const pid = Number(readFileSync(child, 'utf8'));
    expect(alive(pid)).toBe(true);
    await framework.call({
      type: 'KILL',
      kill: { taskId: { value: id }, killPolicy: { gracePeriod: { nanoseconds: 1e9 } } },
    });
    await framework.status(id, 'TASK_KILLED');
    await expect.poll(() => alive(pid), { timeout: 20_000 }).toBe(false);
  });

  it('a stop that kills tasks ends those as well that are launched meanwhile', async () => {
    const stubborn = uniqueTaskId('stubborn');
    await framework.launch(
      task({ id: stubborn, cmd: 'trap "" TERM; echo > ready; while :; do sleep 0.1; done' }),
    );
    const ready = join(await sandbox(stubborn), 'ready');
    await expect.poll(() => existsSync(ready), { timeout: 20_000 }).toBe(true);
    const offer = await framework.offer();
    const stopped = mesos.stop({ killTasks: true });
    const done = join(dataDir, 'done');
    const id = uniqueTaskId('meanwhile');
    await framework.launchOn(offer, task({ id, cmd: `sleep 20; echo > ${done}` }));
    expect(await stopped).toEqual({ leftRunning: [] });
    expect(existsSync(done)).toBe(false);
  });

  it('KILL ends the fetching of URIs', async () => {
    const asked = Promise.withResolvers<undefined>();
    const server = createServer(() => asked.resolve(undefined)); // never answers
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const value = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    const id = uniqueTaskId('fetching');
    await framework.launch(task({ id, info: { command: { value: 'true', uris: [{ value }] } } }));
    await asked.promise;
    await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
    await framework.status(id, 'TASK_KILLED');
    server.closeAllConnections();
    server.close();
  });

  it('what a command leaves behind in its process group ends with it', async () => {
    const id = uniqueTaskId('behind');
    await framework.launch(task({ id, cmd: 'sleep 60 & echo $! > child' }));
    const child = join(await sandbox(id), 'child');
    await framework.status(id, 'TASK_FINISHED');
    await expect.poll(() => alive(Number(readFileSync(child, 'utf8'))), { timeout: 20_000 }).toBe(false);
  });

  it.each(['ln -s ../../../elsewhere process', 'mkfifo process'])(
    'how it ended is written into the sandbox only: %s',
    async (odd) => {
      const elsewhere = join(dataDir, 'elsewhere');
      writeFileSync(elsewhere, 'as it was');
      const [id, next] = [uniqueTaskId('odd'), uniqueTaskId('next')];
      await framework.launch(task({ id, cmd: odd }));
      await framework.status(id, 'TASK_FINISHED');
      await framework.launch(task({ id: next }));
      await framework.status(next, 'TASK_FINISHED');
      expect(readFileSync(elsewhere, 'utf8')).toBe('as it was');
    },
  );

  it('a command that cannot be executed fails with the reason', async () => {
    const id = uniqueTaskId('noexec');
    await framework.launch(task({ id, info: { command: { shell: false, value: '/no/such/file' } } }));
    const failed = await framework.status(id, 'TASK_FAILED');
    expect(failed.message).toMatch(/^Failed to launch container: .*\/no\/such\/file/);
  });

  it('odd names of programs and variables are no harm to other tasks', async () => {
    const [other, odd, nameless] = [uniqueTaskId('other'), uniqueTaskId('odd'), uniqueTaskId('nameless')];
    const gate = join(dataDir, 'gate');
    const variables = [
      { name: '', value: 'x' },
      { name: 'A', value: 'a' },
    ];
    await framework.launch(
      task({ id: other, cmd: `while [ ! -e ${gate} ]; do sleep 0.05; done; exit 3` }),
      task({ id: odd, info: { command: { shell: false, value: 'true', arguments: [''] } } }),
      task({ id: nameless, info: { command: { value: 'test $A = a', environment: { variables } } } }),
    );
    await framework.status(nameless, 'TASK_FINISHED');
    await framework.until('the end of the odd one', () => framework.states(odd).find(isEnd));
    writeFileSync(gate, '');
    expect((await framework.status(other, 'TASK_FAILED')).message).toBe('Command exited with status 3');
  });

  it('tasks do not see the variables of this process, other than those that are named', async () => {
    process.env['LOCAL_MESOS_SECRET'] = 'x';
    const id = uniqueTaskId('clean');
    await framework.launch(
      task({ id, cmd: 'test -z "$LOCAL_MESOS_SECRET" && test -n "$PATH" && test -n "$MESOS_TASK_ID"' }),
    );
    await framework.status(id, 'TASK_FINISHED');
    delete process.env['LOCAL_MESOS_SECRET'];
  });

  it('archives are extracted before the command', async () => {
    const id = uniqueTaskId('archive');
    const archive = join(dataDir, 'stuff.tgz');
    const make = uniqueTaskId('make');
    await framework.launch(task({ id: make, cmd: `echo inside > file; tar -czf ${archive} file` }));
    await framework.status(make, 'TASK_FINISHED');
    const command = { value: 'test "$(cat file)" = inside', uris: [{ value: archive }] };
    await framework.launch(task({ id, info: { command } }));
    await framework.status(id, 'TASK_FINISHED');
  });

  it('stop with killTasks leaves no process behind', async () => {
    const id = uniqueTaskId('stop');
    await framework.launch(task({ id, cmd: 'sleep 60' }));
    const running = await framework.status(id, 'TASK_RUNNING');
    const pid = running.containerStatus?.executorPid ?? 0;
    expect(await mesos.stop({ killTasks: true })).toEqual({ leftRunning: [] });
    expect(alive(pid)).toBe(false);
  });

  it('a framework that is gone for its failover_timeout is removed and its tasks killed', async () => {
    await framework.leave(); // it holds the only offer
    const brief = await TestFramework.subscribed(mesos.address, { framework: { failoverTimeout: 0.05 } });
    const id = uniqueTaskId('brief');
    await brief.launch(task({ id, cmd: 'sleep 60' }));
    await brief.status(id, 'TASK_RUNNING');
    await brief.leave();
    await expect.poll(() => mesos.runningTasks(), { timeout: 20_000 }).toEqual([]);
  });
});
