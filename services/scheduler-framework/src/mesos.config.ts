import { accessSync, constants } from 'node:fs';
import { assertMasters } from '@carillon/mesos';
import { ConfigError } from '@carillon/service-runtime';
import { z } from 'zod';

/** What Mesos's masters are shown, and whom they are taken for. Secrets stay in files where they can. */
export interface MesosAccess {
  readonly principal?: string;
  /** HTTP basic authentication, together with the principal: the secret, or a file that has it. */
  readonly secret?: string;
  readonly secretFile?: string;
  /** A bearer token in place of them; the file is read again when it changes. */
  readonly tokenFile?: string;
  /** PEM certificates of the authorities that sign the masters' certificates. */
  readonly caFile?: string;
}

const file = z.string().refine(isReadable, 'must be a file that can be read').optional();

/** Where the masters are: validated here, so that a wrong one is said at start. */
export const envMasters = z
  .string({ error: 'must be host:port, a list of them, or zk://host:port,…/path' })
  .superRefine((value, context) => {
    try {
      assertMasters(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

export const mesosSettings = {
  CARILLON_MESOS_PRINCIPAL: z.string().optional(),
  CARILLON_MESOS_SECRET: z.string().optional(),
  CARILLON_MESOS_SECRET_FILE: file,
  CARILLON_MESOS_TOKEN_FILE: file,
  CARILLON_MESOS_CA_FILE: file,
};

/** What `mesosSettings` read. Throws a ConfigError if variables contradict each other. */
export function mesosAccess(env: z.output<z.ZodObject<typeof mesosSettings>>): MesosAccess {
  const ways = (['SECRET', 'SECRET_FILE', 'TOKEN_FILE'] as const)
    .map((name) => `CARILLON_MESOS_${name}` as const)
    .filter((name) => env[name] !== undefined);
  const [way, other] = ways;
  if (way !== undefined && other !== undefined) {
    throw new ConfigError([{ variable: way, value: '***', rule: `must not be set together with ${other}` }]);
  }
  const basic = way !== undefined && way !== 'CARILLON_MESOS_TOKEN_FILE';
  if (basic && env.CARILLON_MESOS_PRINCIPAL === undefined) {
    const variable = 'CARILLON_MESOS_PRINCIPAL';
    throw new ConfigError([{ variable, value: undefined, rule: `must be set together with ${way}` }]);
  }
  const given = {
    principal: env.CARILLON_MESOS_PRINCIPAL,
    secret: env.CARILLON_MESOS_SECRET,
    secretFile: env.CARILLON_MESOS_SECRET_FILE,
    tokenFile: env.CARILLON_MESOS_TOKEN_FILE,
    caFile: env.CARILLON_MESOS_CA_FILE,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
