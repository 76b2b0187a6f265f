import { envInteger } from '@carillon/service-runtime';
import { z } from 'zod';

/** What one caller may ask for. */
export interface GatewayLimits {
  /** Of a body; Metronome takes no more than 100 KiB. */
  readonly bodyBytes: number;
  /** Of a list of jobs to apply. */
  readonly applyBytes: number;
  /** Of a list on a page at most: jobs, runs, revisions, backfills, what waits, what was due. */
  readonly page: number;
  /** Of one principal, on average; twice as many at once. No limit when 0. */
  readonly requestsPerSecond: number;
  /** The header in which a proxy in front says who asks; without one principals are told apart by their address. */
  readonly principalHeader?: string;
}

export const defaultLimits: GatewayLimits = {
  bodyBytes: 100 * 1024,
  applyBytes: 16 * 1024 * 1024,
  page: 1000,
  requestsPerSecond: 0,
};

/** The environment of both the process of its own and standalone. */
export const gatewayLimitSettings = {
  CARILLON_MAX_BODY_BYTES: envInteger({ min: 1024, max: 16 * 1024 * 1024, default: defaultLimits.bodyBytes }),
  CARILLON_MAX_APPLY_BYTES: envInteger({
    min: 1024,
    max: 64 * 1024 * 1024,
    default: defaultLimits.applyBytes,
  }),
  CARILLON_MAX_PAGE: envInteger({ min: 1, max: 1000, default: defaultLimits.page }),
  CARILLON_REQUESTS_PER_SECOND: envInteger({ min: 0, max: 1_000_000, default: 0 }),
  CARILLON_PRINCIPAL_HEADER: z
    .string()
    .regex(/^[A-Za-z][\w-]*$/, 'must be the name of a header')
    .optional(),
};

interface Env {
  readonly CARILLON_MAX_BODY_BYTES: number;
  readonly CARILLON_MAX_APPLY_BYTES: number;
  readonly CARILLON_MAX_PAGE: number;
  readonly CARILLON_REQUESTS_PER_SECOND: number;
  readonly CARILLON_PRINCIPAL_HEADER?: string | undefined;
}

export const gatewayLimits = (env: Env): GatewayLimits => ({
  bodyBytes: env.CARILLON_MAX_BODY_BYTES,
  applyBytes: env.CARILLON_MAX_APPLY_BYTES,
  page: env.CARILLON_MAX_PAGE,
  requestsPerSecond: env.CARILLON_REQUESTS_PER_SECOND,
  ...(env.CARILLON_PRINCIPAL_HEADER === undefined
    ? {}
    : { principalHeader: env.CARILLON_PRINCIPAL_HEADER.toLowerCase() }),
});
