/** Answers of ZooKeeper (KeeperException.Code) that matter here. */
export const ZOOKEEPER_CODES = {
  '-4': 'connection lost',
  '-101': 'no such node',
  '-102': 'not authorised to read it',
  '-110': 'the node exists',
  '-112': 'the session has expired',
  '-115': 'authentication failed',
} as const;

export const NO_NODE = -101;
export const CONNECTION_LOST = -4;

/** ZooKeeper refused a request, or the connection was lost (`CONNECTION_LOST`) before it answered. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError';
  readonly code: number;

  constructor(code: number, what: string) {
    const words = (ZOOKEEPER_CODES as Readonly<Record<string, string>>)[String(code)] ?? `error ${code}`;
    super(`ZooKeeper, ${what}: ${words}`);
    this.code = code;
  }
}
