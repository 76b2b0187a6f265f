import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { defaultLimits } from '../gateway.limits.js';
import { requestKey } from './request-key.js';

const limits = { ...defaultLimits, principalHeader: 'authorization' };
const keyOf = (authorization: string, key = 'k1') => {
  const headers = { authorization, 'idempotency-key': key };
  const request = { method: 'POST', url: '/v1/jobs', headers, ip: '127.0.0.1' };
  return requestKey(request as unknown as FastifyRequest, limits).request?.key ?? '';
};

test('a key is of who asks, however much the proxy says of them, and does not repeat it', () => {
  const token = `Bearer ${'x'.repeat(5_000)}`;
  expect(keyOf(token)).toBe(keyOf(token));
  expect(new Set([keyOf(token), keyOf(`${token}y`), keyOf(token, 'k2')]).size).toBe(3);
  expect(keyOf(token).length).toBeLessThan(100);
  expect(keyOf('Bearer secret')).not.toContain('secret');
});
