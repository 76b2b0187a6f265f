import { z } from 'zod';

/** Zod pieces for variables of the environment, with rules that read as sentences. */

/** A whole number within bounds. */
export function envInteger(options: { min: number; max: number; default: number }) {
  const rule = `must be a whole number from ${options.min} to ${options.max}`;
  return z
    .string()
    .regex(/^-?\d+$/, rule)
    .transform(Number)
    .pipe(z.number().min(options.min, rule).max(options.max, rule))
    .default(options.default);
}

/** A TCP port; 0 lets the system pick one. */
export const envPort = (fallback: number) => envInteger({ min: 0, max: 65_535, default: fallback });

/** A required URL of one of the given protocols, such as `postgres:`. */
export function envUrl(protocols: readonly string[], example: string) {
  const rule = `must be a URL such as ${example}`;
  return z
    .string({ error: rule })
    .refine((value) => protocols.some((protocol) => URL.parse(value)?.protocol === protocol), rule);
}

/** A required `host:port`. */
export function envAddress(example: string) {
  const rule = `must be host:port such as ${example}`;
  return z.string({ error: rule }).refine((value) => {
    const port = /^(?:\[[0-9a-fA-F:]+\]|[^\s:]+):(\d{1,5})$/.exec(value)?.[1];
    return port !== undefined && Number(port) <= 65_535;
  }, rule);
}

/** A required list of `host:port`, separated by commas. */
export const envAddresses = (example: string) =>
  z
    .string({ error: `must be a list of host:port such as ${example}` })
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(envAddress(example)).min(1, `must be a list of host:port such as ${example}`));

/** A switch: true or false. */
export const envFlag = (fallback: boolean) =>
  z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((value) => value === 'true')
    .default(fallback);
