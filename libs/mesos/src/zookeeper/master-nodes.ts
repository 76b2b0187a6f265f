import type { MasterAddress } from '../connection/address.js';

const NODE = /^json\.info_(\d+)$/;

/** Of the nodes below Mesos's path, the leading master's: `json.info_` with the lowest sequence number. */
export function leadersNode(children: readonly string[]): string | undefined {
  let leader: { name: string; sequence: number } | undefined;
  for (const name of children) {
    const sequence = Number(NODE.exec(name)?.[1]);
    if (!Number.isNaN(sequence) && (leader === undefined || sequence < leader.sequence))
      leader = { name, sequence };
  }
  return leader?.name;
}

/**
 * The address in a master's node (a MasterInfo as JSON). A secure one is called by its host name, which certificates are
 * made for; otherwise by its IP address, as Mesos itself does. Throws if there is no address in it.
 */
export function masterOf(node: Uint8Array, secure: boolean): MasterAddress {
  const info = record(JSON.parse(Buffer.from(node).toString()));
  const address = record(info['address'] ?? info);
  const host = [
    ...(secure ? [address['hostname'], info['hostname']] : []),
    address['ip'],
    address['hostname'],
  ].find((value) => typeof value === 'string' && value !== '') as string | undefined;
  const port = address['port'] ?? info['port'];
  if (
    host === undefined ||
    typeof port !== 'number' ||
    !Number.isInteger(port) ||
    port < 1 ||
    port > 65_535
  ) {
    throw new Error("a master's node in ZooKeeper has no address");
  }
  return { host, port, secure };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
