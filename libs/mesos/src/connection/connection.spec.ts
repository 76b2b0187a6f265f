import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { encodeRecord } from '../codec/record-io.js';
import type { Event } from '../types/event.js';
import { type MasterAddress, parseMasters } from './address.js';
import type { Disconnected, MesosConnection, MesosConnectionOptions } from './connection.types.js';
import { createMesosConnection } from './connection.js';
import type { DetectorEvents, MasterDetector } from './master-detector.js';
import { openStream, ScriptedMaster, subscribed } from './scripted-master.testing.js';

const stoppables: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const stoppable of stoppables.splice(0).reverse()) await stoppable.stop();
});

async function scripted(script: ScriptedMaster['script']): Promise<ScriptedMaster> {
  const master = await ScriptedMaster.start(script);
  stoppables.push(master);
  return master;
}

/** A busy machine is slow: the deadline is only there to end a test that fails. */
function eventually(look: () => void): Promise<void> {
  return vi.waitFor(look, { timeout: 20_000, interval: 10 });
}

interface Subject {
  connection: MesosConnection;
  events: Event[];
  lost: Disconnected[];
}

function connect(masters: string | MasterDetector, options: Partial<MesosConnectionOptions> = {}): Subject {
  const events: Event[] = [];
  const lost: Disconnected[] = [];
  const connection = createMesosConnection({
    masters,
    framework: { user: 'root', name: 'test' },
    backoffMinMs: 1,
    backoffMaxMs: 20,
    onEvent: (event) => events.push(event),
    onDisconnected: (disconnected) => lost.push(disconnected),
    ...options,
  });
  stoppables.push(connection);
  connection.start();
  return { connection, events, lost };
}

