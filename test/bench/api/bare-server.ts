import { createServer } from 'node:http';
import pg from 'pg';
import { BARE_SERVER } from './bare-server-name.js';
import { CLIENTS } from './measure.js';

/**
 * The yardstick: a Node HTTP server that parses a job and writes two rows in one statement, on disk when it answers.
 * It checks nothing, tells nobody, and finds nothing again. Takes the URL of the database, prints its port.
 */
const pool = new pg.Pool({
  ...{ connectionString: process.argv[2], max: CLIENTS, application_name: BARE_SERVER },
});
await pool.query(`
  CREATE SCHEMA IF NOT EXISTS bare;
  CREATE TABLE IF NOT EXISTS bare.streams (stream text PRIMARY KEY, version int NOT NULL, state json NOT NULL);
  CREATE TABLE IF NOT EXISTS bare.events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL, version int NOT NULL, data json NOT NULL);
  TRUNCATE bare.streams, bare.events`);
const INSERT = {
  name: 'insert',
  text: `WITH stream AS (INSERT INTO bare.streams VALUES ($1, 1, $2))
         INSERT INTO bare.events (stream, version, data) VALUES ($1, 1, $2) RETURNING position`,
};

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const job = JSON.parse(Buffer.concat(parts).toString()) as { id: string };
    const text = JSON.stringify(job);
    pool.query({ ...INSERT, values: [job.id, text] }).then(
      () => response.writeHead(201, { 'content-length': Buffer.byteLength(text) }).end(text),
      (error: unknown) => response.writeHead(500, { 'content-length': 0 }).end(String(error)),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
