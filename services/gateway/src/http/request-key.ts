import { hash } from 'node:crypto';
import type { RequestKey } from '@carillon/contracts';
import type { FastifyRequest } from 'fastify';
import type { GatewayLimits } from '../gateway.limits.js';
import { ClientError } from '../metronome/client-error.js';
import { principalOf } from './principal.js';

const KEY = /^[!-~]{1,200}$/;

/** The Idempotency-Key of a request, if it has one. */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw new ClientError(400, 'header idempotency-key: must be 1 to 200 visible ASCII characters');
}

/** What makes a change of a job the same when it is sent again: who asks, its key, and what it asks for. */
export function requestKey(request: FastifyRequest, limits: GatewayLimits): { request?: RequestKey } {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return {};
  const { method, body } = request;
  const [path = ''] = request.url.split('?', 1);
  const asked = Buffer.concat([
    Buffer.from(`${method} ${path} ${request.headers['if-match'] ?? ''}\n`),
    Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  ]);
  const fingerprint = hash('sha256', asked, 'base64url');
  // An address may be another one when the request is sent again. What a header says may be long, and a secret.
  const principal =
    limits.principalHeader === undefined ? '' : hash('sha256', principalOf(request, limits), 'base64url');
  return { request: { key: `${principal} ${key}`, fingerprint } };
}