describe('a subscription', () => {
  it('gives the framework id before any event, and sends calls with it and the stream id', async () => {
    const order: string[] = [];
    const master = await scripted(({ call }, response) => {
      if (call.type === 'SUBSCRIBE')
        openStream(response, 'stream-1', subscribed('fw-1'), { type: 'HEARTBEAT' });
      else response.writeHead(202).end();
    });
    const { connection } = connect(master.address, {
      onSubscribed: ({ frameworkId }) => order.push(frameworkId.value),
      onEvent: ({ type }) => order.push(type),
    });
    await eventually(() => expect(order).toEqual(['fw-1', 'SUBSCRIBED', 'HEARTBEAT']));
    await connection.callBatch([{ type: 'SUPPRESS' }, { type: 'REVIVE' }]);
    expect(master.received.slice(1)).toMatchObject([
      { call: { type: 'SUPPRESS', frameworkId: { value: 'fw-1' } }, streamId: 'stream-1' },
      { call: { type: 'REVIVE', frameworkId: { value: 'fw-1' } }, streamId: 'stream-1' },
    ]);
    expect(master.callSockets.size).toBe(1);
  });

  it('lost, comes back with the same framework id and the new stream id', async () => {
    const streams: ServerResponse[] = [];
    const master = await scripted(({ call }, response) => {
      if (call.type !== 'SUBSCRIBE') response.writeHead(202).end();
      else openStream(response, `stream-${streams.push(response)}`, subscribed('fw-1'));
    });
    const { connection, lost } = connect(master.address);
    await eventually(() => expect(connection.subscribed).toBe(true));
    streams[0]?.socket?.destroy();
    await eventually(() => expect(streams.length === 2 && connection.subscribed).toBe(true));
    await connection.call({ type: 'REVIVE' });
    expect(master.calls('SUBSCRIBE')[1]?.call).toMatchObject({
      frameworkId: { value: 'fw-1' },
      subscribe: { frameworkInfo: { id: { value: 'fw-1' } } },
    });
    expect(master.calls('REVIVE')[0]?.streamId).toBe('stream-2');
    expect(lost).toMatchObject([{ terminal: false, wasSubscribed: true }]);
  });

  it('follows a redirect to the leading master as Mesos writes it', async () => {
    const leader = await scripted((_, response) => openStream(response, 's', subscribed('fw-1')));
    const follower = await scripted((_, response) => {
      response.writeHead(307, { location: `//${leader.address}/master/api/v1/scheduler` }).end();
    });
    const { connection } = connect(follower.address);
    await eventually(() => expect(connection.subscribed).toBe(true));
    expect(connection.master).toBe(leader.address);
  });

  it('redirected to a dead leader, or unavailable, asks the other masters', async () => {
    const dead = await scripted(() => undefined);
    const deadAddress = dead.address;
    await dead.stop();
    stoppables.pop();
    const recovering = await scripted((_, response) => response.writeHead(503).end('recovering'));
    const follower = await scripted((_, response) => {
      response.writeHead(307, { location: `//${deadAddress}/master/api/v1/scheduler` }).end();
    });
    const leader = await scripted((_, response) => openStream(response, 's', subscribed('fw-1')));
    const { connection, lost } = connect(`${follower.address},${recovering.address},${leader.address}`);
    await eventually(() => expect(connection.subscribed).toBe(true));
    expect(lost.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('ECONNREFUSED'),
      'SUBSCRIBE refused: 503 recovering',
    ]);
  });

  it('redirects without end are given up and tried again later', async () => {
    const master = await scripted((_, response) => {
      response.writeHead(307, { location: `//${master.address}/` }).end();
    });
    const { lost } = connect(master.address);
    await eventually(() => expect(lost.length).toBeGreaterThan(1));
    expect(lost[0]).toEqual({ reason: 'redirected too often', terminal: false, wasSubscribed: false });
  });

  it('without heartbeats is given up and made again', async () => {
    const master = await scripted((_, response) => openStream(response, 's', subscribed('fw-1', 0.02)));
    const { lost } = connect(master.address, { missedHeartbeats: 2 });
    await eventually(() => expect(master.calls('SUBSCRIBE').length).toBeGreaterThan(1));
    expect(lost[0]).toEqual({ reason: 'no heartbeat within 40 ms', terminal: false, wasSubscribed: true });
  });

  it('with heartbeats stays', async () => {
    const master = await scripted((_, response) => {
      openStream(response, 's', subscribed('fw-1', 2)); // a busy machine may pause for seconds
      const beat = setInterval(() => response.write('2\n\x08\x08'), 50);
      response.on('close', () => clearInterval(beat));
    });
    const { events, lost } = connect(master.address);
    await eventually(() =>
      expect(events.filter(({ type }) => type === 'HEARTBEAT').length).toBeGreaterThan(10),
    );
    expect(lost).toEqual([]);
  });

  it('a master that takes the connection and says nothing is given up', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    stoppables.push({
      stop: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((done) => silent.close(done));
      },
    });
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { lost } = connect(`127.0.0.1:${port}`, { connectTimeoutMs: 10, callTimeoutMs: 20 });
    await eventually(() => expect(lost.length).toBeGreaterThan(1));
    expect(lost[0]?.reason).toBe('no answer to SUBSCRIBE within 30 ms');
  });

  it.each(['Framework has been removed', 'Framework failed over'])(
    'ERROR "%s" is the end',
    async (message) => {
      const master = await scripted((_, response) => {
        openStream(response, 's', { type: 'ERROR', error: { message } });
        response.end();
      });
      const { connection, lost, events } = connect(master.address, { frameworkId: 'fw-1' });
      await eventually(() =>
        expect(lost).toEqual([{ reason: message, terminal: true, wasSubscribed: false }]),
      );
      expect(events).toEqual([{ type: 'ERROR', error: { message } }]);
      expect(connection.subscribed).toBe(false);
      expect(master.received).toHaveLength(1);
    },
  );

  it('an event of no known kind is passed on; one that is no message ends the stream', async () => {
    const master = await scripted((_, response) => {
      openStream(response, 's', subscribed('fw-1'));
      response.write(encodeRecord(Buffer.from([0x08, 99])));
      response.write(encodeRecord(Buffer.from([0x08, 0xff])));
    });
    const { events, lost } = connect(master.address, { backoffMinMs: 10_000, backoffMaxMs: 10_000 });
    await eventually(() => expect(lost).toHaveLength(1));
    expect(events.map(({ type }) => type)).toEqual(['SUBSCRIBED', 'UNRECOGNIZED_99']);
    expect(lost[0]?.reason).toContain('an event cannot be decoded');
  });

  it('can be stopped and started twice', async () => {
    const master = await scripted((_, response) => openStream(response, 's', subscribed('fw-1')));
    const { connection, lost } = connect(master.address);
    connection.start();
    await eventually(() => expect(connection.subscribed).toBe(true));
    await Promise.all([connection.stop(), connection.stop()]);
    connection.start();
    await eventually(() => expect(connection.subscribed).toBe(true));
    expect(master.calls('SUBSCRIBE')).toHaveLength(2);
    expect(lost).toEqual([]);
  });
});

