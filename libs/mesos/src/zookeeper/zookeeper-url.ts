import { type HostPort, parseMasters } from '../connection/address.js';

export interface ZooKeeperUrl {
  readonly servers: readonly HostPort[];
  /** `user:password` of the digest scheme. */
  readonly auth?: string;
  /** Where the masters announce themselves. */
  readonly path: string;
}

const DEFAULT_PORT = 2181;
const EXPECTED = 'expected zk://[user:password@]host[:port],…/path';

/** As Mesos writes it: `zk://user:password@h1:2181,h2,h3/mesos`. Errors do not repeat the password. */
export function parseZooKeeperUrl(url: string): ZooKeeperUrl {
  const [, before = '', path = ''] = /^zk:\/\/(.*?)(\/.*)?$/s.exec(url) ?? [];
  const at = before.lastIndexOf('@');
  const auth = at < 0 ? undefined : before.slice(0, at);
  const hosts = before.slice(at + 1);
  const shown = `zk://${auth === undefined ? '' : '***@'}${hosts}${path}`;
  if (!/^(\/[^/\s]+)+$/.test(path)) throw new Error(`'${shown}': the path is missing; ${EXPECTED}`);
  if (auth !== undefined && !/^[^:]+:./.test(auth)) throw new Error(`'${shown}': ${EXPECTED}`);
  return { servers: serversOf(hosts, shown), path, ...(auth === undefined ? {} : { auth }) };
}

function serversOf(hosts: string, shown: string): HostPort[] {
  try {
    if (hosts.includes('//')) throw new Error('a scheme');
    return hosts.split(',').map((host) => {
      const [address] = parseMasters(/:\d+$/.test(host) ? host : `${host}:${DEFAULT_PORT}`);
      if (address === undefined) throw new Error('no address');
      return { host: address.host, port: address.port };
    });
  } catch {
    throw new Error(`'${shown}': ${EXPECTED}`);
  }
}
