import { readFileSync, statSync } from 'node:fs';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import type { MasterAddress } from './address.js';

/** The value of an Authorization header, asked for anew for each request. It is never logged. */
export type Authorization = () => string;

/** How masters and agents are authenticated. */
export interface TlsSettings {
  /** PEM certificates of the authorities that are trusted, in place of the system's. */
  readonly ca: string;
}

/** What a client shows and trusts. With `tls`, addresses that do not say otherwise are spoken to by TLS. */
export interface Security {
  readonly authorization?: Authorization;
  readonly tls?: TlsSettings;
}

/** HTTP basic authentication (RFC 7617), what Mesos's default authenticators take. */
export function basicAuthorization(principal: string, secret: string): Authorization {
  const value = `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`;
  return () => value;
}

/**
 * A bearer token (RFC 6750) in a file, read again when the file has changed. While it cannot be read, or is empty, the
 * last one is used; throws if there was none yet.
 */
export function bearerTokenFile(path: string): Authorization {
  let value: string | undefined;
  let version = '';
  const read = (): void => {
    const { mtimeMs, ino, size } = statSync(path);
    const found = `${ino} ${mtimeMs} ${size}`;
    if (found === version) return;
    const token = readFileSync(path, 'utf8').trim();
    if (token === '') throw new Error(`${path}: there is no token in this file`);
    value = `Bearer ${token}`;
    version = found;
  };
  return () => {
    try {
      read();
    } catch (error) {
      if (value === undefined) throw error;
    }
    return value as string;
  };
}

/** What node:tls and node:https need to talk to `address`. */
export function tlsOptions(address: MasterAddress, tls: TlsSettings | undefined): ConnectionOptions {
  return {
    ...(tls === undefined ? {} : { ca: tls.ca }),
    ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
  };
}

/** A socket to `address`; `connected` is called when requests may be sent. */
export function openSocket(
  address: MasterAddress,
  tls: TlsSettings | undefined,
  connected: () => void,
): Socket {
  const { host, port } = address;
  if (!address.secure) return connectPlain({ host, port, noDelay: true, keepAlive: true }, connected);
  const socket = connectSecurely({ ...tlsOptions(address, tls), host, port }, connected);
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
  return socket;
}