describe('a detector', () => {
  it('that knows no leader is waited for; another leader is subscribed to, never two at a time', async () => {
    const open: string[] = [];
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) =>
        scripted((_, response) => {
          open.push(name);
          response.on('close', () => open.splice(open.indexOf(name), 1));
          openStream(response, name, subscribed('fw-1'));
        }),
      ),
    );
    const detector = new FakeDetector();
    const { connection, lost } = connect(detector);
    expect(connection.master).toBeUndefined();
    detector.lead(first?.address);
    await eventually(() => expect(open).toEqual(['first']));
    await eventually(() => expect(connection.subscribed).toBe(true));
    detector.lead(first?.address); // no news
    expect(connection.subscribed).toBe(true);
    detector.lead(second?.address);
    expect(connection.subscribed).toBe(false);
    await eventually(() => expect(open).toEqual(['second']));
    await eventually(() => expect(connection.subscribed).toBe(true));
    expect(lost).toEqual([{ reason: `${second?.address} leads now`, terminal: false, wasSubscribed: true }]);
    expect(first?.calls('SUBSCRIBE')).toHaveLength(1);
    await connection.stop();
    expect(detector.stopped).toBe(true);
  });
});

class FakeDetector implements MasterDetector {
  stopped = false;
  #leader: MasterAddress | undefined;
  #events: DetectorEvents | undefined;

