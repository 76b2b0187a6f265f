import type { DomainInfo, MasterInfo } from '@carillon/mesos';

const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];

/** Tasks see these of this process's variables; its secrets are not theirs. */
export function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export const HOST = '127.0.0.1';
/** Whose API this is. */
export const VERSION = '1.11.0';

export function masterInfo(id: string, port: number, domain?: DomainInfo): MasterInfo {
  return {
    id,
    ip: Buffer.from(HOST.split('.').map(Number)).readUInt32LE(),
    port,
    pid: `master@${HOST}:${port}`,
    hostname: HOST,
    version: VERSION,
    address: { hostname: HOST, ip: HOST, port },
    ...(domain === undefined ? {} : { domain }),
    capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }],
  };
}
