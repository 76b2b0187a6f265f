import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, operatorCall, send } from '../contract/requests.testing.js';
import { task, TestFramework, uniqueTaskId } from '../contract/test-framework.testing.js';
import type { LocalMesos } from '../options.js';
import { startLocalMesos } from '../start-local-mesos.js';

const dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
let mesos: LocalMesos;
let framework: TestFramework;
let agent: string;
let sandbox: string;

beforeAll(async () => {
  mesos = await startLocalMesos({ dataDir, cpus: 4, mem: 4_096 });
  framework = await TestFramework.subscribed(mesos.address);
  const id = uniqueTaskId('files');
  const cmd =
    'echo hello > $(printf "h\\303\\251\\nllo"); mkfifo pipe; : > empty; head -c 300000 /dev/zero > large';
  const { url } = await framework.launch(task({ id, cmd }));
  agent = `${url?.address.ip}:${url?.address.port}`;
  await framework.status(id, 'TASK_FINISHED');
  sandbox = mesos.sandboxOf(framework.id, id) ?? '';
});
afterAll(async () => {
  await framework.leave();
  await mesos.stop({ killTasks: true });
  rmSync(dataDir, { recursive: true, force: true });
});

/** With a target that node:http does not send as it is. */
async function statusOf(address: string, target: string): Promise<string | undefined> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect(Number(port), host);
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`);
  return (await text(socket)).split(' ')[1];
}

describe.each(['//', '/%', '/%ff', '*', 'http://'])('GET %s', (target) => {
  it('is answered 404 by a master and by an agent', async () => {
    expect(await statusOf(mesos.address, target)).toBe('404');
    expect(await statusOf(agent, target)).toBe('404');
  });
});

describe('files of a sandbox', () => {
  const get = (what: string, name: string): Promise<Answer> => {
    const query = new URLSearchParams({ path: `${sandbox}/${name}`, offset: '0' });
    return send(agent, { path: `/files/${what}?${query.toString()}` });
  };

  it('what is no file is not opened: a pipe would wait for a writer', async () => {
    expect((await get('read', 'pipe')).status).toBe(400);
    expect((await get('download', 'pipe')).status).toBe(400);
  });

  it('any name is downloaded', async () => {
    const answer = await get('download', 'h\u00e9\nllo');
    expect(answer).toMatchObject({ status: 200, body: 'hello\n' });
    expect(answer.headers['content-disposition']).toBe('attachment; filename=h\u00c3\u00a9_llo');
  });

  it('any size is downloaded', async () => {
    expect(await get('download', 'empty')).toMatchObject({ status: 200, body: '' });
    expect((await get('download', 'large')).body).toHaveLength(300_000);
  });

  it('READ_FILE far behind the end reads nothing; without its body, 400', async () => {
    const path = `${sandbox}/large`;
    const read = await operatorCall(agent, 'READ_FILE', { path, offset: '18446744073709551615' });
    expect(JSON.parse(read.body)).toMatchObject({ read_file: { size: 300_000, data: '' } });
    expect(await operatorCall(agent, 'READ_FILE')).toMatchObject({
      status: 400,
      body: "Failed to validate agent::Call: Expecting 'read_file' to be present",
    });
  });
});