  start(events: DetectorEvents): void {
    this.#events = events;
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  next(): MasterAddress | undefined {
    return this.#leader;
  }

  lead(address: string | undefined): void {
    [this.#leader] = parseMasters(address ?? '');
    if (this.#leader !== undefined) this.#events?.onLeader(this.#leader);
  }
}

describe('updateFramework', () => {
  const framework = { user: 'root', name: 'test', roles: ['a'], checkpoint: true };

  it('tells the master what differs, now and at the next subscription', async () => {
    let refuse = false;
    const streams: ServerResponse[] = [];
    const master = await scripted(({ call }, response) => {
      if (call.type === 'SUBSCRIBE') openStream(response, `s${streams.push(response)}`, subscribed('fw-1'));
      else response.writeHead(refuse ? 400 : 202).end();
    });
    const { connection } = connect(master.address, { framework });
    await eventually(() => expect(connection.subscribed).toBe(true));
    await connection.updateFramework({ ...framework, failoverTimeout: 0 });
    expect(master.calls('UPDATE_FRAMEWORK')).toEqual([]);
    const grown = { ...framework, roles: ['a', 'b'] };
    await connection.updateFramework(grown, { suppressedRoles: ['b'] });
    const said = { frameworkInfo: { ...grown, id: { value: 'fw-1' } }, suppressedRoles: ['b'] };
    expect(master.calls('UPDATE_FRAMEWORK')).toMatchObject([
      { call: { updateFramework: said, frameworkId: { value: 'fw-1' } }, streamId: 's1' },
    ]);
    refuse = true;
    await expect(connection.updateFramework({ ...grown, name: 'bad' })).rejects.toMatchObject({
      status: 400,
    });
    streams[0]?.socket?.destroy();
    await eventually(() => expect(master.calls('SUBSCRIBE')).toHaveLength(2));
    expect(master.calls('SUBSCRIBE')[1]?.call).toMatchObject({ subscribe: said });
  });

  it.each([{ user: 'nobody' }, { checkpoint: false }, { principal: 'p' }])('refuses %j', async (change) => {
    const { connection } = connect('127.0.0.1:1', { framework });
    await expect(connection.updateFramework({ ...framework, ...change })).rejects.toThrow(
      `FrameworkInfo.${Object.keys(change).join()} cannot change`,
    );
  });
});

it('each call is observed, SUBSCRIBE until SUBSCRIBED', async () => {
  const observed: string[] = [];
  const master = await scripted(({ call }, response) => {
    if (call.type !== 'SUBSCRIBE') response.writeHead(call.type === 'REVIVE' ? 202 : 403).end();
    else if (master.calls('SUBSCRIBE').length === 1) response.writeHead(503).end('recovering');
    else openStream(response, 's', subscribed('fw-1'));
  });
  const { connection } = connect(master.address, {
    observeCall: (type, send) =>
      send().then(
        () => void observed.push(`${type} done`),
        (error: unknown) => {
          const { code, status } = error as { code: string; status?: number };
          observed.push(`${type} ${code} ${status ?? ''}`);
          throw error;
        },
      ),
  });
  await eventually(() => expect(connection.subscribed).toBe(true));
  await connection.call({ type: 'REVIVE' });
  await expect(connection.call({ type: 'SUPPRESS' })).rejects.toThrow('403');
  expect(observed).toEqual([
    'SUBSCRIBE MESOS_CALL_REFUSED 503',
    'SUBSCRIBE done',
    'REVIVE done',
    'SUPPRESS MESOS_CALL_REFUSED 403',
  ]);
});

describe('a call', () => {
  it("is refused with Mesos's status and words", async () => {
    const master = await scripted(({ call }, response) => {
      if (call.type === 'SUBSCRIBE') openStream(response, 's', subscribed('fw-1'));
      else response.writeHead(400).end("The stream ID 's' is another");
    });
    const { connection } = connect(master.address);
    await eventually(() => expect(connection.subscribed).toBe(true));
    await expect(connection.call({ type: 'REVIVE' })).rejects.toMatchObject({
      code: 'MESOS_CALL_REFUSED',
      callType: 'REVIVE',
      status: 400,
      body: "The stream ID 's' is another",
    });
  });

  it('is not possible before SUBSCRIBED', async () => {
    const master = await scripted(() => undefined);
    const { connection } = connect(master.address);
    await expect(connection.call({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'MESOS_UNAVAILABLE' });
  });

  it('without an answer times out, and the next one has a connection of its own', async () => {
    const master = await scripted(({ call }, response) => {
      if (call.type === 'SUBSCRIBE') openStream(response, 's', subscribed('fw-1'));
      else if (call.type === 'REVIVE') response.writeHead(202).end();
    });
    const { connection } = connect(master.address, { callTimeoutMs: 50 });
    await eventually(() => expect(connection.subscribed).toBe(true));
    await expect(connection.call({ type: 'SUPPRESS' })).rejects.toMatchObject({
      code: 'MESOS_UNAVAILABLE',
      message: expect.stringContaining('timed out') as string,
    });
    await vi.waitFor(() => connection.call({ type: 'REVIVE' }), { timeout: 20_000 }); // 50 ms may be too short
    expect(master.callSockets.size).toBeGreaterThan(1);
  });

  it.each([
    ['lost with its connection', (response: ServerResponse) => response.socket?.destroy()],
    ['that only a proxy answers', (response: ServerResponse) => response.writeHead(502).end()],
  ])('%s ends the subscription: nobody knows whose the offers are that it was about', async (_, lose) => {
    const master = await scripted(({ call }, response) => {
      if (call.type === 'SUBSCRIBE') openStream(response, 's', subscribed('fw-1'));
      else lose(response);
    });
    const { connection, lost } = connect(master.address);
    await eventually(() => expect(connection.subscribed).toBe(true));
    const decline = { offerIds: [{ value: 'o1' }] };
    await expect(connection.call({ type: 'DECLINE', decline })).rejects.toMatchObject({
      code: 'MESOS_UNAVAILABLE',
    });
    await eventually(() => expect(master.calls('SUBSCRIBE')).toHaveLength(2));
    expect(lost).toMatchObject([{ terminal: false, wasSubscribed: true }]);
    expect(lost[0]?.reason).toMatch(/^DECLINE/);
  });

  it('that is lost after each subscription makes the pauses before the next ones longer, until one is answered', async () => {
    const backoff = { backoffMinMs: 3, backoffMaxMs: 24, random: () => 1 };
    const set = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => {
      set.mockRestore();
    });
    const pauses = () => set.mock.calls.flatMap(([, ms]) => (ms && [3, 6, 12, 24].includes(ms) ? [ms] : []));
    const master = await scripted(({ call }, response) => {
      if (call.type === 'SUBSCRIBE') openStream(response, 's', subscribed('fw-1'));
      else response.writeHead([4, 5].includes(master.calls('DECLINE').length) ? 202 : 502).end();
    });
    const decline = { type: 'DECLINE', decline: { offerIds: [{ value: 'o1' }] } } as const;
    const { connection } = connect(master.address, {
      ...backoff,
      onSubscribed: () => {
        const send = (): Promise<void> => connection.call(decline).then(send);
        send().catch(() => undefined);
      },
    });
    await eventually(() => expect(pauses().slice(0, 5)).toEqual([3, 6, 12, 3, 6]));
  });

  it('TEARDOWN gets its answer though the stream ends first', async () => {
    let stream: { end(): void } | undefined;
    const master = await scripted(({ call }, response) => {
      if (call.type === 'SUBSCRIBE') {
        openStream(response, 's', subscribed('fw-1'));
        stream = response;
      } else {
        stream?.end();
        setTimeout(() => response.writeHead(202).end(), 30);
      }
    });
    const { connection } = connect(master.address);
    await eventually(() => expect(connection.subscribed).toBe(true));
    await connection.call({ type: 'TEARDOWN' });
  });
});
