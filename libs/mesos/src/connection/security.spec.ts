import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipsBecause } from '@carillon/rigs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeCertificate, opensslMissing } from '@carillon/rigs';
import type { MesosConnection } from './connection.types.js';
import { createMesosConnection } from './connection.js';
import { openStream, ScriptedMaster, subscribed } from './scripted-master.testing.js';
import { basicAuthorization, bearerTokenFile, type Security } from './security.js';

const eventually = (look: () => void) => vi.waitFor(look, { timeout: 20_000, interval: 10 });
const stoppables: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const stoppable of stoppables.splice(0).reverse()) await stoppable.stop();
});

function connect(masters: string, security: Security): { connection: MesosConnection; said: string[] } {
  const said: string[] = [];
  const connection = createMesosConnection({
    masters,
    security,
    framework: { user: 'root', name: 'test' },
    backoffMinMs: 1,
    backoffMaxMs: 20,
    onEvent: () => undefined,
    onDisconnected: ({ reason }) => said.push(reason),
    onDiagnostic: (message) => said.push(message),
  });
  stoppables.push(connection);
  connection.start();
  return { connection, said };
}

async function scripted(...given: Parameters<typeof ScriptedMaster.start>): Promise<ScriptedMaster> {
  const master = await ScriptedMaster.start(...given);
  stoppables.push(master);
  return master;
}

const obedient: ScriptedMaster['script'] = ({ call }, response) => {
  if (call.type === 'SUBSCRIBE') openStream(response, 's', subscribed('fw-1'));
  else response.writeHead(202).end();
};

describe('credentials', () => {
  it('go with the subscription and with each call, and into no message', async () => {
    let refuse = true;
    const master = await scripted((received, response) => {
      if (refuse) response.writeHead(401).end();
      else obedient(received, response);
    });
    const { connection, said } = connect(master.address, {
      authorization: basicAuthorization('me', 'hunter2'),
    });
    await eventually(() => expect(said).toContain('SUBSCRIBE refused: 401'));
    refuse = false;
    await eventually(() => expect(connection.subscribed).toBe(true));
    await connection.call({ type: 'REVIVE' });
    refuse = true;
    await expect(connection.call({ type: 'SUPPRESS' })).rejects.toMatchObject({ status: 401 });
    const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
    expect(new Set(master.received.map(({ authorization }) => authorization))).toEqual(new Set([basic]));
    expect(said.join()).not.toMatch(/hunter2|Basic/);
  });

  it('a token is read again when its file has changed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'token-'));
    stoppables.push({ stop: () => rm(folder, { recursive: true, force: true }) });
    const file = join(folder, 'token');
    const master = await scripted(obedient);
    const { connection, said } = connect(master.address, { authorization: bearerTokenFile(file) });
    await eventually(() => expect(said.join()).toContain('ENOENT')); // not there yet: tried again
    writeFileSync(file, 'one\n');
    await eventually(() => expect(connection.subscribed).toBe(true));
    await connection.call({ type: 'REVIVE' });
    writeFileSync(join(folder, 'new'), 'two\n');
    renameSync(join(folder, 'new'), file);
    await connection.call({ type: 'REVIVE' });
    rmSync(file); // while it is away, the last one is as good as any
    await connection.call({ type: 'REVIVE' });
    const shown = master.received.map(({ call, authorization }) => `${call.type} ${authorization}`);
    expect(shown).toEqual([
      'SUBSCRIBE Bearer one',
      'REVIVE Bearer one',
      'REVIVE Bearer two',
      'REVIVE Bearer two',
    ]);
  });
});

describe.skipIf(skipsBecause('TLS', opensslMissing()))('TLS', () => {
  let here: ReturnType<typeof makeCertificate>;
  beforeAll(() => {
    here = makeCertificate('IP:127.0.0.1,DNS:localhost');
  });

  it('with an authority of its own, by address and by name, over a redirect too', async () => {
    const leader = await scripted(obedient, here);
    const follower = await scripted((_, response) => {
      response.writeHead(307, { location: `//${leader.address}/master/api/v1/scheduler` }).end();
    }, here);
    const port = follower.address.split(':')[1];
    for (const masters of [follower.address, `https://localhost:${port}`]) {
      const { connection } = connect(masters, {
        tls: { ca: here.ca },
        authorization: basicAuthorization('me', 'hunter2'),
      });
      await eventually(() => expect(connection.subscribed).toBe(true));
      expect(connection.master).toBe(leader.address);
      await connection.callBatch([{ type: 'REVIVE' }, { type: 'SUPPRESS' }]);
      await connection.stop();
    }
    expect(leader.calls('SUPPRESS')).toHaveLength(2);
  });

  it('with another authority is refused before anything is said', async () => {
    const master = await scripted(obedient, here);
    const other = makeCertificate('IP:127.0.0.1');
    const { said } = connect(master.address, { tls: { ca: other.ca } });
    await eventually(() => expect(said.join()).toMatch(/unable to verify|self-signed|signature failure/));
    expect(master.received).toEqual([]);
  });

  it("with another host's certificate is refused", async () => {
    const other = makeCertificate('DNS:elsewhere.example');
    const master = await scripted(obedient, other);
    const { said } = connect(master.address, { tls: { ca: other.ca } });
    await eventually(() => expect(said.join()).toContain('does not match certificate'));
    expect(master.received).toEqual([]);
  });
});
