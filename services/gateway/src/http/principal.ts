import type { FastifyRequest } from 'fastify';
import type { GatewayLimits } from '../gateway.limits.js';

/** Who asks, as far as it is known: what a proxy in front says, or the address. */
export function principalOf(request: FastifyRequest, { principalHeader }: GatewayLimits): string {
  const said = principalHeader === undefined ? undefined : request.headers[principalHeader];
  return (Array.isArray(said) ? said[0] : said) ?? request.ip;
}
