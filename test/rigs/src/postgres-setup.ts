import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PostgresServer, startPostgres } from './postgres-server.js';

/**
 * vitest's global set-up. One PostgreSQL for all workers of a run, started when the first test asks for a database,
 * so that a run of pure specs pays nothing. Workers ask through a small server on loopback.
 */
export async function setup(): Promise<() => Promise<void>> {
  let postgres: Promise<PostgresServer> | undefined;
  const rig = createServer((_request, response) => {
    postgres ??= startPostgres();
    postgres.then(
      (server) => response.end(server.url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => rig.listen(0, '127.0.0.1', resolve));
  process.env['CARILLON_RIG_POSTGRES'] = `http://127.0.0.1:${(rig.address() as AddressInfo).port}/`;
  return async () => {
    rig.close();
    rig.closeAllConnections();
    const server = await postgres?.catch(() => undefined);
    await server?.stop();
  };
}
