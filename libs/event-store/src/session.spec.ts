import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { PostgresSession } from './session.js';

it('says unavailable where somebody takes the connection and does not answer', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const connection = { connectionString: `postgres://x:x@127.0.0.1:${port}/x`, connectionTimeoutMillis: 200 };
  await expect(PostgresSession.open(connection)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'databaseUnavailable',
  });
  silent.close();
});
