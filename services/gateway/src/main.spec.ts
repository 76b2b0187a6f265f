import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test.each([
  { level: 'info', lines: ['listening'] },
  { level: 'error', lines: [] },
])('writes what MARATHON_LOGGING_LEVEL=$level says', async ({ level, lines }) => {
  const admin = await freePort();
  const nobody = 'localhost:1';
  const gateway = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LOG_LEVEL: '',
      MARATHON_LOGGING_LEVEL: level,
      CARILLON_HTTP_HOST: '127.0.0.1',
      CARILLON_HTTP_PORT: '0',
      CARILLON_ADMIN_PORT: String(admin),
      CARILLON_JOB_REGISTRY_ADDRESS: nobody,
      CARILLON_SCHEDULER_FRAMEWORK_ADDRESS: nobody,
      CARILLON_TIMER_ADDRESS: nobody,
      CARILLON_HISTORY_ADDRESS: nobody,
    },
  });
  const ended = once(gateway, 'exit');
  const written = text(gateway.stdout);
  try {
    await expect
      .poll(() => fetch(`http://127.0.0.1:${admin}/healthz`).then(({ status }) => status, String), {
        timeout: 20_000,
      })
      .toBe(200);
  } finally {
    gateway.kill('SIGTERM');
    await ended;
  }
  const said = (await written).split('\n').filter((line) => line !== '');
  expect(said.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(lines);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
