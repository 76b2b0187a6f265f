/** A master's address. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 5050;

export function formatAddress(address: HostPort): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** `host`, `host:port`, `[::1]:port`, with or without `http://`; several separated by commas. */
export function parseMasters(masters: string): readonly HostPort[] {
  const parsed = masters
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseAddress);
  if (parsed.length === 0) throw new Error('no Mesos master is named: expected host:port');
  return parsed;
}

function parseAddress(entry: string): HostPort {
  const url = URL.parse(/^https?:\/\//.test(entry) ? entry : `http://${entry}`);
  if (url === null || url.hostname === '' || url.username !== '' || url.protocol !== 'http:') {
    throw new Error(`'${entry}' is not the address of a Mesos master: expected host:port`);
  }
  const explicit = /:(\d+)\/?$/.exec(entry)?.[1]; // URL drops the scheme's own default, 80
  return hostPort(url, explicit === undefined ? DEFAULT_PORT : Number(explicit));
}

/** Where a 307's Location points; Mesos sends `//host:port/path`, without a scheme. */
export function redirectTarget(location: string | undefined): HostPort | undefined {
  const url = location === undefined ? null : URL.parse(location, 'http://redirect.invalid');
  if (url === null || url.hostname === 'redirect.invalid') return undefined;
  return hostPort(url, url.port === '' ? 80 : Number(url.port));
}

function hostPort(url: URL, port: number): HostPort {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}
