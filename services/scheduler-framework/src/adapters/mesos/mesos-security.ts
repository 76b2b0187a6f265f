import { readFileSync } from 'node:fs';
import { type Authorization, basicAuthorization, bearerTokenFile, type Security } from '@carillon/mesos';
import type { MesosAccess } from '../../mesos.config.js';

/** Reads what the settings name. */
export function mesosSecurity({ principal, secret, secretFile, tokenFile, caFile }: MesosAccess): Security {
  const basic = secret ?? (secretFile === undefined ? undefined : readFileSync(secretFile, 'utf8').trim());
  const authorization: Authorization | undefined =
    tokenFile !== undefined
      ? bearerTokenFile(tokenFile)
      : principal !== undefined && basic !== undefined
        ? basicAuthorization(principal, basic)
        : undefined;
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(caFile === undefined ? {} : { tls: { ca: readFileSync(caFile, 'utf8') } }),
  };
}
