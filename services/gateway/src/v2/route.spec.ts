import fastify from 'fastify';
import { expect, test } from 'vitest';
import { defaultLimits } from '../gateway.limits.js';
import { someBackends } from '../testing/backends.js';
import { serveV2 } from './serve-v2.js';

test.each([
  ['OPTIONS', '/v2/jobs', 'GET, POST, HEAD'],
  ['PATCH', '/v2/jobs', 'GET, POST, HEAD'],
  ['OPTIONS', '/v2/jobs:apply', 'PUT'],
] as const)('%s %s says what is taken there', async (method, url, allow) => {
  const app = fastify();
  serveV2(app, someBackends({}), defaultLimits);
  const answer = await app.inject({ method, url });
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, allow]);
  await app.close();
});
