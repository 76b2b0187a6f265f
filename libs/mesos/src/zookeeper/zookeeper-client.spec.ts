import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { FrameDecoder, JuteReader, JuteWriter } from './jute.js';
import { ZooKeeperClient } from './zookeeper-client.js';

const PASSWORD = new Uint8Array(16);
let server: ScriptedServer;
let client: ZooKeeperClient | undefined;
afterEach(async () => {
  client?.stop();
  await server.stop();
});

/** As ZooKeeper, it refuses whoever has seen more than it has. */
class ScriptedServer {
  zxid: bigint;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(zxid: bigint) {
    this.zxid = zxid;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      const frames = new FrameDecoder();
      let connected = false;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        for (const frame of frames.push(chunk)) {
          if (connected) this.#answer(socket, new JuteReader(frame));
          else connected = this.#connect(socket, new JuteReader(frame));
        }
      });
    });
  }

  async start(): Promise<{ host: string; port: number }> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** Everything is lost. */
  reset(zxid: bigint): void {
    this.zxid = zxid;
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #connect(socket: Socket, request: JuteReader): boolean {
    request.int(); // the protocol's version
    if (request.long() > this.zxid) {
      socket.destroy();
      return false;
    }
    const timeoutMs = request.int();
    socket.write(new JuteWriter().int(0).int(timeoutMs).long(1n).buffer(PASSWORD).frame());
    return true;
  }

  #answer(socket: Socket, request: JuteReader): void {
    socket.write(new JuteWriter().int(request.int()).long(this.zxid).int(0).int(0).frame());
  }
}

it('comes back to an ensemble that was made anew, when its session can be none any more', async () => {
  server = new ScriptedServer(1_000n);
  const connected = vi.fn();
  client = new ZooKeeperClient({
    servers: [await server.start()],
    sessionTimeoutMs: 500,
    onConnected: connected,
  });
  client.start();
  await expect.poll(() => connected.mock.calls.length).toBe(1);
  expect(await client.getChildren('/mesos', false)).toEqual([]);
  server.reset(5n);
  await expect.poll(() => connected.mock.calls.length).toBe(2);
  expect(await client.getChildren('/mesos', false)).toEqual([]);
});
