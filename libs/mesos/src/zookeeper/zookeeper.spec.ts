import { skipsBecause, startZooKeeper, zooKeeperMissing, type ZooKeeperRig } from '@carillon/rigs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatAddress, type HostPort } from '../connection/address.js';
import { TcpProxy } from './tcp-proxy.testing.js';
import { ZooKeeperClient, type ZooKeeperClientOptions } from './zookeeper-client.js';
import { ZooKeeperDetector } from './zookeeper-detector.js';

const eventually = (look: () => unknown) => vi.waitFor(look, { timeout: 50_000, interval: 20 });
/** Longer than a busy machine pauses: a session must not expire before it is meant to. */
const SESSION_MS = 3_000;
const EPHEMERAL = { ephemeralSequential: true };

describe.skipIf(skipsBecause('ZooKeeper', zooKeeperMissing()))('with a real ZooKeeper', () => {
  let rig: ZooKeeperRig;
  const stoppables: { stop(): unknown }[] = [];
  beforeAll(async () => {
    rig = await startZooKeeper();
  });
  afterEach(async () => {
    for (const stoppable of stoppables.splice(0).reverse()) await stoppable.stop();
  });
  afterAll(() => rig.stop());

  async function client(options: Partial<ZooKeeperClientOptions> = {}): Promise<ZooKeeperClient> {
    const connected = Promise.withResolvers<undefined>();
    const made = new ZooKeeperClient({
      servers: rig.servers.map(hostPort),
      sessionTimeoutMs: 10_000,
      ...options,
      onConnected: () => {
        connected.resolve(undefined);
        options.onConnected?.();
      },
    });
    stoppables.push(made);
    made.start();
    await connected.promise;
    return made;
  }

  /** A master as far as ZooKeeper can tell: its node goes with it. */
  async function announce(path: string, address: string): Promise<{ leave(): void }> {
    const master = await client({ sessionTimeoutMs: 60_000 });
    if (!(await master.exists(path, false))) await master.create(path, Buffer.alloc(0));
    const { host, port } = hostPort(address);
    const info = JSON.stringify({
      address: { ip: host, port, hostname: 'localhost' },
      id: 'm',
      ip: 16777343,
      port,
    });
    await master.create(`${path}/json.info_`, Buffer.from(info), EPHEMERAL);
    return { leave: () => master.stop() };
  }

  function detect(url: string, sessionTimeoutMs = 10_000) {
    const detector = new ZooKeeperDetector({ url, secure: false, sessionTimeoutMs });
    const leaders: string[] = [];
    const messages: string[] = [];
    detector.start({
      onLeader: (leader) => leaders.push(formatAddress(leader)),
      onDiagnostic: (message) => messages.push(message),
    });
    stoppables.push(detector);
    return { detector, leaders, messages };
  }

  it('finds the leader, also when the path is made later, and follows it', async () => {
    const { detector, leaders } = detect(`zk://${rig.servers[0]}/follow`);
    expect(detector.next()).toBeUndefined();
    const first = await announce('/follow', '10.0.0.1:5050');
    await eventually(() => expect(leaders).toEqual(['10.0.0.1:5050']));
    const second = await announce('/follow', '10.0.0.2:5050');
    first.leave();
    await eventually(() => expect(leaders).toEqual(['10.0.0.1:5050', '10.0.0.2:5050']));
    second.leave();
    await eventually(() => expect(detector.next()).toBeUndefined());
    await announce('/follow', '10.0.0.2:5050'); // the same address anew is news: it was gone
    await eventually(() => expect(leaders).toEqual(['10.0.0.1:5050', '10.0.0.2:5050', '10.0.0.2:5050']));
  });

  it('asks the other servers when one is dead', async () => {
    await announce('/others', '10.0.0.3:5050');
    const { leaders } = detect(`zk://127.0.0.1:1,${rig.servers[0]},127.0.0.1:2/others`);
    await eventually(() => expect(leaders).toEqual(['10.0.0.3:5050']));
  });

  it('keeps its session over a lost connection, and sees what it has missed', async () => {
    await announce('/lost', '10.0.0.4:5050');
    const proxy = await TcpProxy.start(rig.servers[0] ?? '');
    stoppables.push(proxy);
    const { leaders, messages } = detect(`zk://${proxy.address}/lost`, 60_000);
    await eventually(() => expect(leaders).toHaveLength(1));
    proxy.cut();
    await eventually(() =>
      expect(messages.filter((text) => text.includes('closed the connection'))).not.toEqual([]),
    );
    const other = await client();
    const [node = ''] = await other.getChildren('/lost', false);
    expect((await other.getData(`/lost/${node}`)).toString()).toContain('10.0.0.4');
    await announce('/lost', '10.0.0.5:5050');
    await other.remove(`/lost/${node}`);
    proxy.mend();
    await eventually(() => expect(leaders).toEqual(['10.0.0.4:5050', '10.0.0.5:5050']));
    expect(messages.join()).not.toContain('expired');
  });

  it('begins a new session when the old one has expired, and goes on', async () => {
    const proxy = await TcpProxy.start(rig.servers[0] ?? '');
    stoppables.push(proxy);
    const expired = vi.fn();
    const mine = await client({
      servers: [hostPort(proxy.address)],
      sessionTimeoutMs: SESSION_MS,
      onExpired: expired,
    });
    const other = await client();
    const { leaders, messages } = detect(`zk://${proxy.address}/expiry`, SESSION_MS);
    const old = await announce('/expiry', '10.0.0.6:5050');
    await eventually(() => expect(leaders).toEqual(['10.0.0.6:5050']));
    const node = await vi.waitFor(() => mine.create('/expiry/mine_', Buffer.alloc(0), EPHEMERAL), 20_000);

    proxy.cut();
    await eventually(async () => expect(await other.exists(node, false)).toBe(false)); // so its session has expired
    old.leave();
    await announce('/expiry', '10.0.0.7:5050');
    expect(leaders).toHaveLength(1);
    proxy.mend();
    await eventually(() => expect(leaders).toEqual(['10.0.0.6:5050', '10.0.0.7:5050']));
    await eventually(() => expect(expired).toHaveBeenCalled());
    await eventually(async () => expect(await mine.getChildren('/expiry', false)).toHaveLength(1));
    await eventually(() => expect(messages.join()).toContain('the session with ZooKeeper has expired'));
  });

  it('a restart of ZooKeeper changes nothing', async () => {
    const master = await client({ sessionTimeoutMs: 60_000 });
    await master.create('/restart', Buffer.alloc(0));
    await master.create(
      '/restart/json.info_',
      Buffer.from('{"address":{"ip":"10.0.0.8","port":5050}}'),
      EPHEMERAL,
    );
    const { detector, leaders, messages } = detect(`zk://${rig.servers[0]}/restart`, 60_000);
    await eventually(() => expect(leaders).toHaveLength(1));
    await rig.kill9(0);
    await eventually(() => expect(messages.join()).toContain('ZooKeeper 127.0.0.1'));
    expect(detector.next()).toMatchObject({ host: '10.0.0.8' }); // a living master needs no ZooKeeper
    await rig.start(0);
    await eventually(async () => expect(await master.getChildren('/restart', false)).toHaveLength(1));
    await announceLater(master);
    await eventually(() => expect(leaders).toEqual(['10.0.0.8:5050', '10.0.0.9:5050']));

    async function announceLater(zooKeeper: ZooKeeperClient): Promise<void> {
      const [first = ''] = await zooKeeper.getChildren('/restart', false);
      const info = Buffer.from('{"address":{"ip":"10.0.0.9","port":5050}}');
      await zooKeeper.create('/restart/json.info_', info, EPHEMERAL);
      await zooKeeper.remove(`/restart/${first}`);
    }
  });

  it('shows its credentials, without which it may not read', async () => {
    const owner = await client({ auth: 'mesos:hunter2' });
    await owner.create('/secret', Buffer.alloc(0), { onlyCreator: true });
    await owner.create(
      '/secret/json.info_',
      Buffer.from('{"address":{"ip":"10.0.0.10","port":5050}}'),
      EPHEMERAL,
    );
    const { leaders, messages } = detect(`zk://${rig.servers[0]}/secret`);
    await eventually(() => expect(messages.join()).toContain('listing /secret: not authorised to read it'));
    expect(leaders).toEqual([]);
    const allowed = detect(`zk://mesos:hunter2@${rig.servers[0]}/secret`);
    await eventually(() => expect(allowed.leaders).toEqual(['10.0.0.10:5050']));
    expect([...messages, ...allowed.messages].join()).not.toContain('hunter2');
  });
});

function hostPort(address: string): HostPort {
  const [host = '', port = '0'] = address.split(':');
  return { host, port: Number(port) };
}
