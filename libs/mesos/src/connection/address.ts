/** A host and a TCP port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** A master's address; `secure`: it is spoken to by TLS. */
export interface MasterAddress extends HostPort {
  readonly secure: boolean;
}

const DEFAULT_PORT = 5050;
const EXPECTED = 'expected host:port, a list of them, or zk://host:port,…/path';

export function formatAddress(address: HostPort): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/**
 * `host`, `host:port`, `[::1]:port`, with or without `http://` or `https://`; several separated by commas. One without a
 * scheme is secure if `secureByDefault`.
 */
export function parseMasters(masters: string, secureByDefault = false): readonly MasterAddress[] {
  const parsed = masters
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => parseAddress(entry, secureByDefault));
  if (parsed.length === 0) throw new Error(`no Mesos master is named: ${EXPECTED}`);
  return parsed;
}

function parseAddress(entry: string, secureByDefault: boolean): MasterAddress {
  const scheme = /^(https?):\/\//.exec(entry)?.[1];
  const url = URL.parse(scheme === undefined ? `http://${entry}` : entry);
  const wrong = url === null || url.hostname === '' || url.username !== '' || url.pathname !== '/';
  if (wrong || url.search !== '' || url.hash !== '') {
    throw new Error(`'${entry.replace(/[^/]*@/, '***@')}' is not the address of a Mesos master: ${EXPECTED}`);
  }
  const explicit = /:(\d+)\/?$/.exec(entry)?.[1]; // URL drops the scheme's own default
  const port = explicit === undefined ? DEFAULT_PORT : Number(explicit);
  return { ...hostPort(url, port), secure: scheme === undefined ? secureByDefault : scheme === 'https' };
}

/**
 * Where a 307's Location points; Mesos sends `//host:port/path`, without a scheme. From a secure master it leads to a
 * secure one whatever it says, for credentials follow.
 */
export function redirectTarget(location: string | undefined, from: MasterAddress): MasterAddress | undefined {
  const base = `${from.secure ? 'https' : 'http'}://redirect.invalid`;
  const url = location === undefined ? null : URL.parse(location, base);
  if (url === null || url.hostname === 'redirect.invalid') return undefined;
  const secure = from.secure || url.protocol === 'https:';
  return { ...hostPort(url, url.port === '' ? (secure ? 443 : 80) : Number(url.port)), secure };
}

function hostPort(url: URL, port: number): HostPort {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}
